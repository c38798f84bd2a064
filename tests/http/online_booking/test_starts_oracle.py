"""What a page shows is what staff find, sifted by its rules, and nothing that is shown is refused."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from tests import tables
from tests.builders.online import Visitor, booked, clinic, put_online
from tests.builders.scheduling import Clinic
from tests.world import World

FIRST = date(2026, 3, 5)
DAYS = [FIRST + timedelta(days=more) for more in range(6)]
"""Over the Sunday when New York's clocks change."""


@pytest.mark.parametrize("rounds", [3, pytest.param(80, marks=pytest.mark.campaign)])
def test_random_rules_against_a_plain_sieve(world: World, rounds: int) -> None:
    at, random = clinic(world, hours=("00:00", "08:00")), Random(rounds)
    kept, now = tables.image(), world.clock.now()
    for number in range(rounds):
        tables.put_back(kept)
        world.clock.advance(seconds=(now - world.clock.now()).total_seconds())
        rules = _rules(random)
        _play(at, random, rules)
        _compare(at, random, rules, number)


def _rules(random: Random) -> dict[str, Any]:
    starts = random.randrange(0, 6)
    parts = [
        {
            "starts": f"{starts:02}:00",
            "ends": f"{starts + random.randrange(1, 3):02}:30",
            "most": most,
        }
        for most in random.choices([0, 1, 2], k=random.randrange(3))
    ]
    return {
        "notice_hours": random.choice([0, 1, 48, 75, 100]),
        "bookable_days": random.choice([3, 5, 8, 365]),
        "segments": parts,
    }


def _play(at: Clinic, random: Random, rules: dict[str, Any]) -> None:
    """Some visits are booked online while there are no rules, and one by staff."""
    seen = Visitor(at).starts(str(DAYS[0]), str(DAYS[-1]))
    for number, start in enumerate(random.sample(seen[:60], 3)):
        rosa = Visitor(at)
        if rosa.hold(start).status == 201 and random.random() < 0.7:
            assert rosa.say(contact={"email": f"r{number}@example.com"}).status == 200
            booked(rosa.verify())
    at.book(random.choice(seen))
    kind = {"name": "Follow-up", "minutes": 30, "online": "everybody"}
    kind |= {name: rules[name] for name in ("notice_hours", "bookable_days")}
    path = "/v1/appointment-types"
    (known,) = at.call("GET", path).json["items"]
    changed = at.call("PUT", f"{path}/{at.type_id}", kind, If_Match=f'"{known["version"]}"')
    assert changed.status == 200, changed.text
    assert put_online(at, segments=rules["segments"]).status == 200


def _compare(at: Clinic, random: Random, rules: dict[str, Any], number: int) -> None:
    online = _booked_online(at)
    staff = [
        start
        for day in DAYS
        for start in at.starts(str(day))
        if _passes(datetime.fromisoformat(start), rules, online, at.world.clock.now())
    ]
    shown = Visitor(at).starts(str(DAYS[0]), str(DAYS[-1]))
    assert shown == staff, (number, rules)
    if shown:
        start = random.choice(shown)
        assert Visitor(at).hold(start).status == 201, (number, start, rules)


def _booked_online(at: Clinic) -> list[datetime]:
    """Starts by the wall, of what is held or booked through the page."""
    sessions = at.world.of_kind("booking_session")
    at_utc = [datetime.fromisoformat(each["starts_at"]["S"]) for each in sessions]
    return [each.astimezone(at.tenant.zone) for each in at_utc]


def _passes(start: datetime, rules: dict[str, Any], online: list[datetime], now: datetime) -> bool:
    soon = (start - now).total_seconds() < 3_600 * rules["notice_hours"]
    far = (start.date() - now.date()).days > rules["bookable_days"]
    full = any(
        _within(start, part)
        and sum(each.date() == start.date() and _within(each, part) for each in online)
        >= part["most"]
        for part in rules["segments"]
    )
    return not (soon or far or full)


def _within(at: datetime, part: dict[str, Any]) -> bool:
    return time.fromisoformat(part["starts"]) <= at.time() < time.fromisoformat(part["ends"])
