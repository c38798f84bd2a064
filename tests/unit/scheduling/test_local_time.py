from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.scheduling.local_time import (
    FoldTime,
    GapTime,
    WrongOffset,
    day_bounds,
    first_instant,
    local_day,
    utc_instant,
    wall_clock,
    zone_named,
)
from tests.unit.scheduling.clock_oracle import CHANGES, latest_time_shown

NEW_YORK = ZoneInfo("America/New_York")
SYDNEY = ZoneInfo("Australia/Sydney")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
PHOENIX = ZoneInfo("America/Phoenix")
BRISBANE = ZoneInfo("Australia/Brisbane")
ODD_DAYS = {
    **CHANGES,
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/Nuuk": (date(2026, 3, 28), date(2026, 10, 24)),
    "Antarctica/Troll": (date(2026, 3, 29), date(2026, 10, 25)),
    "Pacific/Apia": (date(2011, 12, 30), date(2011, 12, 31)),
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        (NEW_YORK, "2026-07-01T09:00", "2026-07-01T13:00+00:00"),
        (NEW_YORK, "2026-12-01T09:00", "2026-12-01T14:00+00:00"),
        (NEW_YORK, "2026-03-08T03:00", "2026-03-08T07:00+00:00"),
        (SYDNEY, "2026-10-04T03:00", "2026-10-03T16:00+00:00"),
        (LORD_HOWE, "2026-10-04T02:30", "2026-10-03T15:30+00:00"),
        (PHOENIX, "2026-03-08T02:30", "2026-03-08T09:30+00:00"),
        (BRISBANE, "2026-10-04T02:30", "2026-10-03T16:30+00:00"),
    ],
)
def test_an_ordinary_local_time_has_one_instant(zone: ZoneInfo, local: str, instant: str) -> None:
    assert utc_instant(at(local), zone) == at(instant)
    assert utc_instant(at(local), zone).tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        (NEW_YORK, "2026-03-08T02:00"),
        (NEW_YORK, "2026-03-08T02:59"),
        (SYDNEY, "2026-10-04T02:30"),
        (LORD_HOWE, "2026-10-04T02:00"),
        (LORD_HOWE, "2026-10-04T02:29"),
    ],
)
def test_a_time_that_the_clock_skips_is_refused_even_with_an_offset(
    zone: ZoneInfo, local: str
) -> None:
    with pytest.raises(GapTime, match="does not exist"):
        utc_instant(at(local), zone)
    with pytest.raises(GapTime):
        utc_instant(at(local), zone, offset=timedelta(hours=-5))


@pytest.mark.parametrize(
    ("zone", "local", "offsets"),
    [
        (NEW_YORK, "2026-11-01T01:30", (-4.0, -5.0)),
        (SYDNEY, "2026-04-05T02:30", (11.0, 10.0)),
        (LORD_HOWE, "2026-04-05T01:45", (11.0, 10.5)),
    ],
)
def test_a_time_shown_twice_needs_its_offset(
    zone: ZoneInfo, local: str, offsets: tuple[float, float]
) -> None:
    with pytest.raises(FoldTime, match="give its UTC offset"):
        utc_instant(at(local), zone)
    for hours in offsets:
        offset = timedelta(hours=hours)
        assert utc_instant(at(local), zone, offset=offset) == (at(local) - offset).replace(
            tzinfo=UTC
        )
    with pytest.raises(WrongOffset):
        utc_instant(at(local), zone, offset=timedelta(hours=3))


