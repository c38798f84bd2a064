"""The reminder of an appointment: one, a day before it, told to whoever sends it."""

from datetime import timedelta

from ..platform.clock import iso
from ..platform.context import Context
from ..platform.due import clear_due, set_due
from .events import tell
from .models import Appointment
from .progress import Status

REMINDER = "reminder"
REMIND_BEFORE = timedelta(hours=24)


def plan_reminder(context: Context, appointment: Appointment) -> None:
    """Set when the reminder falls due; what is booked less than 24 hours ahead gets none."""
    at = appointment.starts_at - REMIND_BEFORE
    if at > context.now():
        set_due(appointment, REMINDER, at)
    else:
        clear_due(appointment)


def remind(context: Context, appointment: Appointment) -> None:
    """Tell that the reminder is due, once, if the visit is still ahead; then wait no longer.

    A message from before a reschedule finds the appointment due later, and does nothing.
    """
    if appointment.duesk is None or appointment.duesk > f"{iso(context.now())}#":
        return
    context.concerns(appointment.patient_id)
    clear_due(appointment)
    context.work.save(appointment)
    if appointment.status == Status.BOOKED and appointment.starts_at > context.now():
        tell(context, "reminder_due", appointment, time_zone=appointment.time_zone)
