"""What billing does when something happened."""

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from .charging import make_charges
from .missed_visits.charging import charge_missed_visit
from .missed_visits.waiving import take_back_fees

consumers = Consumers("billing")


@consumers.on("encounter.signed")
def charge_encounter(context: Context, event: Event) -> None:
    """Signing makes charges, once."""
    make_charges(context, event)


@consumers.on("appointment.cancelled")
@consumers.on("appointment.no_show")
def charge_fee(context: Context, event: Event) -> None:
    """A visit that the patient missed or cancelled late may cost a fee, once."""
    if event.type == "appointment.no_show" or "late" in event.data:
        charge_missed_visit(context, event.subject)


@consumers.on("appointment.reinstated")
def take_back_fee(context: Context, event: Event) -> None:
    """That it was missed was entered in error."""
    take_back_fees(context, event.subject)
