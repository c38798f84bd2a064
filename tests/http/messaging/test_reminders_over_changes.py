"""Around both changes of the clocks, in five zones: one reminder a step, by the schedule and the queue."""

import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.platform.clock import from_iso
from tests.http.messaging.reminding import apt, reminding
from tests.world import World, sign_in

CHANGES = [
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Sydney", "2026-04-05"),
    ("Australia/Sydney", "2026-10-04"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Phoenix", "2026-03-08"),
    ("Australia/Brisbane", "2026-10-04"),
]
"""As in the tests of slots: a change there, or in a neighbouring zone."""
_TWO_HOURS = timedelta(hours=2)


@pytest.mark.parametrize("days", [(0, 1), pytest.param(range(-3, 5), marks=pytest.mark.campaign)])
def test_each_visit_is_reminded_of_once_a_step_at_the_wall_s_time(
    world: World, days: range | tuple[int, ...]
) -> None:
    at = reminding(world)
    plan = {"steps": [{"before": 2, "unit": "days"}, {"before": 2, "unit": "hours"}]}
    token = sign_in(world, "ada@clinic.example")
    body = {**plan, "notices": False}
    assert (
        world.call("PUT", "/v1/practice/reminders", body, token=token, If_Match='"0"').status == 200
    )
    expected: dict[str, list[datetime]] = {}
    for zone, day in CHANGES:
        for ahead in days:
            local = datetime.combine(date.fromisoformat(day) + timedelta(days=ahead), time(10, 30))
            starts, visit = _at(local, zone), f"{zone} {day} {ahead}"
            at.tell(*[at.told(visit, starts_at=starts, time_zone=zone)] * 2)
            expected[apt(visit)] = [_at(local - timedelta(days=2), zone), starts - _TWO_HOURS]
    while due := at.all_due():
        world.clock.instant = from_iso(min(when for when, _ in due)) + timedelta(seconds=20)
        now = world.clock.now()
        late = [message for when, message in due if from_iso(when) <= now]
        world.tick()
        assert world.deliver("messaging", late * 2) == []
    assert _sent(world) == expected
    assert sum(at.sent()) == 2 * len(expected)


def _at(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _sent(world: World) -> dict[str, list[datetime]]:
    """The minutes in which reminders of each visit were sent."""
    found: dict[str, list[datetime]] = {}
    for item in world.items():
        if item["kind"]["S"] == "message":
            for change in json.loads(item["history"]["S"]):
                if change["status"] == "sent":
                    sent = from_iso(change["at"]).replace(second=0)
                    found.setdefault(item["cause"]["S"], []).append(sent)
    return {visit: sorted(sent) for visit, sent in found.items()}
