"""Parts of a day and how many they take, against a plain count."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from chalicelib.online_booking.segments import has_room

ZONES = (
    "America/New_York",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/Phoenix",
    "Australia/Brisbane",
)


@dataclass(frozen=True)
class Part:
    starts: time
    ends: time
    most: int


MORNING = Part(time(9), time(12), 1)


def at(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_its_end_is_not_in_it() -> None:
    nine = [at("2026-03-02T09:00")]
    assert not has_room(at("2026-03-02T11:59"), nine, parts=[MORNING])
    assert has_room(at("2026-03-02T12:00"), nine, parts=[MORNING])
    assert has_room(at("2026-03-03T09:00"), nine, parts=[MORNING])


def test_none_is_closed_and_without_parts_there_is_room() -> None:
    assert not has_room(at("2026-03-02T09:00"), [], parts=[Part(time(0), time(23, 59), 0)])
    assert has_room(at("2026-03-02T09:00"), [at("2026-03-02T09:00")] * 50, parts=[])


@pytest.mark.parametrize("zone", ZONES)
def test_the_clock_on_the_wall_says_in_which_part_a_start_is(zone: str) -> None:
    random = Random(zone)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    parts = [Part(time(0), time(2), 2), Part(time(1, 30), time(9), 3), MORNING]
    for _ in range(200):
        day = first + timedelta(days=random.randrange(365))
        booked = [day + timedelta(minutes=5 * random.randrange(288)) for _ in range(6)]
        start = (day + timedelta(minutes=5 * random.randrange(288))).astimezone(ZoneInfo(zone))
        wall = start.strftime("%H:%M")
        same_day = [
            each.astimezone(ZoneInfo(zone)).strftime("%H:%M")
            for each in booked
            if each.astimezone(ZoneInfo(zone)).strftime("%F") == start.strftime("%F")
        ]
        expected = all(
            len([each for each in same_day if _in(each, part)]) < part.most
            for part in parts
            if _in(wall, part)
        )
        assert has_room(start, booked, parts=parts) is expected


def _in(wall: str, part: Part) -> bool:
    return f"{part.starts:%H:%M}" <= wall < f"{part.ends:%H:%M}"
