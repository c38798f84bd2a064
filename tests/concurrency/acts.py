"""What actors do at a clinic, played in every order of their calls to the table."""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from moto.backends import get_backend

from chalicelib.platform.errors import DomainError
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.changing import cancel, reschedule
from chalicelib.scheduling.holds.holding import hold_slot
from chalicelib.scheduling.holds.models import SlotHold
from chalicelib.scheduling.holds.schemas import SlotHoldRequest
from chalicelib.scheduling.models import Appointment
from chalicelib.scheduling.progress import CancellationReason
from chalicelib.scheduling.schemas import BookingRequest, RescheduleRequest
from chalicelib.scheduling.sessions.models import GroupSession
from tests.builders.scheduling import Clinic
from tests.concurrency.stepping import interleaved, orders

Act = Callable[[], Any]
Order = tuple[int, ...]


def every_order(
    at: Clinic, acts: list[Act], first: int, second: int
) -> list[tuple[Order, list[Any]]]:
    """Play each order from the same start; what is taken afterwards is what is booked. All is undone."""
    assert at.tenant.id == at.practice_id  # read before the actors start
    empty, played = copy.deepcopy(_table().items), []
    for order in orders(first, second):
        _table().items = copy.deepcopy(empty)
        outcomes = interleaved(
            order, acts, passing=("Query",)
        )  # of authorisations: beside the reads
        _takes_what_is_booked(at)
        played.append((order, outcomes))
    _table().items = empty
    return played


def _takes_what_is_booked(at: Clinic) -> None:
    items = at.world.items()
    booked: list[Any] = [Appointment.from_raw_data(item) for item in items if _is_booked(item)]
    booked += [SlotHold.from_raw_data(item) for item in items if item["kind"]["S"] == "slot_hold"]
    sessions = [GroupSession.from_raw_data(i) for i in items if i["kind"]["S"] == "group_session"]
    had = [
        (key, each)
        for one in (*booked, *sessions)
        for key, buckets in one.holds().items()
        for each in buckets
    ]
    _seats_who_is_booked(sessions, booked)
    taken = [
        ((item["pk"]["S"], item["sk"]["S"]), int(bucket))
        for item in items
        if item["kind"]["S"] == "day"
        for bucket in item.get("taken", {}).get("NS", [])
    ]
    assert sorted(taken) == sorted((tuple(key), bucket) for key, bucket in had)


def _seats_who_is_booked(sessions: list[GroupSession], booked: list[Any]) -> None:
    """Each seat is somebody's, and all who have one sit in a session that stands."""
    for session in sessions:
        sitting = {*(session.seated or ()), *(each.hold_id for each in session.held_seats)}
        assert sitting == {each.id for each in booked if each.seat == session.item_key}
        assert sitting or session.kept
        assert session.seats_left == session.capacity - len(sitting) >= 0
    standing = {each.item_key for each in sessions}
    assert {each.seat for each in booked if each.seat} <= standing


def _is_booked(item: dict[str, Any]) -> bool:
    return item["kind"]["S"] == "appointment" and item["status"]["S"] == "booked"


def hold(at: Clinic, context: Any, starts_at: str) -> SlotHold:
    names = ("practitioner_id", "location_id", "type_id")
    asked = {**{name: getattr(at, name) for name in names}, "starts_at": starts_at}
    until = context.now() + timedelta(minutes=1)
    return hold_slot(context, SlotHoldRequest.model_validate(asked), until=until)


def held(at: Clinic, starts_at: str) -> SlotHold:
    """A hold that has just lapsed."""
    made: SlotHold = committed(at, lambda context: hold(at, context, starts_at))()
    at.world.clock.advance(minutes=1)
    return made


def committed(at: Clinic, use_case: Callable[[Any], Any]) -> Act:
    def act() -> Any:
        with at.working() as context:
            made = use_case(context)
            context.work.commit()
            return made

    return act


def book(at: Clinic, starts_at: str, patient_id: str) -> Act:
    request = BookingRequest.model_validate(
        {
            "patient_id": patient_id,
            "practitioner_id": at.practitioner_id,
            "location_id": at.location_id,
            "type_id": at.type_id,
            "starts_at": starts_at,
        }
    )
    return committed(at, lambda context: book_appointment(context, request))


def move(at: Clinic, appointment_id: str, starts_at: str) -> Act:
    body = RescheduleRequest(starts_at=datetime.fromisoformat(starts_at))
    return committed(at, lambda context: reschedule(context, appointment_id, body))


def cancelling(at: Clinic, appointment_id: str) -> Act:
    reason = CancellationReason.PATIENT
    return committed(at, lambda context: cancel(context, appointment_id, reason))


def told(outcome: Any) -> str:
    if isinstance(outcome, DomainError):
        return " ".join([outcome.code, *(bad.code for bad in outcome.errors)])
    return "done"


def last(order: Order, actor: int) -> int:
    """When the actor's transaction comes."""
    return max(at for at, each in enumerate(order) if each == actor)


def _table() -> Any:
    """moto puts another in its place when a transaction fails."""
    (table,) = get_backend("dynamodb")["123456789012"]["us-east-1"].tables.values()
    return table
