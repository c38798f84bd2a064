from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from chalicelib.scheduling.availability import (
    AvailabilityException,
    ExceptionKind,
    WeeklyRule,
    WorkingHours,
    windows_of,
)
from tests.unit.scheduling.clock_oracle import (
    DAY,
    hours_at_a_change,
    hours_written,
    latest_time_shown,
    open_at,
)

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 7, 6)
CLOSED, EXTRA = ExceptionKind.CLOSED, ExceptionKind.EXTRA


def rule(weekday: int, starts: str, ends: str, **changes: object) -> WeeklyRule:
    values: dict = {"location_id": "loc_a", "effective_from": date(2026, 1, 1), **changes}
    return WeeklyRule(weekday, time.fromisoformat(starts), time.fromisoformat(ends), **values)


def exception(kind: ExceptionKind, starts: str, ends: str, location_id: str | None = None):
    return AvailabilityException(
        kind, datetime.fromisoformat(starts), datetime.fromisoformat(ends), location_id
    )


def spans(hours: WorkingHours, first: date, last: date) -> list[tuple[str, str]]:
    return [(f"{w.starts:%d %H:%M}", f"{w.ends:%d %H:%M}") for w in windows_of(hours, first, last)]


def test_weekly_hours_become_instants_on_their_weekday_only() -> None:
    hours = WorkingHours(NEW_YORK, (rule(0, "09:00", "17:00"),))
    assert spans(hours, MONDAY - DAY, MONDAY + 7 * DAY) == [
        ("06 13:00", "06 21:00"),
        ("13 13:00", "13 21:00"),
    ]


def test_the_same_wall_hours_are_other_instants_after_the_clocks_change() -> None:
    hours = WorkingHours(NEW_YORK, (rule(5, "09:00", "10:00"), rule(6, "09:00", "10:00")))
    assert spans(hours, date(2026, 3, 7), date(2026, 3, 8)) == [
        ("07 14:00", "07 15:00"),
        ("08 13:00", "08 14:00"),
    ]


@pytest.mark.parametrize(
    ("zone", "change", "length"),
    [
        ("America/New_York", date(2026, 3, 8), 7),
        ("America/New_York", date(2026, 11, 1), 9),
        ("Australia/Sydney", date(2026, 10, 4), 7),
        ("Australia/Lord_Howe", date(2026, 10, 4), 7.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 8.5),
        ("America/Phoenix", date(2026, 3, 8), 8),
        ("Australia/Brisbane", date(2026, 10, 4), 8),
    ],
)
def test_a_night_shift_over_a_change_is_longer_or_shorter(
    zone: str, change: date, length: float
) -> None:
    hours = WorkingHours(ZoneInfo(zone), (rule(5, "22:00", "06:00"),))
    (window,) = windows_of(hours, change, change)
    assert window.ends - window.starts == timedelta(hours=length)


def test_hours_inside_a_gap_vanish_that_day() -> None:
    hours = WorkingHours(NEW_YORK, (rule(6, "02:10", "02:50"), rule(6, "02:30", "03:30")))
    assert spans(hours, date(2026, 3, 8), date(2026, 3, 8)) == [("08 07:00", "08 07:30")]


def test_a_fortnightly_rule_counts_weeks_from_the_week_it_takes_effect() -> None:
    starts_wednesday = date(2026, 7, 8)
    fortnightly = rule(0, "09:00", "10:00", effective_from=starts_wednesday, every_weeks=2)
    days = [MONDAY + n * 7 * DAY for n in range(6)]
    assert [fortnightly.opens_on(day) for day in days] == [False, False, True, False, True, False]


def test_a_rule_is_in_force_on_its_first_and_last_day() -> None:
    short = rule(0, "09:00", "10:00", effective_from=MONDAY, effective_until=MONDAY + 7 * DAY)
    days = [MONDAY + n * 7 * DAY for n in range(-1, 3)]
    assert [short.opens_on(day) for day in days] == [False, True, True, False]


def test_leave_cuts_the_hours_and_keeps_the_grid_of_the_morning() -> None:
    lunch = exception(CLOSED, "2026-07-06T12:00", "2026-07-06T13:10")
    hours = WorkingHours(NEW_YORK, (rule(0, "09:00", "17:00"),), (lunch,))
    morning, afternoon = windows_of(hours, MONDAY, MONDAY)
    assert (morning.ends, afternoon.starts) == (
        datetime(2026, 7, 6, 16, tzinfo=UTC),
        datetime(2026, 7, 6, 17, 10, tzinfo=UTC),
    )
    assert morning.grid_from == afternoon.grid_from == morning.starts


