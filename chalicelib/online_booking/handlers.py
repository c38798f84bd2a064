"""What online booking does off others' queues: messages on messaging's, visits on scheduling's."""

from ..messaging.handlers import consumers
from ..platform.context import Context
from ..platform.events import Event
from ..scheduling.handlers import consumers as visits
from . import days, telling
from .booking import BOOKED_ONLINE
from .visitors import CODE_WANTED


@consumers.on(CODE_WANTED)
def send_code(context: Context, event: Event) -> None:
    """A visitor waits for it."""
    telling.send_code(context, event)


@consumers.on(BOOKED_ONLINE)
def tell_booked(context: Context, event: Event) -> None:
    """It is booked."""
    telling.tell_booked(context, event)


@visits.on(BOOKED_ONLINE)
def review_newcomer(context: Context, event: Event) -> None:
    """Somebody may be registered twice now."""
    telling.review_newcomer(context, event)


@visits.on("appointment.rescheduled")
@visits.on("appointment.cancelled")
@visits.on("appointment.no_show")
@visits.on("appointment.reinstated")
def follow_visit(context: Context, event: Event) -> None:
    """It counts among what is booked online of another day, of none, or again."""
    days.follow_visit(context, event)
