"""What recalls do: on scheduling's queue what follows visits, on messaging's the contacting."""

from ..messaging.handlers import consumers as messengers
from ..platform.context import Context
from ..platform.events import Event
from ..scheduling.handlers import consumers
from . import contacting, following
from .models import CONTACT, Recall


@consumers.on("appointment.booked")
@consumers.on("appointment.rescheduled")
@consumers.on("appointment.cancelled")
@consumers.on("appointment.no_show")
@consumers.on("appointment.reinstated")
@consumers.on("appointment.completed")
def follow_recalled_visit(context: Context, event: Event) -> None:
    """Who was seen is due again; who is due and booked is so no more."""
    following.follow_visit(context, event)


@consumers.on("patient.no_longer_seen")
def close_recalls(context: Context, event: Event) -> None:
    """A deceased or inactive patient is called in no more."""
    following.close_recalls(context, event.subject, event.data["why"])


@messengers.when_due(CONTACT)
def contact_recalled(context: Context, recall: Recall) -> None:
    """The next attempt to reach who is due."""
    contacting.contact(context, recall)
