"""Practices without a subscription's record: from before there were any, or founded by operations."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.platform.queues import working
from chalicelib.subscriptions.invoicing import note_use
from tests import tables
from tests.builders.operations import operator
from tests.world import SIGN_UP, World, sign_in, sign_up, step_up


@pytest.fixture
def owner(world: World) -> str:
    """Their practice signed up on 2 March, before subscriptions were built."""
    token = sign_up(world)
    world.pump()
    tables.forget("subscription")
    return token


def _stored() -> list[Any]:
    return [row for row in tables.rows().values() if row["kind"]["S"] == "subscription"]


def _at(world: World, at: datetime) -> str:
    world.clock.instant = at
    token = sign_in(world, "ada@clinic.example")
    step_up(world, token)
    return token


def _choose(world: World, token: str, version: int) -> Any:
    path, body = "/v1/subscription/plan", {"plan": "solo"}
    return world.call("PUT", path, body, token=token, If_Match=f'"{version}"')


def test_it_is_on_trial_from_its_sign_up_and_reading_stores_nothing(
    world: World, owner: str
) -> None:
    shown = world.call("GET", "/v1/subscription", token=owner)
    assert (shown.status, shown.json["status"], shown.etag) == (200, "trial", '"0"')
    assert shown.json["trial_ends_at"] == "2026-04-01T14:00:00Z"
    assert _stored() == []


def test_the_first_plan_makes_the_record(world: World, owner: str) -> None:
    step_up(world, owner)
    chosen = _choose(world, owner, 0)
    assert (chosen.status, chosen.json["plan"], chosen.etag) == (200, "solo", '"1"')
    assert chosen.json["status"] == "trial"
    assert len(_stored()) == 1
    assert _choose(world, owner, 0).status == 412


def test_a_plan_chosen_long_after_the_trial_is_billed_from_that_day(
    world: World, owner: str
) -> None:
    token = _at(world, datetime(2026, 9, 11, 9, tzinfo=UTC))
    chosen = _choose(world, token, 0)
    assert (chosen.json["status"], chosen.json["billed_from"]) == ("billed", "2026-09-11")
    world.tick()
    assert world.call("GET", "/v1/subscription/invoices", token=token).json["items"] == []


def test_the_first_use_that_is_billed_starts_its_clock(world: World, owner: str) -> None:
    practice_id = world.call("GET", "/v1/me", token=owner).json["practice_id"]
    with working("messaging", practice_id, "a test") as context:
        note_use(context)
    token = _at(world, datetime(2026, 4, 1, 14, 1, tzinfo=UTC))
    world.tick()
    shown = world.call("GET", "/v1/subscription", token=token).json
    assert (shown["status"], shown["overdue"]) == ("trial_over", True)


def test_a_practice_that_operations_found_is_on_trial_too(world: World) -> None:
    founded = {name: value for name, value in SIGN_UP.items() if name != "password"}
    made = world.call("POST", "/v1/operations/practices", founded, token=operator(world))
    assert made.status == 201, made.text
    world.pump()
    (row,) = _stored()
    assert row["status"]["S"] == "trial"
