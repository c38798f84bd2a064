"""Booking: the visit and its event in one transaction with the time it takes."""

from dataclasses import replace

from ..patients.authorizations import standings_of
from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.overlap import while_waiting
from .authorizing import authorize
from .errors import HoldLapsed
from .events import tell
from .holds.lapsing import end_hold, end_lapsed, occupant_of as occupant_of_hold
from .judging import Judged, judge
from .models import Appointment, SlotHold
from .overbooking import may_overbook
from .progress import Entry, Progress, Status
from .schemas import BookingRequest
from .taking import exchange, occupant_of


def book_appointment(
    context: Context,
    body: BookingRequest,
    *,
    appointment_id: str | None = None,
    series_id: str | None = None,
) -> Appointment:
    """Book a visit; provider, room and patient are taken with it, buffers included.

    Who walks in is checked in with it. A hold that it names does not hinder it, and ends with it;
    nor does one that has lapsed, nor the provider's other visits where it says why and the caller
    may overbook (Forbidden). SlotTaken (409) names who is taken; HoldLapsed (409). Invalid (422): a
    record that is not there, a room that is missing or elsewhere, a deceased patient, a start in
    the past or off the grid, somebody else's hold; OutsideAvailability.
    """
    named = [body.slot_hold_id] if body.slot_hold_id else []
    keys = [SlotHold.key(context.practice_id, each) for each in named]
    standings = while_waiting(standings_of, context, body.patient_id)
    judged = judge(context, body, *keys, entry=body.entry, reason=body.reason)
    made = appointment_id or context.new_id("apt")
    appointment = new_appointment(context, made, body, judged)
    appointment.series_id = series_id
    come = replace(
        occupant_of(appointment),
        overbooked=may_overbook(context, body.overbook),
        follows=body.slot_hold_id or "",
    )
    kept = [_kept(context, judged.found.get(key), body) for key in keys]
    for hold in kept:
        end_hold(context, hold, unless_taken_by=come)
    gone = [*map(occupant_of_hold, kept), *end_lapsed(context, come, judged.found)]
    appointment.step(Status.BOOKED, context.now(), context.actor.id)
    context.work.create(appointment)
    if exchange(context, come=[come], gone=gone, days=judged.found):
        appointment.overbooked = body.overbook
    authorize(context, appointment, standings.result())
    tell(context, "booked", appointment)
    if body.entry is Entry.WALK_IN:
        appointment.advance(Progress.CHECKED_IN, context.now(), context.actor.id)
        tell(context, "checked_in", appointment)
    return appointment


def new_appointment(
    context: Context, appointment_id: str, body: BookingRequest, judged: Judged
) -> Appointment:
    """As it was asked for and judged; nothing is staged yet."""
    kind, location = judged.kind, judged.location
    appointment = Appointment(
        *Appointment.key(context.practice_id, appointment_id),
        status=Status.BOOKED,
        progress=Progress.NONE,
        patient_id=body.patient_id,
        patient_name=judged.patient.full_name if judged.patient else "",
        practitioner_id=body.practitioner_id,
        room_id=body.room_id,
        with_ids=judged.with_ids or None,
        type_id=body.type_id,
        title=kind.name,
        bill_to=body.bill_to or kind.bill_to,
        cancel_hours=kind.cancel_hours or None,
        reason=judged.reason,
    )
    appointment.stand(
        judged.starts, kind.demand(), location_id=location.id, time_zone=location.time_zone
    )
    return appointment


def _kept(context: Context, hold: object, body: BookingRequest) -> SlotHold:
    if not isinstance(hold, SlotHold):
        raise invalid_field("slot_hold_id", "not_found", "No such hold")
    if hold.patient_id not in (None, body.patient_id):
        raise invalid_field("slot_hold_id", "other_patient", "It is held for another patient")
    if hold.has_lapsed(context.now()):
        raise HoldLapsed
    return hold
