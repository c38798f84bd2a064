"""The reason of a visit is read and changed by who books. No event, message or feed tells it."""

from dataclasses import dataclass, replace

from ...identity.permissions import Permission
from ...platform.context import Context
from ...platform.store import find_many
from ..appointments import booked_appointment, read_appointment
from ..events import tell
from ..models import Appointment
from .checking import keys_of, reason_of
from .models import Reason
from .schemas import ReasonChange


@dataclass(frozen=True, slots=True)
class ReasonOfVisit:
    appointment_id: str
    version: int
    reason: Reason | None


def read_reason(context: Context, appointment_id: str) -> ReasonOfVisit:
    """NotFound without such an appointment. The words are for who reads charts."""
    return _seen(context, read_appointment(context, appointment_id))


def change_reason(context: Context, appointment_id: str, body: ReasonChange) -> ReasonOfVisit:
    """Replace it; an encounter that has begun has it in a moment. NotBooked (409); Invalid (422)."""
    appointment = context.matching(booked_appointment(context, appointment_id))
    keys = keys_of(context, body.reason)
    found = find_many(keys, consistent=True) if keys else {}
    appointment.reason = reason_of(context, body.reason, found, appointment.day)
    context.work.save(appointment)
    tell(context, "reason_changed", appointment)
    return _seen(context, appointment)


def _seen(context: Context, appointment: Appointment) -> ReasonOfVisit:
    reason = appointment.reason
    if reason is not None and not context.allows(Permission.READ_CHART):
        reason = replace(reason, text=None)
    return ReasonOfVisit(appointment.id, appointment.version, reason)
