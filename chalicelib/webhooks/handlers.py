"""What webhooks do off their queue."""

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from . import delivering
from .event_types import EventType
from .models import Delivery

consumers = Consumers("webhooks")


def _tell(context: Context, event: Event) -> None:
    """Stage a delivery for each webhook that wants it."""
    delivering.stage_deliveries(context, event)


for event_type in EventType:
    consumers.on(event_type)(_tell)


@consumers.on(delivering.READY)
def deliver_now(context: Context, event: Event) -> None:
    """Send what waits. A message that comes twice finds it sent."""
    delivering.deliver(context, event.subject, event.data["about"])


@consumers.when_due(delivering.DUE)
def deliver_again(context: Context, delivery: Delivery) -> None:
    """Its next attempt."""
    delivering.deliver(context, delivery.webhook_id, delivery.subject)
