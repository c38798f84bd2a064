"""Who is offered a freed time: told in a table, and held against a plain reading of the rule."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from chalicelib.waitlist.matching import (
    URGENCIES,
    WEEKDAYS,
    DaySpan,
    Freed,
    Opening,
    answer_until,
    matches,
    openings_for,
)

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
STARTS = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)  # a Wednesday, 10:00 in New York
HALF = timedelta(minutes=30)
FREED = Freed("pra_a", "loc_a", STARTS, STARTS + HALF)
OPENING = Opening(STARTS, STARTS + HALF)


@dataclass(frozen=True)
class Wished:
    """A wish that takes anything, unless it says otherwise."""

    id: str = "wsh_1"
    type_id: str = "typ_1"
    urgency: str = "routine"
    since: datetime = NOW
    practitioner_ids: tuple[str, ...] = ()
    location_ids: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    times: tuple[DaySpan, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    notice_minutes: int = 60
    earlier_than: datetime | None = None


@pytest.mark.parametrize(
    ("wish", "suits"),
    [
        (Wished(), True),
        (Wished(practitioner_ids=("pra_b", "pra_a")), True),
        (Wished(practitioner_ids=("pra_b",)), False),
        (Wished(location_ids=("loc_b",)), False),
        (Wished(weekdays=("wed",)), True),
        (Wished(weekdays=("tue", "thu")), False),
        (Wished(times=(DaySpan(time(10), time(10, 1)),)), True),
        (Wished(times=(DaySpan(time(9), time(10)),)), False),
        (Wished(times=(DaySpan(time(8), time(9)), DaySpan(time(9, 30), time(11)))), True),
        (Wished(first_day=date(2026, 3, 4), last_day=date(2026, 3, 4)), True),
        (Wished(first_day=date(2026, 3, 5)), False),
        (Wished(last_day=date(2026, 3, 3)), False),
        (Wished(earlier_than=STARTS), False),
        (Wished(earlier_than=STARTS + timedelta(minutes=5)), True),
        (Wished(notice_minutes=49 * 60 - 10), True),
        (Wished(notice_minutes=49 * 60 - 9), False),
    ],
)
def test_what_suits_a_wish(wish: Wished, suits: bool) -> None:
    assert bool(openings_for(wish, FREED, [OPENING], zone=ZONE, now=NOW)) == suits


def test_urgency_comes_before_age_and_age_before_what_was_named() -> None:
    older = NOW - timedelta(days=1)
    wishes = [
        Wished("wsh_5"),
        Wished("wsh_4", practitioner_ids=("pra_a",)),
        Wished("wsh_6"),
        Wished("wsh_3", since=older),
        Wished("wsh_2", urgency="soon"),
        Wished("wsh_1", urgency="urgent", since=NOW + timedelta(days=1)),
    ]
    found = matches(wishes, FREED, {"typ_1": [OPENING]}, zone=ZONE, now=NOW)
    assert [wish.id for wish, _ in found] == [f"wsh_{n}" for n in (1, 2, 3, 4, 5, 6)]


def test_the_start_nearest_to_the_freed_one_is_the_best() -> None:
    starts = [STARTS + timedelta(minutes=n) for n in (-10, 15, 10, 0, -5)]
    openings = [Opening(each, each + HALF) for each in starts]
    found = openings_for(Wished(), FREED, openings, zone=ZONE, now=NOW)
    assert [(each.starts_at - STARTS) // timedelta(minutes=1) for each in found] == [
        0,
        -5,
        -10,
        10,
        15,
    ]


def test_an_offer_stands_no_longer_than_leaves_the_time_to_come() -> None:
    def until(minutes_ahead: int, notice: int, minutes: int = 30) -> int | None:
        starts = NOW + timedelta(minutes=minutes_ahead)
        found = answer_until(starts, now=NOW, minutes=minutes, notice_minutes=notice)
        return None if found is None else (found - NOW) // timedelta(minutes=1)

    assert until(600, 60) == 30
    assert until(80, 60) == 20
    assert until(70, 60) == 10
    assert until(69, 60) is None
    assert until(20, 0, minutes=45) == 20


_practitioners = st.sampled_from(["pra_a", "pra_b"])
_spans = st.builds(
    lambda hour, length: DaySpan(time(hour), time(hour + length)),
    st.integers(6, 18),
    st.integers(1, 5),
)
_days = st.none() | st.dates(date(2026, 3, 1), date(2026, 3, 10))
_wishes = st.builds(
    Wished,
    id=st.just(""),
    type_id=st.sampled_from(["typ_1", "typ_2"]),
    urgency=st.sampled_from(URGENCIES),
    since=st.integers(0, 3).map(lambda days: NOW - timedelta(days=days)),
    practitioner_ids=st.lists(_practitioners, max_size=2).map(tuple),
    location_ids=st.lists(st.sampled_from(["loc_a", "loc_b"]), max_size=1).map(tuple),
    weekdays=st.lists(st.sampled_from(WEEKDAYS), max_size=4).map(tuple),
    times=st.lists(_spans, max_size=2).map(tuple),
    first_day=_days,
    last_day=_days,
    notice_minutes=st.sampled_from([0, 60, 24 * 60, 72 * 60]),
    earlier_than=st.none() | st.just(STARTS) | st.just(STARTS + timedelta(days=1)),
)
_openings = st.lists(
    st.integers(-24, 24).map(
        lambda step: Opening(
            STARTS + step * timedelta(minutes=5), STARTS + step * timedelta(minutes=5) + HALF
        )
    ),
    max_size=6,
    unique=True,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(_wishes, max_size=7),
    _openings,
    _openings,
    st.sampled_from(["America/New_York", "Australia/Sydney", "UTC"]),
)
def test_the_order_is_that_of_a_plain_reading_of_the_rule(
    wishes: list[Wished], ones: list[Opening], twos: list[Opening], zone: str
) -> None:
    named = [replace(wish, id=f"wsh_{at}") for at, wish in enumerate(wishes)]
    openings, at = {"typ_1": ones, "typ_2": twos}, ZoneInfo(zone)
    found = [(wish.id, each) for wish, each in matches(named, FREED, openings, zone=at, now=NOW)]
    assert found == _plainly(named, openings, at)


def _plainly(
    wishes: list[Wished], openings: dict[str, list[Opening]], zone: ZoneInfo
) -> list[tuple[str, list[Opening]]]:
    """The best of those left, again and again; each opening asked every question."""
    left, told = list(wishes), []
    while left:
        best = left[0]
        for other in left[1:]:
            if _is_before(other, best):
                best = other
        left.remove(best)
        suiting = [each for each in openings[best.type_id] if _suits(best, each, zone)]
        for at in range(len(suiting)):
            for later in range(at + 1, len(suiting)):
                if _is_nearer(suiting[later], suiting[at]):
                    suiting[at], suiting[later] = suiting[later], suiting[at]
        if suiting:
            told.append((best.id, suiting))
    return told


def _is_before(one: Wished, other: Wished) -> bool:
    if one.urgency != other.urgency:
        return URGENCIES.index(one.urgency) < URGENCIES.index(other.urgency)
    if one.since != other.since:
        return one.since < other.since
    first, second = _named(one), _named(other)
    return first > second if first != second else one.id < other.id


def _named(wish: Wished) -> int:
    return int("pra_a" in wish.practitioner_ids) + int("loc_a" in wish.location_ids)


def _is_nearer(one: Opening, other: Opening) -> bool:
    mine, theirs = abs(one.starts_at - STARTS), abs(other.starts_at - STARTS)
    return one.starts_at < other.starts_at if mine == theirs else mine < theirs


def _suits(wish: Wished, opening: Opening, zone: ZoneInfo) -> bool:
    wall = opening.starts_at.astimezone(zone)
    answers = [
        not wish.practitioner_ids or "pra_a" in wish.practitioner_ids,
        not wish.location_ids or "loc_a" in wish.location_ids,
        not wish.weekdays or f"{wall:%a}".lower() in wish.weekdays,
        not wish.times or any(each.starts <= wall.time() < each.ends for each in wish.times),
        wish.first_day is None or wall.date() >= wish.first_day,
        wish.last_day is None or wall.date() <= wish.last_day,
        wish.earlier_than is None or opening.starts_at < wish.earlier_than,
        opening.starts_at >= NOW + timedelta(minutes=wish.notice_minutes + 10),
    ]
    return all(answers)
