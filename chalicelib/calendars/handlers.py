"""What calendars do off scheduling's queue: few words, right after it."""

from ..platform.context import Context
from ..platform.events import Event
from ..scheduling.handlers import consumers
from . import entries


@consumers.on("appointment.booked")
@consumers.on("appointment.rescheduled")
@consumers.on("appointment.cancelled")
@consumers.on("appointment.no_show")
@consumers.on("appointment.reinstated")
@consumers.on("appointment.completed")
def show_appointment(context: Context, event: Event) -> None:
    """As it is now, whatever the event says."""
    entries.show(context, event.subject)
