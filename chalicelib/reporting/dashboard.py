"""The dashboard of a range of days: read off the rollups, whatever the volume."""

from datetime import date

from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.overlap import beside
from ..platform.store import query
from .figures import Counts, Dashboard, dashboard_of
from .models import DayRollup, ReceivablesMonth
from .schemas import DashboardQuery

MOST_DAYS = 366


def read_dashboard(context: Context, asked: DashboardQuery) -> Dashboard:
    """What happened from the first day to the last. Invalid (422) for more than 366 days.

    One Query of the days (those of the last month, if it began before the range, for the
    receivables) and meanwhile one of the months before: one round trip.
    """
    first, last = asked.from_day, asked.until
    if last < first:
        raise invalid_field("until", "before_from", "The range ends before it begins")
    if (last - first).days >= MOST_DAYS:
        raise invalid_field("until", "too_long", f"At most {MOST_DAYS} days at once")
    month = last.replace(day=1)
    opening = beside(_receivables_before, context.practice_id, last)
    read = _read_days(context.practice_id, min(first, month), last)
    since = Counts.sum(counts for day, counts in read.items() if day >= month)
    return dashboard_of(
        {day: counts for day, counts in read.items() if day >= first},
        first=first,
        last=last,
        receivables=opening.result() + since.receivable_change,
    )


def _read_days(practice_id: str, first: date, last: date) -> dict[date, Counts]:
    partition = DayRollup.key(practice_id, first).pk
    found = query(partition, between=DayRollup.between(first, last))
    return {each.day: each.counts for each in found.records}


def _receivables_before(practice_id: str, day: date) -> int:
    partition = ReceivablesMonth.key(practice_id, day).pk
    found = query(partition, between=ReceivablesMonth.before(day))
    return sum(month.change for month in found.records)
