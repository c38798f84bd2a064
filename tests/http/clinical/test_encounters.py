"""Encounters: how they begin, whose list they are on, and what ends them by mistake."""

from datetime import UTC, datetime

import pytest

from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from tests.builders.clinical import Clinician, clinician, practitioner
from tests.builders.patients import register_patient
from tests.world import World, add_member

APPOINTMENT = "apt_01KJQDJGR0DZZQWXXK361K3GKS"


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


def _checked_in(her: Clinician, event_id: str = "evt_1", **over: str) -> str:
    event = Event(
        id=event_id,
        type="appointment.checked_in",
        practice_id=her.practice_id,
        subject=APPOINTMENT,
        subject_version=2,
        occurred_at=datetime(2026, 3, 2, 13, 55, tzinfo=UTC),
        data={
            "patient_id": her.patient_id,
            "practitioner_id": her.practitioner_id,
            "location_id": her.location_id,
            "type_id": "typ_1",
            "starts_at": "2026-03-02T14:00:00.000000Z",
            "day": "2026-03-02",
            "bill_to": "self_pay",
            **over,
        },
    )
    return event.to_json()


def _open(her: Clinician, **query: str) -> list[dict[str, str]]:
    asked = {"practitioner_id": her.practitioner_id, **query}
    pairs = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = her.call("GET", f"/v1/encounters?{pairs}")
    assert answer.status == 200, answer.text
    items: list[dict[str, str]] = answer.json["items"]
    return items


def test_a_check_in_begins_the_encounter_of_its_appointment(her: Clinician) -> None:
    assert her.world.deliver("clinical", [_checked_in(her)]) == []
    begun = her.read(derived_id("enc", APPOINTMENT))
    assert begun["appointment_id"] == APPOINTMENT
    assert begun["status"] == "in_progress"
    assert (begun["day"], begun["started_at"]) == ("2026-03-02", "2026-03-02T13:55:00Z")
    assert begun["bill_to"] == "self_pay"
    assert begun["note"] == {
        "id": begun["note_id"],
        "version": 1,
        "template": None,
        "template_version": None,
        "content": {},
        "saved_by": None,
        "saved_at": None,
    }


def test_a_check_in_told_twice_makes_one_encounter_and_disturbs_no_work(her: Clinician) -> None:
    assert her.world.deliver("clinical", [_checked_in(her), _checked_in(her)]) == []
    encounter_id = derived_id("enc", APPOINTMENT)
    assert her.write(encounter_id).status == 200
    before = her.read(encounter_id)
    assert her.world.deliver("clinical", [_checked_in(her, "evt_2")]) == []
    assert her.read(encounter_id) == before
    assert len(her.chart()["encounters"]) == 1


def test_the_date_of_service_is_the_day_at_the_location(world: World) -> None:
    his = clinician(world, time_zone="Australia/Sydney")
    late = his.start(started_at="2026-03-01T12:30:00Z")
    later = his.start(started_at="2026-03-01T13:30:00Z")
    assert (late.json["day"], later.json["day"]) == ("2026-03-01", "2026-03-02")


def test_a_visit_begins_now_unless_said_otherwise(her: Clinician) -> None:
    begun = her.start(bill_to="self_pay", reason="Walk-in")
    assert begun.status == 201
    assert begun.json["started_at"] == "2026-03-02T14:00:00Z"
    assert (begun.json["bill_to"], begun.json["reason"]) == ("self_pay", "Walk-in")
    assert begun.headers["Location"] == her.path(begun.json["id"])
    assert begun.etag == '"1"'


def test_a_visit_does_not_begin_in_the_future(her: Clinician) -> None:
    answer = her.start(started_at="2026-03-02T14:06:00Z")
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == "started_at"


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("practitioner_id", f"pra_{'0' * 26}", 422),
        ("location_id", f"loc_{'0' * 26}", 422),
        ("practitioner_id", "pra_1#usr_2", 400),
        ("location_id", "#", 400),
        ("bill_to", "somebody", 400),
        ("status", "signed", 400),
        ("signed_by", "usr_1", 400),
    ],
)
def test_a_visit_with_what_cannot_be_is_refused(
    her: Clinician, field: str, value: str, status: int
) -> None:
    answer = her.start(**{field: value})
    assert answer.status == status, answer.text
    assert answer.json["errors"]
    assert her.chart()["encounters"] == []