def test_an_offset_that_the_zone_does_not_have_then_is_refused() -> None:
    assert utc_instant(at("2026-07-01T09:00"), NEW_YORK, offset=timedelta(hours=-4))
    with pytest.raises(WrongOffset, match="another UTC offset"):
        utc_instant(at("2026-07-01T09:00"), NEW_YORK, offset=timedelta(hours=-5))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (NEW_YORK, date(2026, 3, 8), 23),
        (NEW_YORK, date(2026, 11, 1), 25),
        (SYDNEY, date(2026, 10, 4), 23),
        (SYDNEY, date(2026, 4, 5), 25),
        (LORD_HOWE, date(2026, 10, 4), 23.5),
        (LORD_HOWE, date(2026, 4, 5), 24.5),
        (PHOENIX, date(2026, 3, 8), 24),
        (BRISBANE, date(2026, 10, 4), 24),
        (ZoneInfo("Pacific/Apia"), date(2011, 12, 30), 0),
    ],
)
def test_a_local_day_is_as_long_as_its_zone_makes_it(
    zone: ZoneInfo, day: date, hours: float
) -> None:
    starts, ends = day_bounds(day, zone)
    assert ends - starts == timedelta(hours=hours)


@pytest.mark.parametrize("name", ODD_DAYS)
def test_day_bounds_and_opening_times_agree_with_a_clock_watched_every_five_minutes(
    name: str,
) -> None:
    zone = ZoneInfo(name)
    for change in ODD_DAYS[name]:
        shown = latest_time_shown(zone, change, change)
        for quarter in range(-96, 192):
            local = datetime.combine(change, time(0)) + quarter * timedelta(minutes=15)
            assert first_instant(local, zone) == next(t for t, w in shown.items() if w >= local)
        bounds = [
            next(t for t, w in shown.items() if w.date() >= day)
            for day in (change, change + timedelta(days=1))
        ]
        assert list(day_bounds(change, zone)) == bounds


@pytest.mark.parametrize("name", CHANGES)
def test_gaps_and_folds_are_what_a_watched_clock_never_or_twice_shows(name: str) -> None:
    zone = ZoneInfo(name)
    for change in CHANGES[name]:
        start = datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=2)
        instants = [start + n * timedelta(minutes=5) for n in range(4 * 288)]
        times = {t: t.astimezone(zone).replace(tzinfo=None, fold=0) for t in instants}
        for n in range(288):
            local = datetime.combine(change, time(0)) + n * timedelta(minutes=5)
            matches = [t for t, w in times.items() if w == local]
            if not matches:
                with pytest.raises(GapTime):
                    utc_instant(local, zone)
            elif len(matches) == 2:
                with pytest.raises(FoldTime):
                    utc_instant(local, zone)
            else:
                assert utc_instant(local, zone) == matches[0]


@given(
    st.sampled_from(sorted(ODD_DAYS)),
    st.datetimes(at("2025-01-01"), at("2027-12-31"), timezones=st.just(UTC)),
)
@settings(derandomize=True, max_examples=200, deadline=None)
def test_an_instant_comes_back_from_its_wall_clock_and_offset(name: str, instant: datetime) -> None:
    zone = ZoneInfo(name)
    offset = instant.astimezone(zone).utcoffset()
    assert utc_instant(wall_clock(instant, zone), zone, offset=offset) == instant
    starts, ends = day_bounds(local_day(instant, zone), zone)
    assert starts <= instant < ends


def test_an_evening_in_new_york_is_the_next_day_in_utc() -> None:
    assert local_day(at("2026-07-02T01:00+00:00"), NEW_YORK) == date(2026, 7, 1)


def test_naive_and_aware_are_not_mixed_up() -> None:
    with pytest.raises(ValueError, match="naive"):
        utc_instant(at("2026-07-01T09:00+00:00"), NEW_YORK)
    with pytest.raises(ValueError, match="naive"):
        first_instant(at("2026-07-01T09:00+00:00"), NEW_YORK)
    with pytest.raises(ValueError, match="aware"):
        wall_clock(at("2026-07-01T09:00"), NEW_YORK)


@pytest.mark.parametrize("name", ["America/Gotham", "", "../etc/passwd", "America", "Mars"])
def test_an_unknown_zone_is_named_in_the_error(name: str) -> None:
    with pytest.raises(ValueError, match="IANA"):
        zone_named(name)


def test_a_known_zone_is_found() -> None:
    assert zone_named("Australia/Lord_Howe") == LORD_HOWE
