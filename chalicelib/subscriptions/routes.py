"""Routes of the subscription."""

from typing import Any

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import MoneyValue, Page, PageQuery, Routes
from ..practices.plans import CURRENCY, PLANS
from . import service
from .periods import InvoiceLine
from .schemas import InvoiceLineView, PlanChange, SubscriptionInvoiceView, SubscriptionView

routes = Routes("subscriptions")


@routes.get("/v1/subscription", permission=Permission.MANAGE_PRACTICE)
def read_subscription(context: Context) -> SubscriptionView:
    """Plan, price, what is used of its limits, and whether an invoice is overdue."""
    return _view(service.read_subscription(context))


@routes.put("/v1/subscription/plan", permission=Permission.OWN_PRACTICE, step_up=True)
def change_plan(context: Context, body: PlanChange) -> SubscriptionView:
    """Choose a plan, from today (UTC) on; the month's invoice charges each plan's days.

    409 `plan_limit_reached` for a plan with fewer seats than are taken or less storage than is used.
    """
    return _view(service.change_plan(context, body))


@routes.get("/v1/subscription/invoices", permission=Permission.MANAGE_PRACTICE)
def list_subscription_invoices(context: Context, query: PageQuery) -> Page[SubscriptionInvoiceView]:
    """Monthly invoices, newest first."""
    found, cursor = service.list_invoices(context, query)
    items = [
        {
            **{
                name: getattr(each, name) for name in ("month", "status", "issued_at", "settled_at")
            },
            "lines": [_line(line, each.currency) for line in each.lines],
            "total": MoneyValue.of(each.total, each.currency),
        }
        for each in found
    ]
    return Page[SubscriptionInvoiceView].model_validate({"items": items, "next_cursor": cursor})


def _view(shown: service.Overview) -> SubscriptionView:
    plan = PLANS[shown.plan]
    values: dict[str, Any] = {
        name: getattr(shown.subscription, name)
        for name in ("version", "status", "trial_ends_at", "billed_from")
    }
    return SubscriptionView.model_validate(
        {
            **values,
            "plan": shown.plan,
            "per_provider": MoneyValue.of(service.price_of(shown), CURRENCY),
            "providers": shown.providers,
            "limits": [
                {"limit": limit, "used": used, "allowed": plan.allowed(limit)}
                for limit, used in shown.used.items()
            ],
            "overdue": shown.overdue,
        }
    )


def _line(line: InvoiceLine, currency: str) -> InvoiceLineView:
    return InvoiceLineView(
        plan=line.plan,
        since=line.since,
        until=line.until,
        providers=line.providers,
        unit_price=MoneyValue.of(line.unit_price, currency),
        amount=MoneyValue.of(line.amount, currency),
    )
