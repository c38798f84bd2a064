"""Timed work is sent in the minute in which it falls due, whatever else waits."""

from datetime import timedelta

import pytest

from chalicelib.platform import due, queues
from chalicelib.platform.clock import iso
from chalicelib.platform.due import send_due
from chalicelib.platform.store import Key, Record, UnitOfWork, practice_scope
from tests.world import World


class Waiting(Record):
    """Something with a time of its own."""

    KIND = "waiting"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sort keys of what was sent."""
    keys: list[str] = []
    monkeypatch.setattr(queues, "due_kinds", lambda: {"waiting": "scheduling"})
    monkeypatch.setattr(queues, "due_message", lambda _, record: record.sk)
    monkeypatch.setattr(queues, "send", lambda _, body: keys.append(body))
    return keys


def _wait(world: World, count: int, *, minutes: int) -> list[str]:
    names = [f"{count}-{number:02}#" for number in range(count)]
    with practice_scope("prc_1"):
        work = UnitOfWork()
        for name in names:
            record = Waiting(*Key("prc_1#", name))
            due.set_due(record, "waiting", world.clock.now() + timedelta(minutes=minutes))
            work.create(record)
        work.commit()
    return names


def test_what_is_due_at_this_very_instant_is_sent(world: World, sent: list[str]) -> None:
    now, later = _wait(world, 1, minutes=0), _wait(world, 2, minutes=1)
    send_due(world.clock)
    assert sent == now
    world.clock.advance(minutes=1)
    send_due(world.clock)
    assert sorted(sent[1:]) == sorted(now + later), iso(world.clock.now())


def test_what_nobody_can_do_does_not_stand_before_the_rest(
    world: World, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "SHARDS", 1)
    monkeypatch.setattr(due, "PAGE", 3)
    stuck, new = _wait(world, 12, minutes=-60), _wait(world, 1, minutes=0)
    assert send_due(world.clock) == 13
    assert sent == [*stuck, *new]
