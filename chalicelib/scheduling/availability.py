"""Weekly hours and exceptions in the clinic's zone → windows in UTC. Pure: no clock, no store.

A window is open from the first instant at which the clinic's clock shows its start or later to
the first at which it shows its end or later; so a window over a change of clocks is an hour (Lord
Howe: half an hour) longer or shorter, and one that lies inside a gap vanishes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chalicelib.scheduling.local_time import day_bounds, first_instant

_ONE_DAY = timedelta(days=1)
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """Hours on one weekday (0 Monday … 6 Sunday), naive local times, over inclusive dates.

    `ends` at or before `starts` lies on the next day; equal only as 00:00–00:00, the whole day.
    Every `every_weeks` weeks, counted in weeks from Monday, from the week of `effective_from`.
    `type_ids` are the types of appointment that they are for: all without any.
    """

    weekday: int
    starts: time
    ends: time
    location_id: str
    effective_from: date
    effective_until: date | None = None
    every_weeks: int = 1
    type_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ValueError("a weekday is a number from 0, Monday, to 6, Sunday")
        if self.every_weeks < 1:
            raise ValueError("a rule repeats every week, or every two or more")
        if self.starts.tzinfo is not None or self.ends.tzinfo is not None:
            raise ValueError("opening hours are naive times of the clinic's zone")
        if self.starts == self.ends and self.starts != _MIDNIGHT:
            raise ValueError("opening hours end after they start")
        if self.effective_until is not None and self.effective_until < self.effective_from:
            raise ValueError("a rule ends on or after the day it takes effect")

    def opens_on(self, day: date) -> bool:
        """Whether an occurrence begins on the local `day`."""
        weeks = (_monday(day) - _monday(self.effective_from)).days // 7
        return (
            day.weekday() == self.weekday
            and self.effective_from <= day
            and (self.effective_until is None or day <= self.effective_until)
            and weeks % self.every_weeks == 0
        )


class ExceptionKind(StrEnum):
    CLOSED = "closed"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class AvailabilityException:
    """A departure from the weekly rules over `[starts, ends)`, naive times of the clinic's zone.

    CLOSED without a location closes all of them; where CLOSED meets EXTRA, CLOSED holds.
    """

    kind: ExceptionKind
    starts: datetime
    ends: datetime
    location_id: str | None = None

    def __post_init__(self) -> None:
        if self.starts.tzinfo is not None or self.ends.tzinfo is not None:
            raise ValueError("exceptions are naive times of the clinic's zone")
        if self.ends <= self.starts:
            raise ValueError("an exception ends after it starts")
        if self.kind is ExceptionKind.EXTRA and self.location_id is None:
            raise ValueError("extra hours name their location")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """All that says when one provider works; never while the location is not open.

    Without `opening` it is open at all times.
    """

    zone: ZoneInfo
    rules: tuple[WeeklyRule, ...]
    exceptions: tuple[AvailabilityException, ...] = ()
    opening: tuple[WeeklyRule, ...] | None = None


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open over `[starts, ends)`, instants in UTC.

    `grid_from`, from which start times step, is when the hours opened before closures cut them:
    so a closure or another range of days moves no start time.
    """

    starts: datetime
    ends: datetime
    location_id: str
    grid_from: datetime


def windows_of(hours: WorkingHours, first: date, last: date) -> tuple[Window, ...]:
    """The windows with time on the local days `first` to `last`, sorted, not cut to those days.

    A night's window shows with both its days. Windows of two rules may touch or overlap.
    """
    opens, closes = day_bounds(first, hours.zone)[0], day_bounds(last, hours.zone)[1]
    windows: Iterable[Window] = _occurrences(hours, first - _ONE_DAY, last)
    if hours.opening is not None:
        windows = _while_open(windows, hours.opening, hours.zone, first, last)
    for exception in hours.exceptions:
        if exception.kind is ExceptionKind.CLOSED:
            windows = _without(windows, exception, hours.zone)
    return tuple(sorted(w for w in windows if w.starts < closes and w.ends > opens))


def _occurrences(hours: WorkingHours, first: date, last: date) -> Iterator[Window]:
    yield from _weekly(hours.rules, hours.zone, first, last)
    for extra in hours.exceptions:
        if extra.kind is ExceptionKind.EXTRA and extra.location_id is not None:
            location_id = extra.location_id
            yield from _window(extra.starts, extra.ends, zone=hours.zone, location_id=location_id)


def _weekly(
    rules: Iterable[WeeklyRule], zone: ZoneInfo, first: date, last: date
) -> Iterator[Window]:
    for day in (first + n * _ONE_DAY for n in range((last - first).days + 1)):
        for rule in rules:
            if rule.opens_on(day):
                ends_on = day if rule.ends > rule.starts else day + _ONE_DAY
                starts = datetime.combine(day, rule.starts)
                ends = datetime.combine(ends_on, rule.ends)
                yield from _window(starts, ends, zone=zone, location_id=rule.location_id)


def _while_open(
    windows: Iterable[Window],
    opening: tuple[WeeklyRule, ...],
    zone: ZoneInfo,
    first: date,
    last: date,
) -> list[Window]:
    """Of nights at either end all: who works a night may find the place open on both its days."""
    spans = list(_weekly(opening, zone, first - 2 * _ONE_DAY, last + _ONE_DAY))
    return [
        replace(window, starts=max(window.starts, span.starts), ends=min(window.ends, span.ends))
        for window in windows
        for span in spans
        if window.starts < span.ends and span.starts < window.ends
    ]


def _window(
    starts: datetime, ends: datetime, *, zone: ZoneInfo, location_id: str
) -> Iterator[Window]:
    opens, closes = first_instant(starts, zone), first_instant(ends, zone)
    if opens < closes:
        yield Window(opens, closes, location_id, opens)


def _without(
    windows: Iterable[Window], closure: AvailabilityException, zone: ZoneInfo
) -> list[Window]:
    starts, ends = first_instant(closure.starts, zone), first_instant(closure.ends, zone)
    left: list[Window] = []
    for window in windows:
        elsewhere = closure.location_id not in (None, window.location_id)
        if elsewhere or ends <= window.starts or window.ends <= starts:
            left.append(window)
            continue
        if window.starts < starts:
            left.append(replace(window, ends=starts))
        if ends < window.ends:
            left.append(replace(window, starts=ends))
    return left


def _monday(day: date) -> date:
    return day - day.weekday() * _ONE_DAY
