"""What practitioners' calendars show, kept by events."""

from datetime import timedelta

from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.store import find_many
from ..scheduling.models import Appointment
from .models import CalendarEntry

KEPT = timedelta(days=60)
"""After its end an entry is forgotten."""


def show(context: Context, appointment_id: str) -> None:
    """The entry of an appointment as it is now. An event that comes late or twice changes nothing."""
    key = CalendarEntry.key(context.practice_id, appointment_id)
    of_appointment = Appointment.key(context.practice_id, appointment_id)
    found = find_many([key, of_appointment], consistent=True)
    appointment, entry = found.get(of_appointment), found.get(key)
    if not isinstance(appointment, Appointment):
        return
    if not isinstance(entry, CalendarEntry):
        entry = CalendarEntry(*key)
        _fill(context, entry, appointment)
        context.work.create(entry, refusal=AlreadyDone())
    elif entry.appointment_version < appointment.version:
        _fill(context, entry, appointment)
        context.work.save(entry, refusal=AlreadyDone())


def _fill(context: Context, entry: CalendarEntry, appointment: Appointment) -> None:
    context.concerns(appointment.patient_id)
    for name in ("status", "practitioner_id", "patient_id", "patient_name", "title"):
        setattr(entry, name, getattr(appointment, name))
    entry.starts_at, entry.ends_at = appointment.starts_at, appointment.ends_at
    entry.appointment_version = appointment.version
    entry.expires_at = int((entry.ends_at + KEPT).timestamp())
    entry.stand(appointment.location_id, context.now())
