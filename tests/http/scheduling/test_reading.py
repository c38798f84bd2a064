"""A day at a location, and a patient's appointments."""

import pytest

from tests.builders.scheduling import Clinic, add_patient, clinic
from tests.faults import calls
from tests.world import World


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _at(day: int, time: str = "09:00") -> str:
    return f"2026-03-{day:02}T{time}:00-05:00"


def test_a_day_shows_its_appointments_by_time_with_their_state(at: Clinic) -> None:
    later = at.booking(_at(3, "10:00"), room_id=at.room_id)
    first = at.booking(_at(3))
    at.booking(_at(4))
    at.act(first, "cancel", {"reason": "prov"})
    at.later(hours=23)
    at.act(later, "check-in")
    day = at.call("GET", f"/v1/locations/{at.location_id}/day?day=2026-03-03").json
    assert (day["day"], day["time_zone"]) == ("2026-03-03", "America/New_York")
    assert [(each["id"], each["status"], each["progress"]) for each in day["items"]] == [
        (first, "cancelled", "none"),
        (later, "booked", "checked_in"),
    ]
    whole = at.read(later)
    assert day["items"][1] == {name: whole[name] for name in day["items"][1]}


def test_a_day_is_one_query_beside_the_location(at: Clinic) -> None:
    with calls() as sent:
        at.call("GET", f"/v1/locations/{at.location_id}/day?day=2026-03-03")
    assert sorted(sent[1:3]) == ["GetItem", "Query"]
    assert (sent[0], sent[3:]) == ("BatchGetItem", ["PutItem"])


def test_the_audit_of_a_day_names_each_patient(at: Clinic) -> None:
    other = add_patient(at.world, at.token, name={"family": "Other"})
    at.booking(_at(3))
    at.booking(_at(3, "10:00"), patient_id=other)
    at.call("GET", f"/v1/locations/{at.location_id}/day?day=2026-03-03")
    read = [i for i in at.world.items() if i.get("action", {}).get("S") == "read_location_day"]
    assert [set(entry["subjects"]["SS"]) for entry in read] == [{at.patient_id, other}]


def test_a_day_without_date_or_at_another_practices_location(at: Clinic) -> None:
    other = clinic(at.world)
    other.booking(_at(3))
    path = f"/v1/locations/{at.location_id}/day"
    assert at.call("GET", path).json["errors"][0]["field"] == "day"
    assert at.call("GET", f"{path}?day=someday").status == 400
    theirs = f"/v1/locations/{other.location_id}/day?day=2026-03-03"
    assert at.call("GET", theirs).status == 404


def test_a_patients_appointments_come_latest_first_page_by_page(at: Clinic) -> None:
    other = add_patient(at.world, at.token, name={"family": "Other"})
    booked = [at.booking(_at(day)) for day in (3, 5, 4)]
    at.booking(_at(6), patient_id=other)
    at.act(booked[0], "cancel", {"reason": "pat"})
    path = f"/v1/patients/{at.patient_id}/appointments"
    page = at.call("GET", f"{path}?limit=2").json
    assert [each["id"] for each in page["items"]] == [booked[1], booked[2]]
    last = at.call("GET", f"{path}?limit=2&cursor={page['next_cursor']}").json
    assert [(each["id"], each["status"]) for each in last["items"]] == [(booked[0], "cancelled")]
    assert last["next_cursor"] is None
    assert last["items"][0] == at.read(booked[0])


def test_a_cursor_is_good_for_its_own_patient_only(at: Clinic) -> None:
    other = add_patient(at.world, at.token, name={"family": "Other"})
    for day in (3, 4):
        at.booking(_at(day))
    page = at.call("GET", f"/v1/patients/{at.patient_id}/appointments?limit=1").json
    answer = at.call("GET", f"/v1/patients/{other}/appointments?cursor={page['next_cursor']}")
    assert answer.status == 400


def test_another_practices_patient_is_not_there(at: Clinic) -> None:
    other = clinic(at.world)
    other.booking(_at(3))
    assert at.call("GET", f"/v1/patients/{other.patient_id}/appointments").status == 404
    empty = at.call("GET", f"/v1/patients/{at.patient_id}/appointments")
    assert (empty.status, empty.json) == (200, {"items": [], "next_cursor": None})


def test_no_key_tells_a_name_or_number(at: Clinic) -> None:
    at.booking(_at(3))
    keys = [
        value["S"]
        for item in at.world.items()
        for name, value in item.items()
        if name in {"pk", "sk", "gs1pk", "gs1sk", "gs2pk", "gs2sk", "duepk", "duesk"}
    ]
    assert not [key for key in keys if "shaw" in key.lower() or "amy" in key.lower()]
