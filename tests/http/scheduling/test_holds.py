"""Keeping a slot for somebody: holds, how they end, and what of freed time is told."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.scheduling.holds.holding import book_held, hold_slot, release_hold
from chalicelib.scheduling.holds.schemas import SlotHoldRequest
from tests.builders.scheduling import Clinic, add_patient, add_type, clinic, made
from tests.faults import Died, dying
from tests.world import World

NINE = "2026-03-03T09:00:00-05:00"  # 14:00Z: buckets 168 to 173
QUARTER_PAST = "2026-03-03T09:15:00-05:00"
HALF_PAST = "2026-03-03T09:30:00-05:00"
TAKEN = {"2026-03-03": set(range(168, 174))}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.fixture
def other(at: Clinic) -> str:
    return add_patient(at.world, at.token, name={"family": "Other"})


def _notes(at: Clinic) -> set[str]:
    """What day-items say of holds."""
    days = [item for item in at.world.items() if item["kind"]["S"] == "day"]
    return {text.split("#")[0] for item in days for text in item.get("holds", {}).get("SS", [])}


def _holds(at: Clinic) -> list[str]:
    return [i["pk"]["S"] for i in at.world.items() if i["kind"]["S"] == "slot_hold"]


def test_a_hold_takes_what_a_booking_would(at: Clinic, other: str) -> None:
    answer = at.hold(NINE, room_id=at.room_id, patient_id=at.patient_id, minutes=5)
    assert answer.status == 201, answer.text
    assert answer.json["until"] == "2026-03-02T14:05:00Z"
    assert at.call("GET", answer.headers["Location"]).json == answer.json
    for resource_id in (at.practitioner_id, at.room_id, at.patient_id):
        assert at.taken(resource_id) == TAKEN
    refused = at.book(QUARTER_PAST, patient_id=other)
    assert (refused.status, refused.json["code"]) == (409, "slot_taken")
    assert at.hold(QUARTER_PAST).json["code"] == "slot_taken"
    assert HALF_PAST in at.starts("2026-03-03")
    assert QUARTER_PAST not in at.starts("2026-03-03")


def test_a_hold_is_refused_as_a_booking_is(at: Clinic) -> None:
    dead = add_patient(at.world, at.token, deceased=True)
    at.type_id = add_type(at.world, at.token, needs_room=True)
    for over, field, code in (
        ({"starts_at": "2026-03-01T09:00:00-05:00"}, "starts_at", "in_the_past"),
        ({"starts_at": "2026-03-03T09:01:00-05:00"}, "starts_at", "off_grid"),
        ({"room_id": None}, "room_id", "missing"),
        ({"starts_at": "2026-03-03T20:00:00-05:00"}, "starts_at", "outside_availability"),
        ({"patient_id": dead}, "patient_id", "deceased"),
    ):
        answer = at.hold(**{"starts_at": NINE, "room_id": at.room_id, **over})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)
        assert answer.json["errors"][0]["code"] == code


def test_booking_what_is_held_ends_the_hold(at: Clinic) -> None:
    hold_id = made(at.hold(NINE))
    appointment_id = made(at.book(NINE, slot_hold_id=hold_id))
    assert at.read(appointment_id)["starts_at"] == NINE
    for resource_id in (at.practitioner_id, at.patient_id):
        assert at.taken(resource_id) == TAKEN
    assert (_holds(at), _notes(at), at.events("slot")) == ([], set(), [])
    at.act(appointment_id, "cancel", {"reason": "pat"})
    assert at.taken(at.practitioner_id) == {}


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [(QUARTER_PAST, set(range(171, 177))), ("2026-03-03T11:00:00-05:00", set(range(192, 198)))],
)
def test_a_hold_does_not_hinder_another_time_and_gives_up_its_own(
    at: Clinic, starts_at: str, expected: set[int]
) -> None:
    hold_id = made(at.hold(NINE, room_id=at.room_id))
    assert at.book(starts_at, slot_hold_id=hold_id).status == 201
    assert at.taken(at.practitioner_id) == {"2026-03-03": expected}
    assert (at.taken(at.room_id), _holds(at), _notes(at)) == ({}, [], set())
    assert [event["type"] for event in at.events("slot")] == ["slot.freed"]


def test_a_lapsed_hold_hinders_nobody_before_anything_has_ended_it(at: Clinic) -> None:
    hold_id = made(at.hold(NINE, room_id=at.room_id, minutes=1))
    at.world.clock.advance(minutes=1)
    assert NINE in at.starts("2026-03-03", room_id=at.room_id)
    assert at.book(QUARTER_PAST).status == 201
    expected = {"2026-03-03": set(range(171, 177))}
    assert (at.taken(at.practitioner_id), at.taken(at.room_id)) == (expected, {})
    assert (_holds(at), _notes(at)) == ([], set())
    lapsed, freed = at.events("slot")
    assert (lapsed["type"], lapsed["subject"]) == ("slot_hold.lapsed", hold_id)
    assert freed["type"] == "slot.freed"
    at.run_due()
    assert at.taken(at.practitioner_id) == expected


def test_a_lapsed_hold_hinders_neither_a_move_nor_a_hold(at: Clinic) -> None:
    appointment_id = at.booking("2026-03-03T11:00:00-05:00")
    made(at.hold(NINE, minutes=1))
    at.world.clock.advance(minutes=1)
    second = made(at.hold(QUARTER_PAST, minutes=1))
    assert _notes(at) == {second}
    at.world.clock.advance(minutes=1)
    assert at.act(appointment_id, "reschedule", {"starts_at": HALF_PAST}).status == 200
    assert at.taken(at.practitioner_id) == {"2026-03-03": set(range(174, 180))}
    assert (_holds(at), _notes(at)) == ([], set())


def test_the_minutes_work_ends_what_nobody_booked(at: Clinic) -> None:
    hold_id = made(at.hold(NINE, room_id=at.room_id, patient_id=at.patient_id))
    at.run_due()
    assert at.taken(at.practitioner_id) == TAKEN
    at.world.clock.advance(minutes=10, seconds=1)
    at.run_due()
    assert [at.taken(each) for each in (at.practitioner_id, at.room_id, at.patient_id)] == [{}] * 3
    assert (_holds(at), _notes(at)) == ([], set())
    assert at.events("slot") == [
        {"type": "slot_hold.lapsed", "subject": hold_id},
        {
            "type": "slot.freed",
            "subject": hold_id,
            "practitioner_id": at.practitioner_id,
            "location_id": at.location_id,
            "type_id": at.type_id,
            "starts_at": "2026-03-03T14:00:00.000000Z",
            "ends_at": "2026-03-03T14:30:00.000000Z",
        },
    ]
    at.later()
    assert at.book(NINE).status == 201


def test_a_lapsed_hold_is_booked_no_more(at: Clinic) -> None:
    hold_id = made(at.hold(NINE, minutes=1))
    at.world.clock.advance(minutes=1)
    refused = at.book(NINE, slot_hold_id=hold_id)
    assert (refused.status, refused.json["code"]) == (409, "hold_lapsed")
    path = f"/v1/slot-holds/{hold_id}"
    assert at.call("GET", path).json["code"] == "hold_lapsed"
    assert at.call("DELETE", path, If_Match='"1"').json["code"] == "hold_lapsed"
    at.world.clock.advance(seconds=1)
    at.run_due()
    refused = at.book(NINE, slot_hold_id=hold_id)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "slot_hold_id")
    assert at.call("GET", path).status == 404


def test_a_hold_for_one_patient_is_not_booked_for_another(at: Clinic, other: str) -> None:
    hold_id = made(at.hold(NINE, patient_id=at.patient_id))
    refused = at.book(NINE, patient_id=other, slot_hold_id=hold_id)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "other_patient")
    assert at.book(NINE, slot_hold_id=hold_id).status == 201


def test_a_hold_that_is_given_up_frees_its_time(at: Clinic) -> None:
    hold_id = made(at.hold(NINE, patient_id=at.patient_id))
    path = f"/v1/slot-holds/{hold_id}"
    assert at.call("DELETE", path, If_Match='"2"').status == 412
    assert at.call("DELETE", path, If_Match='"1"').status == 204
    assert (at.taken(at.practitioner_id), at.taken(at.patient_id)) == ({}, {})
    assert [event["type"] for event in at.events("slot")] == ["slot.freed"]
    assert at.call("DELETE", path, If_Match='"1"').status == 404


def test_another_practices_hold_is_not_there(at: Clinic) -> None:
    there = clinic(at.world)
    hold_id = made(there.hold(NINE))
    path = f"/v1/slot-holds/{hold_id}"
    assert at.call("GET", path).status == 404
    assert at.call("DELETE", path, If_Match='"1"').status == 404
    refused = at.book(NINE, slot_hold_id=hold_id)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "not_found")
    assert there.call("GET", path).status == 200


def test_one_booking_ends_eight_lapsed_holds_and_the_minute_the_rest(at: Clinic) -> None:
    short = add_type(at.world, at.token, minutes=5)
    first = datetime.fromisoformat(NINE)
    for number in range(9):
        starts_at = (first + number * timedelta(minutes=5)).isoformat()
        made(at.hold(starts_at, type_id=short, minutes=1))
    at.world.clock.advance(minutes=1)
    hour = add_type(at.world, at.token, minutes=60)
    assert at.book(NINE, type_id=hour).json["code"] == "slot_taken"
    assert at.book(NINE, type_id=short).status == 201
    at.run_due()
    assert (
        at.book(
            "2026-03-03T09:05:00-05:00", type_id=hour, patient_id=add_patient(at.world, at.token)
        ).status
        == 201
    )


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_while_a_lapsed_hold_is_booked_over_leaves_nothing_half_done(
    at: Clinic, after: bool
) -> None:
    made(at.hold(NINE, room_id=at.room_id, minutes=1))
    at.world.clock.advance(minutes=1)
    for call in range(5):  # authentication, two reads, the lapsed hold, transaction
        with pytest.raises(Died), dying(call, after=after):
            at.book(QUARTER_PAST)
        booked = not _holds(at)
        taken = set(range(171, 177)) if booked else TAKEN["2026-03-03"]
        assert at.taken(at.practitioner_id) == {"2026-03-03": taken}
        assert at.taken(at.room_id) == ({} if booked else TAKEN)
    assert booked is after


def _freed(at: Clinic) -> list[tuple[str, str]]:
    return [(each["starts_at"][11:16], each["ends_at"][11:16]) for each in at.events("slot.freed")]


def test_what_is_cancelled_is_told_as_freed_and_what_has_begun_is_not(at: Clinic) -> None:
    at.act(at.booking(NINE), "cancel", {"reason": "pat"})
    assert _freed(at) == [("14:00", "14:30")]
    begun = at.booking("2026-03-02T09:05:00-05:00")
    at.later(minutes=10)
    assert at.act(begun, "no-show").status == 200
    assert len(_freed(at)) == 1


@pytest.mark.parametrize(
    ("to", "freed"),
    [
        ("2026-03-04T09:00:00-05:00", [("14:30", "15:00")]),
        ("2026-03-03T09:45:00-05:00", [("14:30", "14:45")]),
        (QUARTER_PAST, [("14:45", "15:00")]),
        (HALF_PAST, []),
    ],
)
def test_a_move_tells_what_it_leaves(at: Clinic, to: str, freed: list[tuple[str, str]]) -> None:
    appointment_id = at.booking(HALF_PAST)
    at.act(appointment_id, "reschedule", {"starts_at": to})
    assert _freed(at) == freed


def test_other_domains_hold_book_and_release(at: Clinic) -> None:
    """For as long as they say, and under an id of their own."""
    asked: dict[str, Any] = {
        "practitioner_id": at.practitioner_id,
        "location_id": at.location_id,
        "type_id": at.type_id,
    }
    until = at.world.clock.now() + timedelta(hours=3)
    for verb in ("book", "release", "lapse"):
        body = SlotHoldRequest.model_validate({**asked, "starts_at": NINE})
        with at.working() as context:
            hold = hold_slot(context, body, until=until, reason_id="ofr_1")
            context.work.commit()
        if verb == "lapse":
            at.world.clock.advance(hours=3, seconds=1)
            at.run_due()
            continue
        with at.working() as context:
            if verb == "book":
                book_held(context, hold.id, patient_id=at.patient_id)
            else:
                release_hold(context, hold.id)
            context.work.commit()
        if verb == "book":
            assert at.taken(at.practitioner_id) == TAKEN
            at.act(at.events()[0]["subject"], "cancel", {"reason": "pat"})
    assert at.taken(at.practitioner_id) == {}
    (lapsed,) = at.events("slot_hold.lapsed")
    assert lapsed["reason_id"] == "ofr_1"
