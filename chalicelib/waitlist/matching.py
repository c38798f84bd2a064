"""Who is offered a freed time first. Pure: the same wishes and the same time give the same order.

The more urgent wish comes before the less urgent, of these the older before the younger, of the same
instant the one that named more of what is offered, then the lower id. A wish gets the start that is
nearest to the freed one, the earlier of two.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

URGENCIES = ("urgent", "soon", "routine")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAST_TO_ANSWER = timedelta(minutes=10)
"""Nobody is offered what has to be answered sooner than this."""


@dataclass(frozen=True, slots=True)
class DaySpan:
    """The visit starts from `starts` to before `ends`, as the clock at the location shows them."""

    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Freed:
    """A practitioner's time at a location that has become free; `given_up_by` whose visit it was."""

    practitioner_id: str
    location_id: str
    starts_at: datetime
    ends_at: datetime
    given_up_by: str | None = None

    def touches(self, starts: datetime, ends: datetime) -> bool:
        return starts < self.ends_at and self.starts_at < ends


@dataclass(frozen=True, slots=True)
class Opening:
    """A visit of one type that could be held: it touches the freed time, buffers and all are free."""

    starts_at: datetime
    ends_at: datetime
    minutes_before: int = 0
    minutes_after: int = 0
    room_id: str | None = None
    resource_ids: tuple[str, ...] = ()


class Wished(Protocol):
    """What a patient waits for; empty lists take anything. `earlier_than`: a visit is to be moved."""

    @property
    def id(self) -> str: ...
    @property
    def type_id(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def practitioner_ids(self) -> Sequence[str]: ...
    @property
    def location_ids(self) -> Sequence[str]: ...
    @property
    def weekdays(self) -> Sequence[str]: ...
    @property
    def times(self) -> Sequence[DaySpan]: ...
    @property
    def first_day(self) -> date | None: ...
    @property
    def last_day(self) -> date | None: ...
    @property
    def notice_minutes(self) -> int: ...
    @property
    def earlier_than(self) -> datetime | None: ...


W = TypeVar("W", bound=Wished)


def order_of(wish: Wished, freed: Freed) -> tuple[int, datetime, int, str]:
    """By this wishes are sorted: the first is offered the time first."""
    named = (freed.practitioner_id in wish.practitioner_ids) + (
        freed.location_id in wish.location_ids
    )
    return URGENCIES.index(wish.urgency), wish.since, -named, wish.id


def openings_for(
    wish: Wished, freed: Freed, openings: Iterable[Opening], *, zone: ZoneInfo, now: datetime
) -> list[Opening]:
    """Those of `openings`, all of the wished type, that suit the wish; the best first."""
    if not _takes(wish.practitioner_ids, freed.practitioner_id):
        return []
    if not _takes(wish.location_ids, freed.location_id):
        return []
    suiting = (each for each in openings if _suits(wish, each.starts_at, zone=zone, now=now))
    return sorted(suiting, key=lambda each: (abs(each.starts_at - freed.starts_at), each.starts_at))


def answer_until(
    starts_at: datetime, *, now: datetime, minutes: int, notice_minutes: int
) -> datetime | None:
    """Until when an offer stands: `minutes`, and no longer than leaves the patient time to come.

    None where that is too soon to answer.
    """
    until = min(now + timedelta(minutes=minutes), starts_at - timedelta(minutes=notice_minutes))
    return until if until - now >= LEAST_TO_ANSWER else None


def matches(
    wishes: Iterable[W],
    freed: Freed,
    openings: Mapping[str, Sequence[Opening]],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> Iterator[tuple[W, list[Opening]]]:
    """Each wish that something suits, in order, with what suits it; `openings` by type."""
    for wish in sorted(wishes, key=lambda each: order_of(each, freed)):
        found = openings_for(wish, freed, openings.get(wish.type_id, ()), zone=zone, now=now)
        if found:
            yield wish, found


def _takes(wanted: Sequence[str], given: str) -> bool:
    return not wanted or given in wanted


def _suits(wish: Wished, starts_at: datetime, *, zone: ZoneInfo, now: datetime) -> bool:
    at = starts_at.astimezone(zone)
    if wish.weekdays and WEEKDAYS[at.weekday()] not in wish.weekdays:
        return False
    if wish.times and not any(span.starts <= at.time() < span.ends for span in wish.times):
        return False
    if wish.first_day and at.date() < wish.first_day:
        return False
    if wish.last_day and at.date() > wish.last_day:
        return False
    if wish.earlier_than and starts_at >= wish.earlier_than:
        return False
    return starts_at - timedelta(minutes=wish.notice_minutes) - now >= LEAST_TO_ANSWER
