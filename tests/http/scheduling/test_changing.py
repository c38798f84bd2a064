"""Rescheduling, cancelling and no-show over HTTP."""

from typing import Any

import pytest

from tests.builders.scheduling import Clinic, add_patient, add_practitioner, add_room, clinic
from tests.faults import Died, answering, dying
from tests.world import Answered, World

NINE = "2026-03-03T09:00:00-05:00"  # 14:00Z: buckets 168 to 173
CONFLICT = {"error": "TransactionCanceledException", "reasons": ["TransactionConflict"]}
REASON = {"reason": "pat"}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _move(at: Clinic, appointment_id: str, starts_at: str, **over: Any) -> Answered:
    return at.act(appointment_id, "reschedule", {"starts_at": starts_at, **over})


def test_a_cancelled_appointment_frees_all_it_took(at: Clinic) -> None:
    appointment_id = at.booking(NINE, room_id=at.room_id)
    answer = at.act(appointment_id, "cancel", REASON)
    assert (answer.status, answer.json["status"]) == (200, "cancelled")
    assert answer.json == at.read(appointment_id)
    assert (answer.json["steps"][-1]["to"], answer.json["steps"][-1]["reason"]) == (
        "cancelled",
        "pat",
    )
    for resource_id in (at.practitioner_id, at.room_id, at.patient_id):
        assert at.taken(resource_id) == {}
    assert at.book(NINE, room_id=at.room_id).status == 201


def test_cancelling_tells_the_coded_reason(at: Clinic) -> None:
    appointment_id = at.booking(NINE)
    at.act(appointment_id, "cancel", {"reason": "oth-weath"})
    booked, cancelled = at.events()
    assert cancelled == {**booked, "type": "appointment.cancelled", "reason": "oth-weath"}


def test_a_reason_in_words_is_refused(at: Clinic) -> None:
    appointment_id = at.booking(NINE)
    answer = at.act(appointment_id, "cancel", {"reason": "she has the flu"})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "reason")


def test_cancelling_keeps_what_others_took(at: Clinic) -> None:
    first, second = at.booking(NINE), at.booking("2026-03-03T09:30:00-05:00")
    at.act(first, "cancel", REASON)
    assert at.taken(at.practitioner_id) == {"2026-03-03": set(range(174, 180))}
    at.act(second, "cancel", REASON)
    assert at.taken(at.practitioner_id) == {}


def test_a_no_show_frees_the_slot_once_it_has_begun(at: Clinic) -> None:
    appointment_id = at.booking("2026-03-02T09:15:00-05:00")
    early = at.act(appointment_id, "no-show")
    assert (early.status, early.json["errors"][0]["code"]) == (422, "not_started")
    at.later(minutes=20)
    answer = at.act(appointment_id, "no-show")
    assert (answer.status, answer.json["status"]) == (200, "no_show")
    assert at.taken(at.practitioner_id) == {}
    assert at.events()[-1]["type"] == "appointment.no_show"


@pytest.mark.parametrize("verb", ["cancel", "no-show", "reschedule", "check-in", "progress"])
def test_what_is_no_longer_booked_does_not_change(at: Clinic, verb: str) -> None:
    appointment_id = at.booking(NINE)
    at.act(appointment_id, "cancel", REASON)
    before = at.read(appointment_id)
    body = {
        "cancel": REASON,
        "reschedule": {"starts_at": NINE},
        "progress": {"progress": "arrived"},
    }.get(verb)
    answer = at.act(appointment_id, verb, body)
    assert (answer.status, answer.json["code"]) == (409, "not_booked")
    assert at.read(appointment_id) == before


def test_a_visit_that_has_begun_is_neither_moved_nor_missed_nor_cancelled(at: Clinic) -> None:
    appointment_id = at.booking("2026-03-02T09:15:00-05:00")
    at.act(appointment_id, "check-in")
    assert _move(at, appointment_id, NINE).json["code"] == "visit_under_way"
    assert at.act(appointment_id, "no-show").json["code"] == "visit_under_way"
    at.act(appointment_id, "progress", {"progress": "with_provider"})
    answer = at.act(appointment_id, "cancel", REASON)
    assert (answer.status, answer.json["code"]) == (409, "visit_under_way")


def test_one_who_left_without_being_seen_cancels(at: Clinic) -> None:
    appointment_id = at.booking("2026-03-02T09:15:00-05:00")
    at.act(appointment_id, "check-in")
    at.act(appointment_id, "progress", {"progress": "roomed"})
    assert at.act(appointment_id, "cancel", REASON).status == 200


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("2026-03-03T09:15:00-05:00", {"2026-03-03": set(range(171, 177))}),  # overlaps its own
        ("2026-03-03T11:00:00-05:00", {"2026-03-03": set(range(192, 198))}),  # the same day
        ("2026-03-04T09:00:00-05:00", {"2026-03-04": set(range(168, 174))}),  # another day
        (NINE, {"2026-03-03": set(range(168, 174))}),  # the same time
    ],
)
def test_a_moved_appointment_takes_the_new_time_only(
    at: Clinic, to: str, expected: dict[str, set[int]]
) -> None:
    appointment_id = at.booking(NINE, room_id=at.room_id)
    answer = _move(at, appointment_id, to)
    assert (answer.status, answer.json["starts_at"]) == (200, to)
    assert answer.json == {**at.read(appointment_id), "authorization": None}
    for resource_id in (at.practitioner_id, at.room_id, at.patient_id):
        assert at.taken(resource_id) == expected


