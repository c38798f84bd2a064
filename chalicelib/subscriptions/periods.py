"""Billing periods and shares of a price. Pure: dates and integer minor units in and out.

A period lies in one calendar month in UTC: it begins on the day that billing begins, or on the
first, and ends with the month. A plan holds from the day it was chosen on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..practices.plans import PLANS


@dataclass(frozen=True, slots=True)
class Segment:
    """From this day on the practice has this plan."""

    plan: str
    since: date


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A plan for some days of a month, `until` excluded; `unit_price` is for a whole month."""

    plan: str
    since: date
    until: date
    providers: int
    unit_price: int
    amount: int


def end_of_month(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def with_plan(segments: Sequence[Segment], plan: str, since: date) -> tuple[Segment, ...]:
    """The plans once `plan` is chosen: of two on one day the later counts."""
    return (*(each for each in segments if each.since < since), Segment(plan, since))


def lines_of(segments: Sequence[Segment], first: date, providers: int) -> tuple[InvoiceLine, ...]:
    """What the days from `first` to the end of its month cost, plan by plan.

    Each line is the difference of two rounded sums from the month's beginning: however often the
    plan changes, lines of one price add up to that price's share of all their days.
    """
    until = end_of_month(first)
    ends = [*(each.since for each in segments[1:]), until]
    return tuple(
        _line(segment.plan, max(segment.since, first), end, providers)
        for segment, end in zip(segments, ends, strict=True)
        if max(segment.since, first) < end
    )


def _line(plan: str, since: date, until: date, providers: int) -> InvoiceLine:
    price = PLANS[plan].per_provider
    month = since.replace(day=1)
    days = (end_of_month(since) - month).days
    whole = price * providers
    amount = _share(whole, (until - month).days, days) - _share(whole, (since - month).days, days)
    return InvoiceLine(plan, since, until, providers, price, amount)


def _share(whole: int, part: int, days: int) -> int:
    """`whole` × `part` / `days`, half a unit rounded up."""
    return (2 * whole * part + days) // (2 * days)
