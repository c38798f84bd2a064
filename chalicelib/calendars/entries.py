"""What practitioners' calendars show, kept by events."""

from datetime import timedelta

from ..platform.context import Context
from ..platform.store import query_all
from ..scheduling.models import Appointment
from .models import CalendarEntry

KEPT = timedelta(days=60)
"""After its end an entry is forgotten."""


def show(context: Context, appointment_id: str) -> None:
    """The entries of an appointment as it is now, one for each practitioner who takes part.

    An event that comes late or twice changes nothing; where an older one is worked off at the same
    moment, this one is refused (Stale, AlreadyExists) and comes again. One Query.
    """
    key = Appointment.key(context.practice_id, appointment_id)
    found = list(query_all(key.pk, consistent=True))
    appointment = next((each for each in found if isinstance(each, Appointment)), None)
    if appointment is None:
        return
    entries = {each.item_key: each for each in found if isinstance(each, CalendarEntry)}
    own = CalendarEntry.key(context.practice_id, appointment_id)
    _show_to(context, appointment, appointment.practitioner_id, entries.pop(own, None))
    for other in appointment.other_practitioner_ids:
        theirs = CalendarEntry.key(context.practice_id, appointment_id, beside=other)
        _show_to(context, appointment, other, entries.pop(theirs, None))
    for left in entries.values():
        context.work.remove(left)


def _show_to(
    context: Context,
    appointment: Appointment,
    practitioner_id: str,
    entry: CalendarEntry | None,
) -> None:
    if entry is None:
        beside = "" if practitioner_id == appointment.practitioner_id else practitioner_id
        key = CalendarEntry.key(context.practice_id, appointment.id, beside=beside)
        entry = CalendarEntry(*key, practitioner_id=practitioner_id)
        _fill(context, entry, appointment)
        context.work.create(entry)
    elif entry.appointment_version < appointment.version:
        entry.practitioner_id = practitioner_id
        _fill(context, entry, appointment)
        context.work.save(entry)


def _fill(context: Context, entry: CalendarEntry, appointment: Appointment) -> None:
    context.concerns(appointment.patient_id)
    for name in ("status", "patient_id", "patient_name", "title"):
        setattr(entry, name, getattr(appointment, name))
    entry.starts_at, entry.ends_at = appointment.starts_at, appointment.ends_at
    entry.appointment_version = appointment.version
    entry.expires_at = int((entry.ends_at + KEPT).timestamp())
    entry.stand(appointment.location_id, context.now())
