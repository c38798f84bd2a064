"""What a dashboard says: counts of a day, their totals, and the figures that follow from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Self

CHARGE_WINDOW = 90
RATE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened on a day, or over several. Money is in minor units."""

    booked: int = 0
    rescheduled: int = 0
    cancelled: int = 0
    no_show: int = 0
    checked_in: int = 0
    completed: int = 0
    claims_ready: int = 0
    claims_submitted: int = 0
    claims_rejected: int = 0
    claims_accepted: int = 0
    claims_paid: int = 0
    claims_denied: int = 0
    first_submissions: int = 0
    first_rejections: int = 0
    charged: int = 0
    insurance_paid: int = 0
    adjusted: int = 0
    patient_responsibility: int = 0
    patient_paid: int = 0
    fees: int = 0

    @classmethod
    def sum(cls, parts: Iterable["Counts"]) -> Self:
        """All of them together."""
        kept = list(parts)
        return cls(**{name: sum(getattr(part, name) for part in kept) for name in COUNTERS})

    @property
    def billed(self) -> int:
        """What was asked of anybody: of payers and patients for visits, of patients for missed ones."""
        return self.charged + self.fees

    @property
    def collected(self) -> int:
        """Money received, from payers and patients."""
        return self.insurance_paid + self.patient_paid

    @property
    def receivable_change(self) -> int:
        """How much the receivables grew: what moved into A/R less what left it."""
        return self.billed - self.adjusted - self.collected


COUNTERS = tuple(each.name for each in fields(Counts))


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a range of days. A rate is None where its denominator is 0 or less."""

    no_show_rate: float | None
    cancellation_rate: float | None
    visits_per_day: float | None
    denial_rate: float | None
    first_pass_acceptance: float | None
    net_collection_rate: float | None
    days_in_receivables: float | None
    receivables: int
    collected: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The days of a range on which anything happened, in order, and what they come to."""

    first_day: date
    last_day: date
    totals: Counts
    figures: Figures
    days: Mapping[date, Counts]


def dashboard_of(
    days: Mapping[date, Counts], *, first: date, last: date, receivables: int
) -> Dashboard:
    """The dashboard from `first` to `last`, both included; `receivables` as `last` ends."""
    totals = Counts.sum(days.values())
    return Dashboard(first, last, totals, _figures(totals, days, first, last, receivables), days)


def _figures(
    totals: Counts, days: Mapping[date, Counts], first: date, last: date, receivables: int
) -> Figures:
    ended = totals.completed + totals.no_show
    decided = totals.claims_paid + totals.claims_denied
    passed = totals.first_submissions - totals.first_rejections
    window = min(CHARGE_WINDOW, (last - first).days + 1)
    start = last - timedelta(days=window - 1)
    billed = sum(counts.billed for day, counts in days.items() if day >= start)
    return Figures(
        no_show_rate=_rate(totals.no_show, ended),
        cancellation_rate=_rate(totals.cancelled, ended + totals.cancelled),
        visits_per_day=_rate(totals.completed, sum(1 for day in days.values() if day.completed)),
        denial_rate=_rate(totals.claims_denied, decided),
        first_pass_acceptance=_rate(passed, totals.first_submissions),
        net_collection_rate=_rate(totals.collected, totals.billed - totals.adjusted),
        days_in_receivables=_rate(receivables * window, billed),
        receivables=receivables,
        collected=totals.collected,
    )


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, RATE_DIGITS) if whole > 0 else None