def test_another_practice_s_people_and_places_are_as_good_as_none(
    world: World, her: Clinician
) -> None:
    other = clinician(world, email="bea@clinic.example")
    foreign_patient = her.start(patient_id=other.patient_id)
    unknown_patient = her.start(patient_id=f"pat_{'0' * 26}")
    assert foreign_patient.status == unknown_patient.status == 404
    assert foreign_patient.json["code"] == unknown_patient.json["code"]
    for field, value in (
        ("practitioner_id", other.practitioner_id),
        ("location_id", other.location_id),
    ):
        foreign = her.start(**{field: value}).json
        unknown = her.start(**{field: value[:4] + "0" * 26}).json
        del foreign["request_id"], unknown["request_id"]
        assert foreign == unknown
    hers = her.encounter()
    assert other.call("GET", her.path(hers)).status == 404
    assert other.chart()["encounters"] == []


def test_unsigned_encounters_are_listed_longest_waiting_first(her: Clinician) -> None:
    newer = her.encounter(started_at="2026-03-02T13:00:00Z")
    older = her.encounter(started_at="2026-02-27T15:00:00Z")
    assert [item["id"] for item in _open(her)] == [older, newer]
    assert _open(her)[0] == {
        "id": older,
        "patient_id": her.patient_id,
        "patient_name": "Rosa Diaz",
        "status": "in_progress",
        "started_at": "2026-02-27T15:00:00Z",
    }


def test_the_list_of_unsigned_encounters_comes_in_pages(her: Clinician) -> None:
    ids = [her.encounter(started_at=f"2026-03-0{day}T10:00:00Z") for day in (1, 2)]
    path = f"/v1/encounters?practitioner_id={her.practitioner_id}&limit=1"
    first = her.call("GET", path).json
    second = her.call("GET", f"{path}&cursor={first['next_cursor']}").json
    assert [item["id"] for page in (first, second) for item in page["items"]] == ids


def test_a_signature_takes_an_encounter_off_the_list(her: Clinician) -> None:
    signed, waiting = her.signed(), her.encounter()
    assert [item["id"] for item in _open(her)] == [waiting]
    assert her.read(signed)["status"] == "signed"


def test_another_practitioner_s_list_is_another_list(her: Clinician) -> None:
    her.encounter()
    colleague = practitioner(her.world, her.owner, None)
    assert _open(her, practitioner_id=colleague) == []


def test_an_encounter_begun_by_mistake_stays_and_waits_for_nobody(her: Clinician) -> None:
    encounter_id = her.encounter()
    answer = her.call("POST", her.path(encounter_id, "/entered-in-error"))
    assert (answer.status, answer.json["status"]) == (200, "entered_in_error")
    assert _open(her) == []
    assert her.chart()["encounters"][0]["status"] == "entered_in_error"
    again = her.call("POST", her.path(encounter_id, "/entered-in-error"))
    assert (again.status, again.json["code"]) == (409, "encounter_locked")


def test_who_may_not_read_charts_sees_no_encounter(her: Clinician) -> None:
    encounter_id = her.encounter()
    desk, _ = add_member(her.world, her.owner, "front_desk")
    for token in (desk, her.owner):
        for path in (
            her.path(encounter_id),
            f"/v1/patients/{her.patient_id}/chart",
            f"/v1/encounters?practitioner_id={her.practitioner_id}",
        ):
            answer = her.world.call("GET", path, token=token)
            assert (answer.status, answer.json["code"]) == (403, "forbidden")
    body = {"practitioner_id": her.practitioner_id, "location_id": her.location_id}
    path = f"/v1/patients/{her.patient_id}/encounters"
    assert her.world.call("POST", path, body, token=desk).status == 403


def test_the_audit_names_each_patient_on_the_list(her: Clinician) -> None:
    other = register_patient(her.world, her.token, name={"family": "Shaw", "given": "Amy"})["id"]
    her.encounter()
    her.encounter(patient_id=other)
    _open(her)
    entries = [item for item in her.world.items() if item["kind"]["S"] == "audit"]
    listed = [item for item in entries if item["action"]["S"] == "list_encounters"]
    assert [set(item["subjects"]["SS"]) for item in listed] == [{her.patient_id, other}]
