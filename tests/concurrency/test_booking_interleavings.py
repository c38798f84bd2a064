"""Two actors who want overlapping times, in every order of their calls to the table."""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.backends import get_backend

from chalicelib.platform.errors import DomainError
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.changing import cancel, reschedule
from chalicelib.scheduling.holds.holding import hold_slot
from chalicelib.scheduling.holds.lapsing import let_lapse
from chalicelib.scheduling.holds.schemas import SlotHoldRequest
from chalicelib.scheduling.models import Appointment, SlotHold
from chalicelib.scheduling.progress import CancellationReason
from chalicelib.scheduling.schemas import BookingRequest, RescheduleRequest
from tests.builders.scheduling import Clinic, add_patient, clinic
from tests.concurrency.stepping import interleaved, orders
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
    acts = [_book(at, NINE, at.patient_id), _book(at, QUARTER_PAST, other)]
    for _, outcomes in _every_order(at, acts, BOOK, BOOK):
        assert sorted(map(_told, outcomes)) == ["done", "slot_taken provider_taken"]


def test_two_bookings_that_touch_both_stand(at: Clinic, other: str) -> None:
    acts = [_book(at, NINE, at.patient_id), _book(at, "2026-03-03T09:30:00-05:00", other)]
    for _, outcomes in _every_order(at, acts, BOOK, BOOK):
        assert [_told(outcome) for outcome in outcomes] == ["done", "done"]


def test_one_patient_is_not_in_two_places(at: Clinic) -> None:
    acts = [_book(at, NINE, at.patient_id), _book(at, NINE, at.patient_id)]
    for _, outcomes in _every_order(at, acts, BOOK, BOOK):
        assert sorted(map(_told, outcomes)) == ["done", "slot_taken provider_taken"]


def test_a_booking_and_a_cancellation_of_what_is_in_its_way(at: Clinic, other: str) -> None:
    appointment_id = at.booking(NINE)
    acts = [_book(at, QUARTER_PAST, other), _cancel(at, appointment_id)]
    for order, outcomes in _every_order(at, acts, BOOK, CANCEL):
        cancelled_first = _last(order, 1) < _last(order, 0)
        expected = "done" if cancelled_first else "slot_taken provider_taken"
        assert [_told(outcome) for outcome in outcomes] == [expected, "done"]


def test_a_booking_and_a_move_on_one_day(at: Clinic, other: str) -> None:
    """The move frees and takes on the same day-items: a booking between its read and its write is
    told to the mover as a change, and a booking after it meets the new time."""
    appointment_id = at.booking(NINE)
    acts = [_book(at, QUARTER_PAST_TEN, other), _move(at, appointment_id, TEN)]
    for order, outcomes in _every_order(at, acts, BOOK, MOVE):
        booked_at = _last(order, 0)
        read_at, written_at = [at_ for at_, actor in enumerate(order) if actor == 1][1:]
        if booked_at < read_at:
            expected = ["done", "slot_taken provider_taken"]
        elif booked_at < written_at:
            expected = ["done", "schedule_changed"]
        else:
            expected = ["slot_taken provider_taken", "done"]
        assert [_told(outcome) for outcome in outcomes] == expected


def test_a_move_away_and_a_booking_of_the_time_it_leaves(at: Clinic, other: str) -> None:
    appointment_id = at.booking(NINE)
    next_day = "2026-03-04T09:00:00-05:00"
    acts = [_book(at, NINE, other), _move(at, appointment_id, next_day)]
    for order, outcomes in _every_order(at, acts, BOOK, MOVE):
        moved_first = _last(order, 1) < _last(order, 0)
        expected = "done" if moved_first else "slot_taken provider_taken"
        assert [_told(outcome) for outcome in outcomes] == [expected, "done"]


def test_two_moves_to_one_time(at: Clinic, other: str) -> None:
    first, second = at.booking(NINE), at.booking("2026-03-03T11:00:00-05:00", patient_id=other)
    acts = [_move(at, first, TEN), _move(at, second, QUARTER_PAST_TEN)]
    for _, outcomes in _every_order(at, acts, MOVE, MOVE):
        told = sorted(map(_told, outcomes))
        assert told in (["done", "schedule_changed"], ["done", "slot_taken provider_taken"])


def test_two_changes_of_one_appointment(at: Clinic) -> None:
    appointment_id = at.booking(NINE)
    acts = [_cancel(at, appointment_id), _move(at, appointment_id, TEN)]
    for _, outcomes in _every_order(at, acts, CANCEL, MOVE):
        told = [_told(outcome) for outcome in outcomes]
        assert told.count("done") == 1 or told == ["done", "done"]
        assert set(told) <= {"done", "not_booked", "stale_version", "schedule_changed"}


