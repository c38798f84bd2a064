"""State and event commit together, and the event arrives (PROMISES 33)."""

import pytest

from chalicelib.platform import queues
from chalicelib.platform.queues import Consumers
from tests import tables
from tests.faults import Died, calls, dying
from tests.world import ADDRESS, World, sign_up

LOCATION = {"name": "North", "time_zone": "America/New_York", "address": ADDRESS}


COMMIT = "TransactWriteItems"


def _kinds(world: World) -> list[str]:
    return sorted(item["kind"]["S"] for item in world.items())


def test_a_death_at_any_step_of_signing_up_leaves_all_or_nothing(world: World) -> None:
    body = {
        "practice_name": "Elm",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "name": "Ada",
        "email": "ada@clinic.example",
        "password": "correct horse battery staple",
    }
    whole = ["audit", "email", "link", "member", "outbox", "practice", "user", "workplace"]
    with calls() as sent:
        world.call("POST", "/v1/practices", {**body, "email": "first@clinic.example"})
    last = sent.count(COMMIT) - 1  # those before it count the attempt
    for after, expected in ((False, []), (True, whole)):
        kept = tables.image()
        with dying(last, after=after, only=COMMIT.__eq__), pytest.raises(Died):
            world.call("POST", "/v1/practices", body)
        made = sorted(now["kind"]["S"] for _, now in tables.changed_since(kept) if now)
        assert [kind for kind in made if kind != "sign_ups"] == expected


def test_what_the_stream_lost_the_sweep_sends_after_a_minute(world: World) -> None:
    sign_up(world)
    world.clock.advance(seconds=30)
    world.tick_schedules()
    assert "outbox" in _kinds(world)
    world.clock.advance(seconds=31)
    world.tick_schedules()
    assert "outbox" not in _kinds(world)


def test_an_event_reaches_each_listening_domain_and_its_item_is_gone(world: World) -> None:
    sign_up(world)
    world.pump()
    assert "outbox" not in _kinds(world)


def test_a_consumer_that_fails_keeps_only_its_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(world)
    handled: list[str] = []

    def consume(body: str) -> None:
        if body == "poison":
            raise ValueError(body)
        handled.append(body)

    consumers = next(iter(queues._consumers.values()))
    monkeypatch.setattr(Consumers, "handle", lambda _, body: consume(body))
    answer = world.deliver(consumers.domain, ["a", "poison", "b"])
    assert handled == ["a", "b"]
    assert answer == ["1"]
