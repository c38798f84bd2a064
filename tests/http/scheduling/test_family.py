"""A family booked back to back, in one act or not at all."""

from typing import Any

import pytest

from tests.builders.scheduling import Clinic, add_patient, add_type, clinic, made
from tests.faults import Died, dying
from tests.world import Answered, World

NINE = "2026-03-03T09:00:00-05:00"  # 14:00Z: bucket 168


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, hours=("09:00", "11:00"))


@pytest.fixture
def family(at: Clinic) -> list[str]:
    names = [{"family": "Shaw", "given": given} for given in ("Ben", "Cleo")]
    return [at.patient_id, *(add_patient(at.world, at.token, name=name) for name in names)]


def _book(at: Clinic, patients: list[str], starts_at: str = NINE, **over: Any) -> Answered:
    body = {
        "members": [{"patient_id": each, "type_id": at.type_id} for each in patients],
        "practitioner_id": at.practitioner_id,
        "location_id": at.location_id,
        "starts_at": starts_at,
        **over,
    }
    return at.call("POST", "/v1/family-appointments", body)


def test_each_starts_as_the_one_before_ends(at: Clinic, family: list[str]) -> None:
    answer = _book(at, family, room_id=at.room_id)
    assert answer.status == 201, answer.text
    items = answer.json["items"]
    assert [(each["patient_id"], each["starts_at"][11:16]) for each in items] == [
        (family[0], "09:00"),
        (family[1], "09:30"),
        (family[2], "10:00"),
    ]
    assert items == [at.read(each["id"]) for each in items]
    for resource_id in (at.practitioner_id, at.room_id):
        assert at.taken(resource_id) == {"2026-03-03": set(range(168, 186))}
    assert at.taken(family[1]) == {"2026-03-03": set(range(174, 180))}
    assert [event["type"] for event in at.events()] == ["appointment.booked"] * 3
    at.act(items[1]["id"], "cancel", {"reason": "pat"})
    assert len(at.taken(at.practitioner_id)["2026-03-03"]) == 12


def test_buffers_lie_between_them(at: Clinic, family: list[str]) -> None:
    at.type_id = add_type(at.world, at.token, minutes=20, minutes_before=5, minutes_after=10)
    items = _book(at, family, "2026-03-03T09:05:00-05:00").json["items"]
    assert [each["starts_at"][11:16] for each in items] == ["09:05", "09:40", "10:15"]


def test_all_are_booked_or_none(at: Clinic, family: list[str]) -> None:
    other = add_patient(at.world, at.token, name={"family": "Other"})
    blocking = at.booking("2026-03-03T10:15:00-05:00", patient_id=other)
    before = [item for item in at.world.items() if item["kind"]["S"] != "audit"]
    refused = _book(at, family)
    assert (refused.status, refused.json["code"]) == (409, "slot_taken")
    assert [item for item in at.world.items() if item["kind"]["S"] != "audit"] == before
    at.act(blocking, "cancel", {"reason": "pat"})
    assert _book(at, family).status == 201


def test_errors_name_the_member(at: Clinic, family: list[str]) -> None:
    dead = add_patient(at.world, at.token, deceased=True)
    there = clinic(at.world)
    for patients, starts_at, field, code in (
        ([family[0], dead], NINE, "members.1.patient_id", "deceased"),
        ([family[0], there.patient_id], NINE, "members.1.patient_id", "not_found"),
        ([family[0], family[0]], NINE, "members.1.patient_id", "named_twice"),
        (family, "2026-03-03T10:00:00-05:00", "members.2.starts_at", "outside_availability"),
    ):
        refused = _book(at, patients, starts_at)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, field), refused.text
        assert refused.json["errors"][0]["code"] == code
    foreign = [{"patient_id": each, "type_id": there.type_id} for each in family]
    refused = _book(at, family, members=foreign)
    assert refused.json["errors"][0]["field"] == "members.0.type_id"
    assert _book(at, family[:1]).status == 400


def test_more_than_eight_hours_together_are_refused_whole(at: Clinic, family: list[str]) -> None:
    """What one condition of the store can hold of their practitioner's day."""
    at.set_hours([at.rule("tue", "08:00", "20:00")])
    kind = add_type(at.world, at.token, name="Long", minutes=150, minutes_after=10)
    members = [{"patient_id": each, "type_id": kind} for each in family]
    assert _book(at, family, "2026-03-03T08:00:00-05:00", members=members).status == 201
    longer = add_type(at.world, at.token, name="Longer", minutes=165)
    members = [{"patient_id": each, "type_id": longer} for each in family]
    refused = _book(at, family, "2026-03-10T08:00:00-04:00", members=members)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "members"), refused.text
    assert refused.json["errors"][0]["code"] == "too_long"


def test_a_hold_that_lapsed_under_two_of_them_ends_once(at: Clinic, family: list[str]) -> None:
    made(at.hold("2026-03-03T09:15:00-05:00", minutes=1))
    at.world.clock.advance(minutes=1)
    assert _book(at, family).status == 201
    assert at.taken(at.practitioner_id) == {"2026-03-03": set(range(168, 186))}
    assert not [item for item in at.world.items() if item["kind"]["S"] == "slot_hold"]


def test_a_crash_leaves_nothing_half_booked(at: Clinic, family: list[str]) -> None:
    for call in range(6):  # authentication, types, three members, transaction
        with pytest.raises(Died), dying(call, after=False):
            _book(at, family)
        assert (at.taken(at.practitioner_id), at.events()) == ({}, [])