def test_moving_over_midnight_utc_and_back(world: World) -> None:
    at = clinic(world, hours=("09:00", "22:00"))
    appointment_id = at.booking("2026-03-03T18:30:00-05:00")
    _move(at, appointment_id, "2026-03-03T18:45:00-05:00")
    assert at.taken(at.patient_id) == {"2026-03-03": {285, 286, 287}, "2026-03-04": {0, 1, 2}}
    _move(at, appointment_id, "2026-03-03T19:00:00-05:00")
    assert at.taken(at.patient_id) == {"2026-03-04": set(range(6))}


def test_moving_to_another_provider_and_room_frees_the_first(at: Clinic) -> None:
    second = add_practitioner(at.world, at.token)
    at.set_hours([at.rule("tue", "09:00", "17:00")], practitioner_id=second)
    room = add_room(at.world, at.token, at.location_id)
    appointment_id = at.booking(NINE, room_id=at.room_id)
    answer = _move(at, appointment_id, NINE, practitioner_id=second, room_id=room)
    assert (answer.json["practitioner_id"], answer.json["room_id"]) == (second, room)
    assert (at.taken(at.practitioner_id), at.taken(at.room_id)) == ({}, {})
    for resource_id in (second, room, at.patient_id):
        assert at.taken(resource_id) == {"2026-03-03": set(range(168, 174))}


def test_moving_to_another_day_shows_there(at: Clinic) -> None:
    appointment_id = at.booking(NINE)
    _move(at, appointment_id, "2026-03-04T09:00:00-05:00")
    days = {
        day: [
            entry["id"]
            for entry in at.call("GET", f"/v1/locations/{at.location_id}/day?day={day}").json[
                "items"
            ]
        ]
        for day in ("2026-03-03", "2026-03-04")
    }
    assert days == {"2026-03-03": [], "2026-03-04": [appointment_id]}
    assert at.events()[-1]["type"] == "appointment.rescheduled"
    assert at.events()[-1]["day"] == "2026-03-04"


@pytest.mark.parametrize("day", ["2026-03-03", "2026-03-04"])
def test_a_taken_time_is_named_and_nothing_moves(at: Clinic, day: str) -> None:
    other = add_patient(at.world, at.token, name={"family": "Other"})
    blocking = at.booking(f"{day}T11:00:00-05:00", patient_id=other)
    appointment_id = at.booking(NINE)
    before = at.taken(at.practitioner_id)
    answer = _move(at, appointment_id, f"{day}T10:45:00-05:00")
    assert (answer.status, answer.json["code"]) == (409, "slot_taken")
    assert [bad["code"] for bad in answer.json["errors"]] == ["provider_taken"]
    assert at.taken(at.practitioner_id) == before
    assert at.read(appointment_id)["starts_at"] == NINE
    at.act(blocking, "cancel", REASON)
    assert _move(at, appointment_id, f"{day}T10:45:00-05:00").status == 200


def test_a_move_is_refused_as_a_booking_is(at: Clinic) -> None:
    appointment_id, other = at.booking(NINE), clinic(at.world)
    for starts_at, code in (
        ("2026-03-01T09:00:00-05:00", "in_the_past"),
        ("2026-03-03T20:00:00-05:00", "outside_availability"),
        ("2026-03-03T10:01:00-05:00", "off_grid"),
    ):
        answer = _move(at, appointment_id, starts_at)
        assert (answer.status, answer.json["errors"][0]["code"]) == (422, code)
    for field in ("practitioner_id", "location_id", "room_id"):
        answer = _move(at, appointment_id, NINE, **{field: getattr(other, field)})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, field)


def test_a_type_that_changed_leaves_booked_lengths_alone(at: Clinic) -> None:
    appointment_id = at.booking(NINE)
    body = {"name": "Longer", "minutes": 60}
    at.call("PUT", f"/v1/appointment-types/{at.type_id}", body, If_Match='"1"')
    answer = _move(at, appointment_id, "2026-03-03T10:00:00-05:00")
    assert answer.json["ends_at"] == "2026-03-03T10:30:00-05:00"
    at.act(appointment_id, "cancel", REASON)
    assert at.taken(at.practitioner_id) == {}


def test_conflicts_are_tried_again_and_never_called_taken(at: Clinic) -> None:
    appointment_id = at.booking(NINE)
    with answering("TransactWriteItems", times=3, **CONFLICT):
        assert _move(at, appointment_id, "2026-03-03T09:15:00-05:00").status == 200
    with answering("TransactWriteItems", times=3, **CONFLICT):
        assert at.act(appointment_id, "cancel", REASON).status == 200
    assert at.taken(at.practitioner_id) == {}


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_call_of_a_move_leaves_nothing_half_done(at: Clinic, after: bool) -> None:
    appointment_id = at.booking(NINE, room_id=at.room_id)
    wholes = [set(range(168, 174)), set(range(171, 177))]
    for call in range(5):  # authentication, appointment, two reads, transaction
        with pytest.raises(Died), dying(call, after=after):
            _move(at, appointment_id, "2026-03-03T09:15:00-05:00")
        shown = at.read(appointment_id)["starts_at"]
        expected = wholes[shown != NINE]
        for resource_id in (at.practitioner_id, at.room_id, at.patient_id):
            assert at.taken(resource_id) == {"2026-03-03": expected}
        assert len(at.events()) == 1 + (shown != NINE)
    assert (shown != NINE) is after


def test_another_practices_appointment_is_not_there(at: Clinic) -> None:
    other = clinic(at.world)
    appointment_id = other.booking(NINE)
    before = other.read(appointment_id)
    assert at.call("GET", f"/v1/appointments/{appointment_id}").status == 404
    for verb, body in (
        ("cancel", REASON),
        ("no-show", None),
        ("reschedule", {"starts_at": NINE}),
        ("check-in", None),
        ("progress", {"progress": "arrived"}),
    ):
        answer = at.act(appointment_id, verb, body)
        assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert other.read(appointment_id) == before
