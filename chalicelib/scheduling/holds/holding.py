"""Keeping a slot for somebody: the same buckets as a booking's, under an expiry (ADR 17)."""

from datetime import datetime

from ...patients.models import Patient
from ...platform.context import Context
from ...platform.due import set_due
from ...platform.errors import NotFound
from ...platform.store import get
from ..booking import book_appointment
from ..errors import HoldLapsed
from ..judging import judge
from ..models import Appointment
from ..reasons.schemas import ReasonBody
from ..schemas import BookingRequest
from ..taking import exchange
from .lapsing import end_lapsed, occupant_of, release
from .models import SlotHold
from .schemas import SlotHoldRequest

LAPSE = "slot_hold"
"""The kind of due work that ends a hold."""


def hold_slot(
    context: Context, body: SlotHoldRequest, *, until: datetime, reason_id: str | None = None
) -> SlotHold:
    """Keep a slot until `until`; provider, room and patient are taken as by a booking.

    Errors are booking's: SlotTaken (409); Invalid (422), OutsideAvailability.
    """
    judged = judge(context, body)
    hold = SlotHold(
        *SlotHold.key(context.practice_id, context.new_id("slh")),
        practitioner_id=body.practitioner_id,
        location_id=body.location_id,
        room_id=judged.session.room_id if judged.session else body.room_id,
        with_ids=judged.with_ids or None,
        patient_id=body.patient_id,
        type_id=body.type_id,
        until=until,
        held_by=context.actor.id,
        reason_id=reason_id,
        group_session_id=judged.session.id if judged.session else None,
    )
    hold.stand(judged.starts, judged.demand)
    set_due(hold, LAPSE, until)
    come = occupant_of(hold)
    context.work.create(hold)
    gone = end_lapsed(context, [come], judged.found)
    exchange(context, come=[come], gone=gone, days=judged.found)
    return hold


def read_hold(context: Context, hold_id: str) -> SlotHold:
    """NotFound without one, and for one where the caller does not work; HoldLapsed (409)."""
    hold = get(SlotHold, SlotHold.key(context.practice_id, hold_id))
    if not context.allows_at(hold.location_id):
        raise NotFound
    if hold.patient_id:
        context.concerns(hold.patient_id)
    if hold.has_lapsed(context.now()):
        raise HoldLapsed
    return hold


def release_hold(context: Context, hold_id: str) -> None:
    """The slot is free again. NotFound, HoldLapsed."""
    release(context, read_hold(context, hold_id))


def give_up_hold(context: Context, hold_id: str) -> None:
    """As `release_hold`, of the version that the caller named."""
    release(context, context.matching(read_hold(context, hold_id)))


def book_held(
    context: Context,
    hold_id: str,
    *,
    patient_id: str,
    bill_to: str | None = None,
    reason: ReasonBody | None = None,
    newcomer: Patient | None = None,
) -> Appointment:
    """Book what is held, as it is held, for this patient, who may be a newcomer as booking's.

    Errors as booking's; NotFound, HoldLapsed.
    """
    hold = read_hold(context, hold_id)
    asked = {
        "patient_id": patient_id,
        "practitioner_id": hold.practitioner_id,
        "location_id": hold.location_id,
        "room_id": hold.room_id,
        "other_practitioner_ids": hold.other_practitioner_ids,
        "resource_ids": hold.resource_ids,
        "type_id": hold.type_id,
        "starts_at": hold.starts_at,
        "slot_hold_id": hold.id,
        "bill_to": bill_to,
        "reason": reason,
    }
    return book_appointment(context, BookingRequest.model_validate(asked), newcomer=newcomer)
