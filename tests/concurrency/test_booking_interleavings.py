"""Two actors who want overlapping times, in every order of their calls to the table."""

import pytest

from chalicelib.scheduling.holds.lapsing import let_lapse
from tests.builders.scheduling import Clinic, add_patient, clinic
from tests.concurrency.acts import (
    book,
    cancelling,
    committed,
    every_order,
    held,
    hold,
    last,
    move,
    told,
)
from tests.world import World

NINE, QUARTER_PAST = "2026-03-03T09:00:00-05:00", "2026-03-03T09:15:00-05:00"
TEN, QUARTER_PAST_TEN = "2026-03-03T10:00:00-05:00", "2026-03-03T10:15:00-05:00"
BOOK, MOVE, CANCEL = 2, 3, 3
"""Table calls of each: reads, then the transaction."""


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.fixture
def other(at: Clinic) -> str:
    """A second patient."""
    return add_patient(at.world, at.token, name={"family": "Other"})


def test_of_two_bookings_that_overlap_one_stands(at: Clinic, other: str) -> None:
    acts = [book(at, NINE, at.patient_id), book(at, QUARTER_PAST, other)]
    for _, outcomes in every_order(at, acts, BOOK, BOOK):
        assert sorted(map(told, outcomes)) == ["done", "slot_taken provider_taken"]


def test_two_bookings_that_touch_both_stand(at: Clinic, other: str) -> None:
    acts = [book(at, NINE, at.patient_id), book(at, "2026-03-03T09:30:00-05:00", other)]
    for _, outcomes in every_order(at, acts, BOOK, BOOK):
        assert [told(outcome) for outcome in outcomes] == ["done", "done"]


def test_one_patient_is_not_in_two_places(at: Clinic) -> None:
    acts = [book(at, NINE, at.patient_id), book(at, NINE, at.patient_id)]
    for _, outcomes in every_order(at, acts, BOOK, BOOK):
        assert sorted(map(told, outcomes)) == ["done", "slot_taken provider_taken"]


def test_a_booking_and_a_cancellation_of_what_is_in_its_way(at: Clinic, other: str) -> None:
    appointment_id = at.booking(NINE)
    acts = [book(at, QUARTER_PAST, other), cancelling(at, appointment_id)]
    for order, outcomes in every_order(at, acts, BOOK, CANCEL):
        cancelled_first = last(order, 1) < last(order, 0)
        expected = "done" if cancelled_first else "slot_taken provider_taken"
        assert [told(outcome) for outcome in outcomes] == [expected, "done"]


def test_a_booking_and_a_move_on_one_day(at: Clinic, other: str) -> None:
    """The move frees and takes on the same day-items: a booking between its read and its write is
    told to the mover as a change, and a booking after it meets the new time."""
    appointment_id = at.booking(NINE)
    acts = [book(at, QUARTER_PAST_TEN, other), move(at, appointment_id, TEN)]
    for order, outcomes in every_order(at, acts, BOOK, MOVE):
        booked_at = last(order, 0)
        read_at, written_at = [at_ for at_, actor in enumerate(order) if actor == 1][1:]
        if booked_at < read_at:
            expected = ["done", "slot_taken provider_taken"]
        elif booked_at < written_at:
            expected = ["done", "schedule_changed"]
        else:
            expected = ["slot_taken provider_taken", "done"]
        assert [told(outcome) for outcome in outcomes] == expected


def test_a_move_away_and_a_booking_of_the_time_it_leaves(at: Clinic, other: str) -> None:
    appointment_id = at.booking(NINE)
    next_day = "2026-03-04T09:00:00-05:00"
    acts = [book(at, NINE, other), move(at, appointment_id, next_day)]
    for order, outcomes in every_order(at, acts, BOOK, MOVE):
        moved_first = last(order, 1) < last(order, 0)
        expected = "done" if moved_first else "slot_taken provider_taken"
        assert [told(outcome) for outcome in outcomes] == [expected, "done"]


def test_two_moves_to_one_time(at: Clinic, other: str) -> None:
    first, second = at.booking(NINE), at.booking("2026-03-03T11:00:00-05:00", patient_id=other)
    acts = [move(at, first, TEN), move(at, second, QUARTER_PAST_TEN)]
    for _, outcomes in every_order(at, acts, MOVE, MOVE):
        said = sorted(map(told, outcomes))
        assert said in (["done", "schedule_changed"], ["done", "slot_taken provider_taken"])


def test_two_changes_of_one_appointment(at: Clinic) -> None:
    appointment_id = at.booking(NINE)
    acts = [cancelling(at, appointment_id), move(at, appointment_id, TEN)]
    for _, outcomes in every_order(at, acts, CANCEL, MOVE):
        said = [told(outcome) for outcome in outcomes]
        assert said.count("done") == 1 or said == ["done", "done"]
        assert set(said) <= {"done", "not_booked", "stale_version", "schedule_changed"}


def test_two_bookings_over_a_lapsed_hold(at: Clinic, other: str) -> None:
    """Each reads the day, the hold, and commits; whoever is second meets a change or a booking."""
    held(at, NINE)
    acts = [book(at, NINE, at.patient_id), book(at, QUARTER_PAST, other)]
    for order, outcomes in every_order(at, acts, BOOK + 1, BOOK + 1):
        said = sorted(map(told, outcomes))
        assert said in (["done", "schedule_changed"], ["done", "slot_taken provider_taken"]), order


def test_a_booking_over_a_lapsed_hold_as_the_minutes_work_ends_it(at: Clinic) -> None:
    lapsed = held(at, NINE)
    ending = committed(at, lambda context: let_lapse(context, lapsed))
    for order, outcomes in every_order(at, [book(at, NINE, at.patient_id), ending], BOOK + 1, 2):
        said = [told(outcome) for outcome in outcomes]
        assert said in (
            ["done", "done"],
            ["schedule_changed", "done"],
            ["done", "schedule_changed"],
        ), order


def test_a_hold_and_a_booking_of_one_time(at: Clinic) -> None:
    acts = [
        committed(at, lambda context: hold(at, context, NINE)),
        book(at, NINE, at.patient_id),
    ]
    for _, outcomes in every_order(at, acts, BOOK, BOOK):
        assert sorted(map(told, outcomes)) == ["done", "slot_taken provider_taken"]
