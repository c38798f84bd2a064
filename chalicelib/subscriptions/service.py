"""A practice's own view of its subscription: plan, usage, invoices; choosing another plan."""

from datetime import UTC
from typing import NamedTuple

from ..identity.members.seats import fit_seats, seats_taken
from ..platform.context import Context
from ..platform.http import PageQuery, open_cursor, seal_cursor
from ..platform.overlap import beside
from ..platform.store import get, query, query_all
from ..practices.limits import demand_at_most
from ..practices.models import Practice
from ..practices.plans import PLANS, TRIAL, Limit
from ..practices.usage import month_of, read_usage, storage_used
from .dunning import is_overdue
from .invoicing import bill_from, keep_subscription, subscription_of
from .models import BILLED, IN_TRIAL, Subscription, SubscriptionInvoice
from .periods import with_plan
from .schemas import PlanChange


class Overview(NamedTuple):
    """The subscription, what is used of its plan, and whether something is overdue."""

    subscription: Subscription
    plan: str
    used: dict[Limit, int]
    providers: int
    overdue: bool


def read_subscription(context: Context) -> Overview:
    """Four parallel reads."""
    seats = beside(seats_taken, context)
    usage = beside(read_usage, context, month_of(context.now()))
    stored = beside(storage_used, context)
    subscription = subscription_of(context)
    used = usage.result()
    return Overview(
        subscription,
        context.tenant.plan,
        {
            Limit.SEATS: seats.result(),
            Limit.MESSAGES: used.messages,
            Limit.STORAGE_BYTES: stored.result(),
        },
        used.providers,
        context.tenant.overdue,
    )


def list_invoices(
    context: Context, asked: PageQuery
) -> tuple[list[SubscriptionInvoice], str | None]:
    """Newest first."""
    page = query(
        Subscription.key(context.practice_id).pk,
        begins="invoice#",
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
        newest_first=True,
    )
    return page.records, seal_cursor(context, page.next_key)


def change_plan(context: Context, body: PlanChange) -> Overview:
    """The plan from this UTC day on; while the trial lasts it costs nothing.

    PlanLimitReached (409) for a plan with fewer seats than are taken, or less storage than is used.
    """
    shown = read_subscription(context)
    subscription = context.matching(shown.subscription)
    fit_seats(context, PLANS[body.plan])
    used = shown.used[Limit.STORAGE_BYTES]
    demand_at_most(PLANS[body.plan], Limit.STORAGE_BYTES, used)
    today = context.now().astimezone(UTC).date()
    subscription.segments = with_plan(subscription.segments, body.plan, today)
    practice = get(Practice, Practice.key(context.practice_id))
    practice.plan = body.plan
    if subscription.status != BILLED and subscription.trial_ends_at <= context.now():
        bill_from(subscription, today)
        invoices = list(query_all(subscription.pk, begins="invoice#", consistent=True))
        practice.overdue = is_overdue(subscription, invoices)
    keep_subscription(context, subscription)
    context.work.save(practice)
    return shown._replace(plan=body.plan, overdue=practice.overdue)


def price_of(overview: Overview) -> int:
    """What a provider costs a month, now."""
    in_trial = overview.subscription.status == IN_TRIAL
    return PLANS[TRIAL if in_trial else overview.plan].per_provider
