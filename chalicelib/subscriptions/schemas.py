"""What clients send and get: the subscription, its invoices, a choice of plan."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from ..platform.http import Answer, Body, Instant, MoneyValue
from ..practices.plans import Limit


class PlanCode(StrEnum):
    """What is for sale."""

    SOLO = "solo"
    CLINIC = "clinic"
    GROUP = "group"


class PlanChange(Body):
    plan: PlanCode


class LimitView(Answer):
    limit: Limit
    used: int
    allowed: int


class SubscriptionView(Answer):
    version: int
    status: str = Field(description="trial, trial_over or billed")
    plan: str
    per_provider: MoneyValue = Field(description="A month, of each who signs an encounter in it")
    providers: int = Field(description="Who have signed an encounter in this UTC month")
    limits: list[LimitView]
    trial_ends_at: Instant
    billed_from: date | None = Field(description="The first UTC day that no invoice holds yet")
    overdue: bool = Field(description="No seat is added; everything else goes on")


class InvoiceLineView(Answer):
    plan: str
    since: date
    until: date = Field(description="Excluded")
    providers: int
    unit_price: MoneyValue
    amount: MoneyValue


class SubscriptionInvoiceView(Answer):
    month: str
    status: str = Field(description="open, paid, past_due or void")
    issued_at: Instant
    settled_at: Instant | None
    lines: list[InvoiceLineView]
    total: MoneyValue
