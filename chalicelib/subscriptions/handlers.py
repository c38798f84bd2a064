"""What subscriptions do off messaging's queue: few messages, most of which end in a mail."""

from ..messaging.handlers import consumers
from ..platform.context import Context
from ..platform.events import Event
from ..practices.usage import note_provider
from .dunning import remind_of_invoice
from .invoicing import OVERDUE, PERIOD, end_period, note_use, start_trial
from .models import Subscription, SubscriptionInvoice
from .storage import count_storage


@consumers.on("practice.founded")
@consumers.on("practice.verified")
def start_subscription(context: Context, _event: Event) -> None:
    """A trial, once."""
    start_trial(context)


@consumers.on("encounter.signed")
def note_active_provider(context: Context, event: Event) -> None:
    """Whoever signs in a month is billed for it."""
    practitioner_id = event.data.get("practitioner_id")
    if practitioner_id and note_provider(context, practitioner_id, event.occurred_at):
        note_use(context)


@consumers.on("storage.changed", while_paused=True)
def count_what_is_stored(context: Context, event: Event) -> None:
    """What the practice stores has grown or shrunk."""
    count_storage(context, event)


@consumers.when_due(PERIOD)
def end_subscription_period(context: Context, subscription: Subscription) -> None:
    """The trial's end, or a month's invoice."""
    end_period(context, subscription)


@consumers.when_due(OVERDUE)
def remind_of_subscription_invoice(context: Context, invoice: SubscriptionInvoice) -> None:
    """The next step of an invoice that is not paid."""
    remind_of_invoice(context, invoice)