def test_a_closure_of_one_location_leaves_the_other_open() -> None:
    closure = exception(CLOSED, "2026-07-06T00:00", "2026-07-07T00:00", "loc_b")
    rules = (rule(0, "09:00", "12:00"), rule(0, "13:00", "17:00", location_id="loc_b"))
    windows = windows_of(WorkingHours(NEW_YORK, rules, (closure,)), MONDAY, MONDAY)
    assert [w.location_id for w in windows] == ["loc_a"]


def test_closed_holds_where_it_meets_extra_hours() -> None:
    extra = exception(EXTRA, "2026-07-07T09:00", "2026-07-07T12:00", "loc_a")
    leave = exception(CLOSED, "2026-07-07T11:00", "2026-07-08T00:00")
    hours = WorkingHours(NEW_YORK, (), (extra, leave))
    assert spans(hours, MONDAY, MONDAY + DAY) == [("07 13:00", "07 15:00")]


def test_a_night_window_shows_with_both_its_days_whole() -> None:
    hours = WorkingHours(NEW_YORK, (rule(0, "22:00", "02:00"),))
    assert spans(hours, MONDAY, MONDAY) == spans(hours, MONDAY + DAY, MONDAY + DAY)
    assert spans(hours, MONDAY + 2 * DAY, MONDAY + 2 * DAY) == []


def test_a_window_that_only_touches_a_day_does_not_show_with_it() -> None:
    hours = WorkingHours(NEW_YORK, (rule(0, "20:00", "00:00"), rule(1, "00:00", "04:00")))
    assert spans(hours, MONDAY, MONDAY) == [("07 00:00", "07 04:00")]
    assert spans(hours, MONDAY + DAY, MONDAY + DAY) == [("07 04:00", "07 08:00")]


def test_a_closure_that_starts_or_ends_with_the_hours_leaves_no_empty_window() -> None:
    early = exception(CLOSED, "2026-07-06T09:00", "2026-07-06T10:00")
    late = exception(CLOSED, "2026-07-06T11:00", "2026-07-06T12:00")
    before = exception(CLOSED, "2026-07-06T08:00", "2026-07-06T09:00")
    hours = WorkingHours(NEW_YORK, (rule(0, "09:00", "12:00"),), (early, late, before))
    assert spans(hours, MONDAY, MONDAY) == [("06 14:00", "06 15:00")]


def test_windows_are_sorted_whatever_the_order_of_the_rules() -> None:
    hours = WorkingHours(NEW_YORK, (rule(0, "13:00", "17:00"), rule(0, "09:00", "12:00")))
    assert spans(hours, MONDAY, MONDAY) == [("06 13:00", "06 16:00"), ("06 17:00", "06 21:00")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"weekday": 7}, "weekday"),
        ({"every_weeks": 0}, "every week"),
        ({"ends": "09:00"}, "after they start"),
        ({"effective_until": date(2025, 12, 31)}, "takes effect"),
        ({"ends": "10:00+00:00"}, "naive"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(changes: dict, reason: str) -> None:
    values = {"weekday": 0, "starts": "09:00", "ends": "10:00", **changes}
    with pytest.raises(ValueError, match=reason):
        rule(**values)


def test_an_exception_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="after it starts"):
        exception(CLOSED, "2026-07-06T12:00", "2026-07-06T12:00")
    with pytest.raises(ValueError, match="location"):
        exception(EXTRA, "2026-07-06T12:00", "2026-07-06T13:00")
    with pytest.raises(ValueError, match="naive"):
        exception(CLOSED, "2026-07-06T12:00+00:00", "2026-07-06T13:00+00:00")


@given(hours_at_a_change())
@settings(derandomize=True, max_examples=60, deadline=None)
def test_windows_agree_with_a_clock_watched_every_five_minutes(
    case: tuple[WorkingHours, date, date],
) -> None:
    hours, first, last = case
    windows = windows_of(hours, first, last)
    written = hours_written(hours, first, last)
    for instant, local in latest_time_shown(hours.zone, first, last).items():
        if not first <= local.date() <= last:
            continue
        for place in ("loc_a", "loc_b"):
            in_window = any(
                w.starts <= instant < w.ends and w.location_id == place for w in windows
            )
            assert in_window == open_at(hours, local, place, written), (instant, local, place)
