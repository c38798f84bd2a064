"""The patient's way through the clinic: check-in, progress, and the visit's end."""

from datetime import datetime, timedelta

from ..platform.context import Context
from ..platform.store import Record, find
from .appointments import booked_appointment
from .errors import NotYetToday, ProgressNotPossible
from .events import tell
from .models import Appointment
from .progress import Progress, Status, may_follow
from .rooming import follow, leave

EARLY = timedelta(hours=12)
"""Before midnight for a visit after it."""


def check_in(context: Context, appointment_id: str) -> Appointment:
    """The patient is at the desk. NotBooked, ProgressNotPossible (409) if checked in already.

    NotYetToday (409): the visit is another day's.
    """
    appointment = booked_appointment(context, appointment_id)
    _advance(context, appointment, Progress.CHECKED_IN)
    tell(context, "checked_in", appointment)
    return appointment


def record_progress(
    context: Context, appointment_id: str, progress: Progress, *, room_id: str | None = None
) -> Appointment:
    """The patient has come further, or is taken to another room.

    Past the desk only who is checked in (409). RoomOccupied (409), Invalid (422): see `follow`.
    """
    appointment = booked_appointment(context, appointment_id)
    _advance(context, appointment, progress)
    follow(context, appointment, progress, room_id)
    return appointment


def complete_visit(context: Context, appointment_id: str) -> None:
    """The encounter is signed: the appointment is fulfilled, once. Others than booked ones stay."""
    key = Appointment.key(context.practice_id, appointment_id)
    appointment: Record | None = find(Appointment, key, consistent=True)
    if not isinstance(appointment, Appointment) or appointment.status != Status.BOOKED:
        return
    context.concerns(appointment.patient_id)
    appointment.status = Status.FULFILLED
    if appointment.progress != Progress.CHECKED_OUT:
        appointment.advance(Progress.CHECKED_OUT, context.now(), context.actor.id)
        leave(context, appointment)
    appointment.step(Status.FULFILLED, context.now(), context.actor.id)
    context.work.save(appointment)
    tell(context, "completed", appointment)


def _advance(context: Context, appointment: Appointment, progress: Progress) -> None:
    if not may_follow(Progress(appointment.progress), progress):
        raise ProgressNotPossible
    if _is_another_day(appointment, context.now()):
        raise NotYetToday
    appointment.advance(progress, context.now(), context.actor.id)
    context.work.save(appointment)


def _is_another_day(appointment: Appointment, now: datetime) -> bool:
    later = appointment.day > now.astimezone(appointment.zone).date()
    return later and appointment.starts_at - now > EARLY
