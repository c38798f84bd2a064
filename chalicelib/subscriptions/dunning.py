"""An invoice that is not paid: reminders after 3, 7 and 14 days; then nothing is added.

What is refused from then on is a new seat (`demand_good_standing`). Signing in, reading, charting,
billing patients and exporting go on: a chart is never locked for money.
"""

from datetime import timedelta

from ..platform.context import Context
from ..platform.due import clear_due, set_due
from ..platform.store import get, query_all
from ..practices.models import Practice
from .errors import AlreadySettled
from .invoicing import OVERDUE, is_due, tell_owners
from .models import OPEN, PAID, PAST_DUE, TRIAL_OVER, VOID, Subscription, SubscriptionInvoice

REMINDED_AFTER = (timedelta(days=3), timedelta(days=7), timedelta(days=14))


def remind_of_invoice(context: Context, invoice: SubscriptionInvoice) -> None:
    """The next reminder; after the last one the practice is overdue. Once for each step."""
    if not is_due(context, invoice) or invoice.status not in (OPEN, PAST_DUE):
        return
    invoice.status = PAST_DUE
    invoice.reminders += 1
    if invoice.reminders < len(REMINDED_AFTER):
        set_due(invoice, OVERDUE, invoice.issued_at + REMINDED_AFTER[invoice.reminders])
        tell_owners(context, "invoice_overdue")
    else:
        clear_due(invoice)
        _set_overdue(context, overdue=True)
        tell_owners(context, "practice_overdue")
    context.work.save(invoice)


def record_payment(context: Context, month: str, *, by: str, reference: str) -> SubscriptionInvoice:
    """Operations have the money. AlreadySettled (409) for a paid or void invoice."""
    return _settle(context, month, PAID, by=by, reference=reference)


def void_invoice(context: Context, month: str, *, by: str, reference: str) -> SubscriptionInvoice:
    """It was wrong, or is waived: nothing is owed on it. AlreadySettled (409)."""
    return _settle(context, month, VOID, by=by, reference=reference)


def is_overdue(subscription: Subscription, invoices: list[SubscriptionInvoice]) -> bool:
    """Whether anything keeps the practice from adding: an invoice past all reminders, no plan."""
    late = [each for each in invoices if each.status == PAST_DUE]
    past_all = any(each.reminders >= len(REMINDED_AFTER) for each in late)
    return past_all or subscription.status == TRIAL_OVER


def _settle(
    context: Context, month: str, status: str, *, by: str, reference: str
) -> SubscriptionInvoice:
    invoice = get(SubscriptionInvoice, SubscriptionInvoice.key(context.practice_id, month))
    if invoice.status not in (OPEN, PAST_DUE):
        raise AlreadySettled
    invoice.status = status
    invoice.settled_at, invoice.settled_by, invoice.reference = context.now(), by, reference
    clear_due(invoice)
    context.work.save(invoice)
    subscription = get(Subscription, Subscription.key(context.practice_id))
    found = query_all(subscription.pk, begins="invoice#", consistent=True)
    others = [each for each in found if each.sk != invoice.sk]
    _set_overdue(context, overdue=is_overdue(subscription, others))
    return invoice


def _set_overdue(context: Context, *, overdue: bool) -> None:
    practice = get(Practice, Practice.key(context.practice_id))
    if practice.overdue != overdue:
        practice.overdue = overdue
        context.work.save(practice)
