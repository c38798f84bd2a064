"""Hours by brute force: looks at the clinic's clock every 5 minutes, knows nothing of offsets."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from chalicelib.scheduling.availability import (
    AvailabilityException,
    ExceptionKind,
    WeeklyRule,
    WorkingHours,
)

FIVE = timedelta(minutes=5)
DAY = timedelta(days=1)
CHANGES = {
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Sydney": (date(2026, 10, 4), date(2026, 4, 5)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
    "America/Phoenix": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Brisbane": (date(2026, 10, 4), date(2026, 4, 5)),
}


@cache
def latest_time_shown(zone: ZoneInfo, first: date, last: date) -> dict[datetime, datetime]:
    """Every 5 minutes of UTC around the days → the latest local time shown up to then."""
    instant = datetime(first.year, first.month, first.day, tzinfo=UTC) - 3 * DAY
    stop = datetime(last.year, last.month, last.day, tzinfo=UTC) + 3 * DAY
    shown: dict[datetime, datetime] = {}
    latest = datetime.min  # noqa: DTZ901
    while instant < stop:
        latest = max(latest, instant.astimezone(zone).replace(tzinfo=None))
        shown[instant] = latest
        instant += FIVE
    return shown


Spans = list[tuple[datetime, datetime, str]]


def hours_written(hours: WorkingHours, first: date, last: date) -> Spans:
    """The local spans the rules and extra hours name."""
    extra = [
        (e.starts, e.ends, e.location_id or "")
        for e in hours.exceptions
        if e.kind is ExceptionKind.EXTRA
    ]
    return extra + stepped(hours.rules, first, last)


def stepped(rules: tuple[WeeklyRule, ...], first: date, last: date) -> Spans:
    """The local spans of rules, by stepping each from its first week."""
    spans = []
    for rule in rules:
        day = rule.effective_from
        while day.weekday() != 0:
            day -= DAY
        day += rule.weekday * DAY
        while day <= last + 2 * DAY:
            in_force = rule.effective_from <= day <= (rule.effective_until or date.max)
            if in_force and day >= first - 2 * DAY:
                starts = datetime.combine(day, rule.starts)
                ends = datetime.combine(day, rule.ends)
                spans.append((starts, ends if ends > starts else ends + DAY, rule.location_id))
            day += rule.every_weeks * 7 * DAY
    return spans


def open_at(hours: WorkingHours, local: datetime, location_id: str, spans: list) -> bool:
    """Whether the location is open when the latest local time shown is `local`."""
    closed = any(
        e.starts <= local < e.ends and e.location_id in (None, location_id)
        for e in hours.exceptions
        if e.kind is ExceptionKind.CLOSED
    )
    is_open = True
    if hours.opening is not None:
        opening = stepped(hours.opening, local.date() - DAY, local.date())
        is_open = any(a <= local < b for a, b, _ in opening)
    shown = any(a <= local < b and where == location_id for a, b, where in spans)
    return shown and is_open and not closed


_PLACES = st.sampled_from(["loc_a", "loc_b"])
_QUARTER = timedelta(minutes=15)


@st.composite
def hours_at_a_change(draw: st.DrawFn) -> tuple[WorkingHours, date, date]:
    """Rules and exceptions around a change of clocks of one of the five zones, and days there."""
    name = draw(st.sampled_from(sorted(CHANGES)))
    change = draw(st.sampled_from(CHANGES[name]))
    rules = [draw(_rules(change)) for _ in range(draw(st.integers(1, 3)))]
    exceptions = [draw(_exceptions(change)) for _ in range(draw(st.integers(0, 3)))]
    opening = draw(st.none() | st.lists(_opening(change), min_size=1, max_size=4).map(tuple))
    hours = WorkingHours(ZoneInfo(name), tuple(rules), tuple(exceptions), opening)
    return hours, change - draw(st.integers(0, 1)) * DAY, change


@st.composite
def _rules(draw: st.DrawFn, change: date) -> WeeklyRule:
    opens = draw(st.integers(0, 95))
    closes = 0 if opens == 0 else (opens + draw(st.integers(1, 95))) % 96
    return WeeklyRule(
        weekday=draw(st.sampled_from([5, 6, 4, 0])),
        starts=time(opens // 4, opens % 4 * 15),
        ends=time(closes // 4, closes % 4 * 15),
        location_id=draw(_PLACES),
        effective_from=change - draw(st.integers(-1, 30)) * DAY,
        effective_until=draw(st.sampled_from([None, change + DAY, change + 3 * DAY])),
        every_weeks=draw(st.sampled_from([1, 1, 2, 3])),
    )


@st.composite
def _opening(draw: st.DrawFn, change: date) -> WeeklyRule:
    opens, closes = draw(st.sampled_from([(0, 0), (6, 18), (8, 20), (20, 4), (2, 3), (0, 12)]))
    weekday = draw(st.sampled_from([5, 6, 6, 0]))
    return WeeklyRule(weekday, time(opens), time(closes), "", change - 7 * DAY)


@st.composite
def _exceptions(draw: st.DrawFn, change: date) -> AvailabilityException:
    starts = datetime.combine(change, time(0)) + draw(st.integers(-96, 96)) * _QUARTER
    ends = starts + draw(st.integers(1, 60)) * _QUARTER
    kind = draw(st.sampled_from(ExceptionKind))
    return AvailabilityException(kind, starts, ends, draw(_PLACES))
