"""Booking: the visit and its event in one transaction with the time it takes."""

from dataclasses import replace

from ..patients.authorizations import standings_of
from ..patients.models import Patient
from ..platform.context import Context
from ..platform.overlap import while_waiting
from .authorizing import authorize
from .events import of_order, tell
from .holds.keeping import end_kept, holds_named
from .holds.lapsing import end_lapsed
from .judging import Judged, judge
from .models import Appointment
from .occupants import occupant_of
from .overbooking import may_overbook
from .progress import IN_PERSON, Entry, Progress, Status
from .schemas import BookingRequest
from .taking import exchange


def book_appointment(
    context: Context,
    body: BookingRequest,
    *,
    appointment_id: str | None = None,
    series_id: str | None = None,
    order: str = "",
    newcomer: Patient | None = None,
) -> Appointment:
    """Book a visit; provider, room and patient are taken with it, buffers included.

    Of a type with seats it joins the session that stands then, or opens one: SessionFull (409).

    Who walks in is checked in with it. A hold that it names does not hinder it, and ends with it;
    nor does one that has lapsed, nor the provider's other visits where it says why and the caller
    may overbook (Forbidden). SlotTaken (409) names who is taken; HoldLapsed (409). Invalid (422): a
    record that is not there, a room that is missing or elsewhere, a deceased patient, a start in
    the past or off the grid, somebody else's hold; OutsideAvailability. A `newcomer` is a patient whom
    the same unit of work registers.
    """
    standings = while_waiting(standings_of, context, body.patient_id)
    keys = holds_named(context, body.slot_hold_id)
    judged = judge(context, body, *keys, entry=body.entry, reason=body.reason, newcomer=newcomer)
    made = appointment_id or context.new_id("apt")
    appointment = new_appointment(context, made, body, judged)
    appointment.series_id = series_id
    come = replace(
        occupant_of(appointment),
        overbooked=may_overbook(context, body.overbook),
        follows=body.slot_hold_id or "",
    )
    kept = end_kept(context, keys, judged.found, come=come, patient_id=body.patient_id)
    gone = [*kept, *end_lapsed(context, [come], judged.found)]
    appointment.step(Status.BOOKED, context.now(), context.actor.id)
    context.work.create(appointment)
    if exchange(context, come=[come], gone=gone, days=judged.found):
        appointment.overbooked = body.overbook
    authorize(context, appointment, standings.result())
    tell(context, "booked", appointment, **of_order(order))
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
        room_id=judged.session.room_id if judged.session else body.room_id,
        with_ids=judged.with_ids or None,
        type_id=body.type_id,
        title=kind.name,
        bill_to=body.bill_to or kind.bill_to,
        modality=kind.modality if kind.modality != IN_PERSON else None,
        cancel_hours=kind.cancel_hours or None,
        reason=judged.reason,
        group_session_id=judged.session.id if judged.session else None,
    )
    appointment.stand(
        judged.starts, judged.demand, location_id=location.id, time_zone=location.time_zone
    )
    return appointment
