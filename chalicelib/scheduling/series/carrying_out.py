"""An order of a series, occurrence by occurrence, each a transaction of its own.

Safe to repeat: an appointment's id follows from its series and number, what is moved or cancelled
already is met as such, and the report is written once, at the end. What has begun is never touched.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ...platform import outbox
from ...platform.context import Context
from ...platform.errors import AlreadyExists, DomainError
from ...platform.ids import derived_id
from ...platform.store import find
from ..booking import book_appointment
from ..changing import cancel, reschedule
from ..errors import PASSING
from ..local_time import GapTime
from ..models import Appointment
from ..progress import CancellationReason, Status
from ..reasons.models import Reason
from ..schemas import BookingRequest, RescheduleRequest
from .models import Occurrence, Order, Outcome, Series
from .ordering import BOOK, CANCEL, at

BEGUN, CHANGED = "begun", "changed_by_hand"


def carry_out(context: Context, series_id: str) -> None:
    """Do what the series was ordered, and report it occurrence by occurrence."""
    series = find(Series, Series.key(context.practice_id, series_id))
    if series is None or series.order is None:
        return
    context.concerns(series.patient_id)
    act = {BOOK: _book, CANCEL: _cancel}.get(series.order.verb, _move)
    stands = {each.number: each for each in series.occurrences}
    for each in _in_turn(series.occurrences, series.order):
        stands[each.number] = act(context, series, each)
    series.occurrences = tuple(stands[number] for number in sorted(stands))
    order, series.order = series.order, None
    context.work.save(series)
    _tell(context, series, order)


def name_of(series: Series) -> str:
    """The order that is being carried out, among all of a practice."""
    return f"{series.id}.{series.orders}"


def _tell(context: Context, series: Series, order: Order) -> None:
    """Stage `series.carried_out`: which order, what it did, and which visits are as it wanted them."""
    wanted = Outcome.CANCELLED if order.verb == CANCEL else Outcome.BOOKED
    visits = [
        each.appointment_id
        for each in series.occurrences
        if each.number >= order.first and each.outcome == wanted and each.appointment_id
    ]
    outbox.publish(
        context,
        "series.carried_out",
        series.id,
        series.version,
        order=name_of(series),
        verb=order.verb,
        patient_id=series.patient_id,
        location_id=series.location_id,
        time_zone=series.time_zone,
        visits=",".join(visits),
    )


def _in_turn(occurrences: Iterable[Occurrence], order: Order) -> list[Occurrence]:
    """Those it concerns; the last first where they move to later: none meets the one ahead of it."""
    concerned = [each for each in occurrences if each.number >= order.first]
    return concerned[::-1] if order.minutes > 0 else concerned


def _book(context: Context, series: Series, occurrence: Occurrence) -> Occurrence:
    if occurrence.starts_at is None:
        return replace(occurrence, outcome=Outcome.REFUSED, code=GapTime.code)
    asked = {
        "patient_id": series.patient_id,
        "practitioner_id": series.practitioner_id,
        "location_id": series.location_id,
        "room_id": series.room_id,
        "type_id": series.type_id,
        "bill_to": series.bill_to,
        "starts_at": occurrence.starts_at,
        "reason": _reason_of(series),
    }
    made = derived_id("apt", series.id, str(occurrence.number))
    booked = replace(occurrence, appointment_id=made, outcome=Outcome.BOOKED, code=None)

    def act() -> None:
        body = BookingRequest.model_validate(asked)
        order = name_of(series)
        book_appointment(context, body, appointment_id=made, series_id=series.id, order=order)

    return _done(context, occurrence, booked, act)


def _reason_of(series: Series) -> dict[str, Any] | None:
    """Asked for anew: a list may have changed, and another release be in force."""
    reason: Reason | None = series.reason
    if reason is None:
        return None
    return {"system": reason.system, "code": reason.code, "text": reason.text}


def _cancel(context: Context, series: Series, occurrence: Occurrence) -> Occurrence:
    appointment = _standing(context, occurrence)
    if isinstance(appointment, Occurrence):
        return appointment
    reason = CancellationReason(_order_of(series).reason or CancellationReason.PATIENT)
    return _done(
        context,
        occurrence,
        replace(occurrence, outcome=Outcome.CANCELLED, code=None),
        lambda: cancel(context, appointment.id, reason, order=name_of(series)),
    )


def _move(context: Context, series: Series, occurrence: Occurrence) -> Occurrence:
    order, zone = _order_of(series), ZoneInfo(series.time_zone)
    moved = at(zone, occurrence, occurrence.local + timedelta(minutes=order.minutes))
    appointment = _standing(context, occurrence, moved)
    if isinstance(appointment, Occurrence):
        return appointment
    if moved.starts_at is None:
        return replace(occurrence, outcome=Outcome.LEFT, code=GapTime.code)
    done = replace(moved, outcome=Outcome.BOOKED, code=None)
    place = appointment.starts_at, appointment.practitioner_id
    if place == (moved.starts_at, order.practitioner_id or appointment.practitioner_id):
        return done
    asked = {"starts_at": moved.starts_at, "practitioner_id": order.practitioner_id}
    body = RescheduleRequest.model_validate(asked)
    return _done(
        context,
        occurrence,
        done,
        lambda: reschedule(context, appointment.id, body, order=name_of(series)),
    )


def _order_of(series: Series) -> Order:
    assert isinstance(series.order, Order)  # noqa: S101  # carry_out returns without one
    return series.order


def _standing(
    context: Context, occurrence: Occurrence, moved: Occurrence | None = None
) -> Appointment | Occurrence:
    """The appointment, if the order concerns it; else the occurrence as it stays.

    One that was moved or ended by hand is not the series' any more; one that has begun is past.
    """
    if occurrence.appointment_id is None:
        return occurrence
    practice_id = context.practice_id
    appointment = find(Appointment, Appointment.key(practice_id, occurrence.appointment_id))
    if appointment is None or appointment.status == Status.CANCELLED:
        return replace(occurrence, outcome=Outcome.CANCELLED, code=None)
    if appointment.status != Status.BOOKED or appointment.starts_at <= context.now():
        return replace(occurrence, outcome=Outcome.LEFT, code=BEGUN)
    known = {occurrence.starts_at, moved.starts_at if moved else None}
    if appointment.starts_at not in known:
        return replace(occurrence, outcome=Outcome.LEFT, code=CHANGED)
    return appointment


def _done(
    context: Context, before: Occurrence, after: Occurrence, act: Callable[[], object]
) -> Occurrence:
    """`after` once it is committed, now or when this message came before; of a refusal, why not.

    What changed at the same moment brings the message again.
    """
    try:
        act()
        context.work.commit()
    except AlreadyExists:
        context.work.discard()
    except PASSING:
        raise
    except DomainError as refusal:
        context.work.discard()
        if before.appointment_id is None and _is_made(context, after):
            return after
        code = refusal.errors[0].code if refusal.errors else refusal.code
        stays = Outcome.REFUSED if before.appointment_id is None else Outcome.LEFT
        return replace(before, outcome=stays, code=code)
    return after


def _is_made(context: Context, occurrence: Occurrence) -> bool:
    """Whether its appointment is there: what is refused now may have been booked before."""
    made = occurrence.appointment_id or ""
    return find(Appointment, Appointment.key(context.practice_id, made)) is not None
