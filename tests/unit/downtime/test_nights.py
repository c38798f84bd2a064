"""Evenings by the clock on the wall, one a day, also when clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.downtime.nights import last_night, next_night, night_at

ZONES = (
    "America/New_York",
    "Europe/London",
    "Australia/Sydney",
    "Asia/Kathmandu",
    "America/Phoenix",
)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [12, 20, 23])
def test_every_day_of_a_year_has_one_evening(zone: str, hour: int) -> None:
    there = ZoneInfo(zone)
    now, nights = datetime(2026, 1, 1, tzinfo=UTC), []
    while len(nights) < 365:
        now = next_night(now, hour, there)
        nights.append(last_night(now, hour, there))
        assert now.astimezone(there).hour == hour
        assert next_night(now - timedelta(seconds=1), hour, there) == now
    assert nights == [nights[0] + timedelta(days=day) for day in range(365)]


def test_just_before_it_the_last_one_was_yesterday_s() -> None:
    there = ZoneInfo("America/New_York")
    evening = night_at(date(2026, 3, 8), 20, there)
    assert evening.astimezone(UTC) == datetime(2026, 3, 9, 0, tzinfo=UTC), (
        "clocks changed that night"
    )
    assert last_night(evening - timedelta(seconds=1), 20, there) == date(2026, 3, 7)
    assert last_night(evening, 20, there) == date(2026, 3, 8)
