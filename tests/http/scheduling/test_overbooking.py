"""Booking where the provider has another visit: a permission of its own, with a reason."""

import pytest

from tests.builders.scheduling import Clinic, add_patient, clinic, made
from tests.world import World, add_member

NINE = "2026-03-03T09:00:00-05:00"  # 14:00Z: buckets 168 to 173
QUARTER_PAST = "2026-03-03T09:15:00-05:00"
NOON = "2026-03-03T12:00:00-05:00"
REASON = {"reason": "pat"}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.fixture
def other(at: Clinic) -> str:
    return add_patient(at.world, at.token, name={"family": "Other"})


def _provider(at: Clinic) -> set[int]:
    return at.taken(at.practitioner_id).get("2026-03-03", set())


def test_a_visit_stands_beside_another_for_a_reason(at: Clinic, other: str) -> None:
    at.booking(NINE)
    assert at.book(QUARTER_PAST, patient_id=other).json["code"] == "slot_taken"
    answer = at.book(QUARTER_PAST, patient_id=other, overbook="urgent")
    assert (answer.status, answer.json["overbooked"]) == (201, "urgent")
    assert _provider(at) == set(range(168, 177))
    entries = [i for i in at.world.items() if i["kind"]["S"] == "audit" and "why" in i]
    assert [entry["why"]["S"] for entry in entries] == ["urgent"]


def test_what_meets_nobody_is_not_overbooked(at: Clinic) -> None:
    assert at.book(NINE, overbook="urgent").json["overbooked"] is None
    assert at.book("2026-03-03T09:30:00-05:00", overbook="urgent").json["overbooked"] is None


def test_it_takes_the_permission_and_a_coded_reason(at: Clinic, other: str) -> None:
    at.booking(NINE)
    desk, _ = add_member(at.world, at.owner, "front_desk")
    at.token, manager = desk, at.token
    refused = at.book(NINE, patient_id=other, overbook="urgent")
    assert (refused.status, refused.json["code"]) == (403, "forbidden")
    at.token = manager
    refused = at.book(NINE, patient_id=other, overbook="she begged")
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "overbook")


def test_room_and_patient_are_never_overbooked(at: Clinic, other: str) -> None:
    at.booking(NINE, room_id=at.room_id)
    for over, code in (
        ({"patient_id": other, "room_id": at.room_id}, "room_taken"),
        ({}, "patient_taken"),
    ):
        refused = at.book(QUARTER_PAST, overbook="urgent", **over)
        assert refused.status == 409
        assert [bad["code"] for bad in refused.json["errors"]] == [code]


@pytest.mark.parametrize("goes", ["first", "second"])
def test_who_goes_frees_nothing_that_the_other_needs(at: Clinic, other: str, goes: str) -> None:
    first = at.booking(NINE)
    second = made(at.book(QUARTER_PAST, patient_id=other, overbook="urgent"))
    at.act({"first": first, "second": second}[goes], "cancel", REASON)
    left = {"first": set(range(171, 177)), "second": set(range(168, 174))}[goes]
    assert _provider(at) == left
    third = add_patient(at.world, at.token, name={"family": "Third"})
    assert at.book(QUARTER_PAST, patient_id=third).json["code"] == "slot_taken"
    at.act({"first": second, "second": first}[goes], "cancel", REASON)
    assert _provider(at) == set()


def test_a_move_may_overbook_and_end_it(at: Clinic, other: str) -> None:
    at.booking(NINE)
    second = at.booking(NOON, patient_id=other)
    assert at.act(second, "reschedule", {"starts_at": NINE}).json["code"] == "slot_taken"
    moved = at.act(second, "reschedule", {"starts_at": NINE, "overbook": "provider_asked"})
    assert (moved.status, moved.json["overbooked"]) == (200, "provider_asked")
    assert _provider(at) == set(range(168, 174))
    back = at.act(second, "reschedule", {"starts_at": NOON})
    assert (back.status, back.json["overbooked"]) == (200, None)
    assert _provider(at) == {*range(168, 174), *range(204, 210)}


def test_the_day_counts_them_by_practitioner(at: Clinic, other: str) -> None:
    at.booking(NINE)
    second = made(at.book(NINE, patient_id=other, overbook="walk_in"))
    path = f"/v1/locations/{at.location_id}/day?day=2026-03-03"
    shown = at.call("GET", path).json
    assert shown["overbooked"] == [{"practitioner_id": at.practitioner_id, "visits": 1}]
    assert [entry["overbooked"] for entry in shown["items"]] == [None, "walk_in"]
    at.act(second, "cancel", REASON)
    assert at.call("GET", path).json["overbooked"] == []


def test_a_held_slot_is_booked_though_somebody_was_put_beside_it(at: Clinic, other: str) -> None:
    hold_id = made(at.hold(NINE))
    beside = made(at.book(NINE, patient_id=other, overbook="urgent"))
    appointment_id = made(at.book(NINE, slot_hold_id=hold_id))
    at.act(beside, "cancel", REASON)
    assert _provider(at) == set(range(168, 174))
    at.act(appointment_id, "cancel", REASON)
    assert _provider(at) == set()
