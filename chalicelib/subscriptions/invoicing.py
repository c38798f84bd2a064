"""The subscription's own clock: a trial ends, a month is invoiced. One due record a practice."""

from datetime import UTC, date, datetime, timedelta

from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.due import clear_due, set_due
from ..platform.errors import AlreadyDone, Stale
from ..platform.ids import instant_of
from ..platform.store import Record, find, get
from ..practices.models import Practice
from ..practices.plans import CURRENCY
from ..practices.usage import read_usage
from .models import BILLED, IN_TRIAL, OPEN, PAID, TRIAL_OVER, Subscription, SubscriptionInvoice
from .periods import end_of_month, lines_of

PERIOD, OVERDUE = "subscription_period", "subscription_overdue"
TRIAL_LASTS = timedelta(days=30)
FIRST_REMINDER = timedelta(days=3)


def start_trial(context: Context) -> Subscription:
    """A verified practice has a month to choose a plan."""
    subscription = _on_trial(context, since=context.now())
    context.work.create(subscription, refusal=AlreadyDone())
    return subscription


def subscription_of(context: Context) -> Subscription:
    """The practice's own. One from before there were subscriptions is on trial from its sign-up on.

    That one is stored at the first write (`keep_subscription`); until then its version is 0.
    """
    found = find(Subscription, Subscription.key(context.practice_id))
    return found or _on_trial(context, since=instant_of(context.practice_id))


def keep_subscription(context: Context, subscription: Subscription) -> None:
    """Stage it as it is now; of two who store the first one at once, one is Stale (412)."""
    if subscription.version:
        context.work.save(subscription)
    else:
        context.work.create(subscription, refusal=Stale())


def note_use(context: Context) -> None:
    """Something is used that is billed for: the subscription's clock runs from now on at the latest."""
    subscription = subscription_of(context)
    if not subscription.version:
        keep_subscription(context, subscription)


def end_period(context: Context, subscription: Subscription) -> None:
    """What falls due now: the end of the trial, or of a month. Nothing for what is not due yet."""
    if not is_due(context, subscription):
        return
    if subscription.status == IN_TRIAL:
        _end_trial(context, subscription)
    else:
        _invoice(context, subscription)
    context.work.save(subscription)


def is_due(context: Context, record: Record) -> bool:
    """A message that comes again finds the record due later, or not at all."""
    return record.duesk is not None and record.duesk <= f"{iso(context.now())}#"


def bill_from(subscription: Subscription, day: date) -> None:
    """Billing begins on this UTC day; the month's end is when it is invoiced."""
    subscription.status = BILLED
    subscription.billed_from = day
    set_due(subscription, PERIOD, _start_of(end_of_month(day)))


def _on_trial(context: Context, since: datetime) -> Subscription:
    ends = since + TRIAL_LASTS
    key = Subscription.key(context.practice_id)
    subscription = Subscription(*key, status=IN_TRIAL, trial_ends_at=ends)
    set_due(subscription, PERIOD, ends)
    return subscription


def _end_trial(context: Context, subscription: Subscription) -> None:
    if subscription.plan is not None:
        bill_from(subscription, subscription.trial_ends_at.date())
        return
    subscription.status = TRIAL_OVER
    clear_due(subscription)
    practice = get(Practice, Practice.key(context.practice_id))
    practice.overdue = True
    context.work.save(practice)
    tell_owners(context, "trial_over")


def _invoice(context: Context, subscription: Subscription) -> None:
    """The month's invoice, once; the next month begins where it ends."""
    first = subscription.billed_from or subscription.trial_ends_at.date()
    month = f"{first:%Y-%m}"
    providers = read_usage(context, month).providers
    lines = lines_of(subscription.segments, first, providers)
    total = sum(line.amount for line in lines)
    invoice = SubscriptionInvoice(
        *SubscriptionInvoice.key(context.practice_id, month),
        status=OPEN if total else PAID,
        lines=lines,
        total=total,
        currency=CURRENCY,
        issued_at=context.now(),
    )
    if total:
        set_due(invoice, OVERDUE, context.now() + FIRST_REMINDER)
        tell_owners(context, "invoice_issued")
    context.work.create(invoice, refusal=AlreadyDone())
    subscription.segments = subscription.segments[-1:]
    bill_from(subscription, end_of_month(first))


def tell_owners(context: Context, notice: str) -> None:
    """Stage the event by which messaging mails the owners."""
    outbox.publish(context, "practice.notice", context.practice_id, 1, notice=notice)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)
