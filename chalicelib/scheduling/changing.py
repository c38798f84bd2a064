"""Rescheduling, cancelling, no-show: each frees its time in the transaction that changes it."""

from datetime import datetime, timedelta

from ..patients.authorizations import standings_of
from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.overlap import while_waiting
from ..platform.store import find_many
from .appointments import booked_appointment
from .authorizing import authorize, release
from .errors import VisitUnderWay
from .events import Stretch, of_order, tell, tell_freed
from .holds.keeping import end_kept, holds_named
from .holds.lapsing import end_lapsed
from .models import Appointment
from .occupants import Occupant, occupant_of
from .overbooking import may_overbook
from .placing import Place, bookable_start, refuse_elsewhere
from .progress import CancellationReason, Progress, Status, may_be_cancelled
from .reasons.checking import keys_of, reason_of
from .rooming import leave
from .schemas import RescheduleRequest
from .sessions.moving import seat_move
from .substituting import with_free_things
from .taking import exchange

RESCHEDULED = "rescheduled"


def reschedule(
    context: Context, appointment_id: str, body: RescheduleRequest, *, order: str = ""
) -> Appointment:
    """Move a visit, in one transaction; it keeps its length, and its own time does not hinder it.

    Nor does a hold that it names, which ends with it. Where it names none, what its type needs by
    kind is chosen anew if that is taken then. Errors as booking's; NotBooked,
    VisitUnderWay (409); ScheduleChanged (409) where another booking changed the same day
    meanwhile: the caller may try again. `order` is that of a series, which tells of all it did.
    """
    appointment = booked_appointment(context, appointment_id)
    if appointment.progress != Progress.NONE:
        raise VisitUnderWay
    starts = bookable_start(context, body.starts_at)
    was, stood, demand = occupant_of(appointment), Stretch.of(appointment), appointment.demand
    seat = seat_move(context, appointment, body, starts)
    body = seat.asked(appointment, body) if seat and seat.standing else body
    own = seat.own(appointment) if seat else appointment.holds()
    body = with_free_things(context, appointment, body, starts, own=own)
    place = _assigned(appointment, body)
    refuse_elsewhere(context, place.location_id)
    held = body.slot_hold_id or ""
    come = Occupant(
        appointment.id,
        appointment.holds(starts),
        overbooked=may_overbook(context, body.overbook),
        follows=held,
        seat=seat.to if seat else None,
    )
    standings = while_waiting(standings_of, context, appointment.patient_id)
    kept = holds_named(context, held)
    keys = [*place.keys(), *come.buckets, *was.buckets, *kept, *keys_of(context, body.reason)]
    found = find_many(keys, consistent=True) | (seat.sessions if seat else {})
    location = place.location(found)
    type_id = appointment.type_id
    place.refuse_outside_hours(found, location, demand=demand, starts=starts, type_id=type_id)
    appointment.stand(starts, demand, location_id=location.id, time_zone=location.time_zone)
    found |= seat.takes(context, appointment, location, starts) if seat else {}
    given = reason_of(context, body.reason, found, appointment.day)
    appointment.reason = given or appointment.reason
    ended = end_kept(context, kept, found, come=come, patient_id=appointment.patient_id)
    gone = [was, *ended, *end_lapsed(context, [come], found)]
    met = exchange(context, come=[come], gone=gone, days=found)
    appointment.overbooked = body.overbook if met else None
    authorize(context, appointment, standings.result())
    _move(context, appointment, stood, order)
    return appointment


def cancel(
    context: Context,
    appointment_id: str,
    reason: CancellationReason,
    *,
    order: str = "",
    said_at: datetime | None = None,
) -> Appointment:
    """Cancel a visit that the provider has not begun; its time is free again.

    A patient's cancellation within the hours that its type says is late, and told as such. Invalid
    (422) if one who has not come is said to have left unseen. `order` as in `reschedule`; `said_at`
    is when the patient said so, where that was before now.
    """
    appointment = booked_appointment(context, appointment_id)
    if not may_be_cancelled(Progress(appointment.progress)):
        raise VisitUnderWay
    if reason is CancellationReason.LEFT_UNSEEN and appointment.progress == Progress.NONE:
        raise invalid_field("reason", "not_arrived", "The patient has not arrived")
    last = appointment.starts_at - timedelta(hours=appointment.cancel_hours or 0)
    appointment.late = (reason.is_patients and (said_at or context.now()) > last) or None
    _end(context, appointment, Status.CANCELLED, reason=reason.value)
    late = {"late": "yes"} if appointment.late else {}
    tell(context, "cancelled", appointment, reason=reason.value, **late, **of_order(order))
    tell_freed(context, appointment, Stretch.of(appointment))
    return appointment


def mark_no_show(context: Context, appointment_id: str) -> Appointment:
    """The patient did not come; the time is free again. Invalid (422) before it starts."""
    appointment = booked_appointment(context, appointment_id)
    if appointment.progress != Progress.NONE:
        raise VisitUnderWay
    if context.now() < appointment.starts_at:
        raise invalid_field("starts_at", "not_started", "The appointment has not begun")
    _end(context, appointment, Status.NO_SHOW)
    tell(context, "no_show", appointment)
    return appointment


def _move(context: Context, appointment: Appointment, stood: Stretch, order: str) -> None:
    """It stands elsewhere now: stage that, and tell it."""
    appointment.step(RESCHEDULED, context.now(), context.actor.id)
    context.work.save(appointment)
    tell(context, "rescheduled", appointment, **of_order(order))
    tell_freed(context, appointment, stood.without(Stretch.of(appointment)))


def _assigned(appointment: Appointment, body: RescheduleRequest) -> Place:
    """Who and what takes part is as asked; the location follows when the visit stands there."""
    appointment.practitioner_id = body.practitioner_id or appointment.practitioner_id
    appointment.room_id = body.room_id or appointment.room_id
    others, things = body.other_practitioner_ids, body.resource_ids
    appointment.with_ids = (
        *(appointment.other_practitioner_ids if others is None else others),
        *(appointment.resource_ids if things is None else things),
    ) or None
    return Place(
        appointment.practice_id,
        appointment.practitioner_id,
        body.location_id or appointment.location_id,
        appointment.room_id,
        appointment.other_practitioner_ids,
        appointment.resource_ids,
    )


def _end(
    context: Context, appointment: Appointment, status: Status, *, reason: str | None = None
) -> None:
    appointment.status = status
    leave(context, appointment)
    release(context, appointment)
    appointment.step(status, context.now(), context.actor.id, reason=reason)
    context.work.save(appointment)
    exchange(context, gone=[occupant_of(appointment)])
