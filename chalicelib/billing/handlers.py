"""What billing does when something happened."""

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from .charging import make_charges

consumers = Consumers("billing")


@consumers.on("encounter.signed")
def charge_encounter(context: Context, event: Event) -> None:
    """Signing makes charges, once."""
    make_charges(context, event)