def test_two_bookings_over_a_lapsed_hold(at: Clinic, other: str) -> None:
    """Each reads the day, the hold, and commits; whoever is second meets a change or a booking."""
    _held(at, NINE)
    acts = [_book(at, NINE, at.patient_id), _book(at, QUARTER_PAST, other)]
    for order, outcomes in _every_order(at, acts, BOOK + 1, BOOK + 1):
        told = sorted(map(_told, outcomes))
        assert told in (["done", "schedule_changed"], ["done", "slot_taken provider_taken"]), order


def test_a_booking_over_a_lapsed_hold_as_the_minutes_work_ends_it(at: Clinic) -> None:
    hold = _held(at, NINE)
    ending = _committed(at, lambda context: let_lapse(context, hold))
    for order, outcomes in _every_order(at, [_book(at, NINE, at.patient_id), ending], BOOK + 1, 2):
        told = [_told(outcome) for outcome in outcomes]
        assert told in (
            ["done", "done"],
            ["schedule_changed", "done"],
            ["done", "schedule_changed"],
        ), order


def test_a_hold_and_a_booking_of_one_time(at: Clinic) -> None:
    acts = [
        _committed(at, lambda context: _hold(at, context, NINE)),
        _book(at, NINE, at.patient_id),
    ]
    for _, outcomes in _every_order(at, acts, BOOK, BOOK):
        assert sorted(map(_told, outcomes)) == ["done", "slot_taken provider_taken"]


Act = Callable[[], Any]
Order = tuple[int, ...]


def _every_order(
    at: Clinic, acts: list[Act], first: int, second: int
) -> list[tuple[Order, list[Any]]]:
    """Play each order from the same start; what is taken afterwards is what is booked."""
    assert at.tenant.id == at.practice_id  # read before the actors start
    empty, played = copy.deepcopy(_table().items), []
    for order in orders(first, second):
        _table().items = copy.deepcopy(empty)
        outcomes = interleaved(
            order, acts, passing=("Query",)
        )  # of authorisations: beside the reads
        _takes_what_is_booked(at)
        played.append((order, outcomes))
    return played


def _takes_what_is_booked(at: Clinic) -> None:
    items = at.world.items()
    booked: list[Any] = [Appointment.from_raw_data(item) for item in items if _is_booked(item)]
    booked += [SlotHold.from_raw_data(item) for item in items if item["kind"]["S"] == "slot_hold"]
    held = [
        (key, each) for one in booked for key, buckets in one.holds().items() for each in buckets
    ]
    taken = [
        ((item["pk"]["S"], item["sk"]["S"]), int(bucket))
        for item in items
        if item["kind"]["S"] == "day"
        for bucket in item.get("taken", {}).get("NS", [])
    ]
    assert sorted(taken) == sorted((tuple(key), bucket) for key, bucket in held)


def _is_booked(item: dict[str, Any]) -> bool:
    return item["kind"]["S"] == "appointment" and item["status"]["S"] == "booked"


def _hold(at: Clinic, context: Any, starts_at: str) -> SlotHold:
    names = ("practitioner_id", "location_id", "type_id")
    asked = {**{name: getattr(at, name) for name in names}, "starts_at": starts_at}
    until = context.now() + timedelta(minutes=1)
    return hold_slot(context, SlotHoldRequest.model_validate(asked), until=until)


def _held(at: Clinic, starts_at: str) -> SlotHold:
    """A hold that has just lapsed."""
    hold: SlotHold = _committed(at, lambda context: _hold(at, context, starts_at))()
    at.world.clock.advance(minutes=1)
    return hold


def _committed(at: Clinic, use_case: Callable[[Any], Any]) -> Act:
    def act() -> Any:
        with at.working() as context:
            made = use_case(context)
            context.work.commit()
            return made

    return act


def _book(at: Clinic, starts_at: str, patient_id: str) -> Act:
    request = BookingRequest.model_validate(
        {
            "patient_id": patient_id,
            "practitioner_id": at.practitioner_id,
            "location_id": at.location_id,
            "type_id": at.type_id,
            "starts_at": starts_at,
        }
    )
    return _committed(at, lambda context: book_appointment(context, request))


def _move(at: Clinic, appointment_id: str, starts_at: str) -> Act:
    body = RescheduleRequest(starts_at=datetime.fromisoformat(starts_at))
    return _committed(at, lambda context: reschedule(context, appointment_id, body))


def _cancel(at: Clinic, appointment_id: str) -> Act:
    reason = CancellationReason.PATIENT
    return _committed(at, lambda context: cancel(context, appointment_id, reason))


def _told(outcome: Any) -> str:
    if isinstance(outcome, DomainError):
        return " ".join([outcome.code, *(bad.code for bad in outcome.errors)])
    return "done"


def _last(order: Order, actor: int) -> int:
    """When the actor's transaction comes."""
    return max(at for at, each in enumerate(order) if each == actor)


def _table() -> Any:
    """moto puts another in its place when a transaction fails."""
    (table,) = get_backend("dynamodb")["123456789012"]["us-east-1"].tables.values()
    return table
