"""A practice's subscription and its invoices: all in one partition of the practice."""

from pynamodb.attributes import UnicodeAttribute

from ..platform.store import (
    DateAttribute,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)
from .periods import InvoiceLine, Segment

IN_TRIAL, TRIAL_OVER, BILLED = "trial", "trial_over", "billed"
"""A subscription's `status`."""
OPEN, PAID, PAST_DUE, VOID = "open", "paid", "past_due", "void"
"""An invoice's `status`."""


class Subscription(Record):
    """Which plans since when; `billed_from` is the first day that no invoice holds yet."""

    KIND = "subscription"

    status = UnicodeAttribute()
    trial_ends_at = InstantAttribute()
    segments = ValueAttribute(tuple[Segment, ...], default=())
    billed_from = DateAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#subscription#` / `subscription#`."""
        return Key(join(practice_id, "subscription"), "subscription#")

    @property
    def plan(self) -> str | None:
        """The plan that was chosen last."""
        return self.segments[-1].plan if self.segments else None


class SubscriptionInvoice(Record):
    """What a month cost. Lines and total never change; `reminders` were mailed while it was open."""

    KIND = "subscription_invoice"

    status = UnicodeAttribute()
    lines = ValueAttribute(tuple[InvoiceLine, ...])
    total = IntegerAttribute()
    currency = UnicodeAttribute()
    issued_at = InstantAttribute()
    reminders = IntegerAttribute(default=0)
    settled_at = InstantAttribute(null=True)
    settled_by = UnicodeAttribute(null=True)
    reference = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, month: str) -> Key:
        """`prc_1#subscription#` / `invoice#2026-11#`: a month is invoiced once."""
        return Key(join(practice_id, "subscription"), join("invoice", month))

    @property
    def month(self) -> str:
        return self.sk.split("#")[1]
