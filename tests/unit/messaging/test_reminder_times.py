"""When reminders are sent: steps, quiet hours, and clocks that change (PROMISES 36)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, seed, settings, strategies as st

from chalicelib.messaging.reminder_times import (
    DEFAULT_QUIET,
    DEFAULT_STEPS,
    QuietHours,
    Step,
    planned,
)

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "Australia/Sydney",
        "Australia/Lord_Howe",
        "America/Phoenix",
        "Australia/Brisbane",
    )
]
CHANGES = {
    "America/New_York": [(2026, 3, 8), (2026, 11, 1)],
    "Australia/Sydney": [(2026, 4, 5), (2026, 10, 4)],
    "Australia/Lord_Howe": [(2026, 4, 5), (2026, 10, 4)],
    "America/Phoenix": [(2026, 3, 8), (2026, 11, 1)],
    "Australia/Brisbane": [(2026, 4, 5), (2026, 10, 4)],
}
"""The days on which the clocks change; of zones that keep theirs, those of their neighbours."""
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def _plan(starts_at: datetime, zone: ZoneInfo, **over: object) -> list[tuple[str, str]]:
    """Name and local time of each step."""
    asked = {"location_zone": zone, "patient_zone": zone, "now": BEGINNING, **over}
    steps = asked.pop("steps", DEFAULT_STEPS)
    quiet = asked.pop("quiet", DEFAULT_QUIET)
    found = planned(steps, quiet, starts_at=starts_at, **asked)  # type: ignore[arg-type]
    return [(each.name, f"{each.at.astimezone(zone):%m-%d %H:%M}") for each in found]


@pytest.mark.parametrize("zone", ZONES, ids=str)
@pytest.mark.parametrize("change", [0, 1])
@pytest.mark.parametrize("days", range(-2, 4))
def test_around_a_change_of_the_clocks_each_step_comes_once_at_the_wall_s_time(
    zone: ZoneInfo, change: int, days: int
) -> None:
    day = date(*CHANGES[str(zone)][change]) + timedelta(days=days)
    starts = datetime(day.year, day.month, day.day, 11, 30, tzinfo=zone)
    earlier = day - timedelta(days=2)
    assert _plan(starts.astimezone(UTC), zone) == [
        ("2d", f"{earlier:%m-%d} 11:30"),
        ("2h", f"{day:%m-%d} 09:30"),
    ]


@pytest.mark.parametrize(
    ("starts", "steps", "expected"),
    [
        ("2026-05-05T10:00", [Step(2, "hours")], [("2h", "05-05 08:00")]),
        ("2026-05-05T09:30", [Step(2, "hours")], [("2h", "05-05 08:00")]),
        ("2026-05-05T08:00", [Step(2, "hours")], [("2h", "05-04 20:59")]),
        ("2026-05-05T07:00", [Step(2, "hours")], [("2h", "05-04 20:59")]),
        ("2026-05-05T22:59", [Step(2, "hours")], [("2h", "05-05 20:59")]),
        ("2026-05-05T23:00", [Step(2, "hours")], [("2h", "05-05 20:59")]),
        ("2026-05-05T23:30", [Step(2, "days")], [("2d", "05-04 08:00")]),
        ("2026-05-05T09:00", [Step(12, "hours"), Step(10, "hours")], [("10h", "05-05 08:00")]),
        ("2026-05-05T09:00", [], []),
    ],
)
def test_a_step_in_the_night_waits_for_the_morning_or_comes_before(
    starts: str, steps: list[Step], expected: list[tuple[str, str]]
) -> None:
    starts_at = datetime.fromisoformat(starts).replace(tzinfo=NEW_YORK)
    assert _plan(starts_at, NEW_YORK, steps=steps) == expected


def test_a_wall_time_that_the_day_lacks_is_the_hour_after() -> None:
    starts = datetime(2026, 3, 10, 2, 30, tzinfo=NEW_YORK)
    quiet = QuietHours(time(4), time(4, 1))
    assert _plan(starts, NEW_YORK, steps=[Step(2, "days")], quiet=quiet) == [("2d", "03-08 03:30")]


def test_quiet_hours_that_end_within_a_gap_end_with_it() -> None:
    quiet = QuietHours(time(21), time(2, 30))
    night = datetime(2026, 3, 8, 1, 0, tzinfo=NEW_YORK)
    noon = datetime(2026, 3, 8, 12, tzinfo=NEW_YORK)
    allowed = quiet.allowed(night.astimezone(UTC), NEW_YORK, before=noon)
    assert allowed == datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "03:00 EDT, the first minute there is"


def test_quiet_hours_within_a_day_hold_between() -> None:
    quiet = QuietHours(time(12), time(14))
    held = [
        hour
        for hour in range(24)
        if quiet.hold(datetime(2026, 5, 5, hour, tzinfo=UTC), ZoneInfo("UTC"))
    ]
    assert held == [12, 13]


def test_a_step_that_would_have_been_before_the_booking_is_left_out() -> None:
    starts = datetime(2026, 5, 5, 9, 0, tzinfo=NEW_YORK)
    late = datetime(2026, 5, 4, 22, 30, tzinfo=NEW_YORK)
    assert _plan(starts, NEW_YORK, now=late, steps=[Step(11, "hours")]) == []
    assert _plan(starts, NEW_YORK, now=late) == [("2h", "05-05 08:00")]


@seed(36)
@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.integers(0, 365 * 288),
    st.lists(st.builds(Step, st.integers(1, 60), st.sampled_from(["days", "hours"])), max_size=5),
    st.times(),
    st.times(),
)
def test_whatever_the_plan_steps_are_before_the_visit_never_at_night_and_none_twice(
    location: ZoneInfo,
    patient: ZoneInfo,
    slot: int,
    steps: list[Step],
    quiet_from: time,
    until: time,
) -> None:
    starts_at = BEGINNING + timedelta(days=61, minutes=5 * slot)
    quiet = QuietHours(quiet_from, until)
    if quiet_from == until:
        return
    found = planned(
        steps,
        quiet,
        starts_at=starts_at,
        location_zone=location,
        patient_zone=patient,
        now=BEGINNING,
    )
    assert all(each.at < starts_at for each in found)
    assert not any(quiet.hold(each.at, patient) for each in found)
    assert all(one.at < other.at for one, other in pairwise(found))
    assert len({each.name for each in found}) == len(found) <= len(set(steps))
