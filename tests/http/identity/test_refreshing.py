"""A refresh token is good once; a second use ends its session; a retry is no second use (PROMISES 15)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.faults import answering, events
from tests.http.identity.conftest import Both
from tests.http.identity.signing import me, refreshed, said
from tests.world import Answered, World

ATTEMPT, OTHER = "attempt-0123456789", "attempt-9876543210"


def _again(world: World, token: str, attempt: str | None) -> Answered:
    body = {"refresh_token": token, "attempt": attempt}
    return world.call("POST", "/v1/sessions/refresh", body)


@dataclass
class Family:
    """What must be: the tokens given out, how each was asked for, and whether it is over."""

    tokens: list[str]
    asked: list[str | None] = field(default_factory=list)
    at: datetime | None = None
    over: bool = False

    def answer(self, number: int, attempt: str | None, now: datetime) -> int:
        """Which token a refresh by the token of this number gives: its number, or -1."""
        newest = len(self.tokens) - 1
        if self.over:
            return -1
        if number == newest:
            self.asked.append(attempt)
            self.at = now
            return newest + 1
        retried = number == newest - 1 and attempt and attempt == self.asked[number]
        if retried and self.at and now < self.at + timedelta(minutes=1):
            return newest
        self.over = True
        return -1


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=[pytest.mark.campaign] if n >= 25 else []) for n in range(300)]
)
def test_any_sequence_of_refreshes_retries_and_thefts_goes_as_the_model_says(
    both: Both, seed: int
) -> None:
    dice, world = Random(seed), both.world
    families = [Family([each["refresh_token"]]) for each in (both.elm, both.ada)]
    for _ in range(12):
        world.clock.advance(seconds=dice.choice([0, 0, 29, 31, 70]))
        family = dice.choice(families)
        newest = len(family.tokens) - 1
        number = max(0, newest - dice.choice([0, 0, 0, 1, 1, 2]))
        attempt = dice.choice([None, ATTEMPT, ATTEMPT, OTHER])
        expected = family.answer(number, attempt, world.clock.now())
        answer = _again(world, family.tokens[number], attempt)
        assert answer.status == (401 if expected < 0 else 200), (seed, number, newest, attempt)
        if expected > newest:
            family.tokens.append(answer.json["refresh_token"])
        elif expected >= 0:
            assert answer.json["refresh_token"] == family.tokens[expected]
        ended = [_is_ended(world, each.tokens[0]) for each in families]
        assert ended == [each.over for each in families], seed
        if expected >= 0:
            assert me(world, answer.json["access_token"]).status == 200


def _is_ended(world: World, refresh_token: str) -> bool:
    practice_id, session_id, *_ = refresh_token.split(".")
    (item,) = [
        item for item in world.items() if item["pk"]["S"] == f"{practice_id}#session#{session_id}#"
    ]
    return bool(item["ended"]["BOOL"])


def test_whoever_lost_the_answer_gets_it_again_and_goes_on(both: Both) -> None:
    lost = _again(both.world, both.elm["refresh_token"], ATTEMPT).json
    both.world.clock.advance(seconds=59)
    again = _again(both.world, both.elm["refresh_token"], ATTEMPT)
    assert again.json["refresh_token"] == lost["refresh_token"]
    assert _again(both.world, again.json["refresh_token"], OTHER).status == 200


@pytest.mark.parametrize(
    ("seconds", "attempt"), [(0, OTHER), (0, None), (60, ATTEMPT), (61, ATTEMPT)]
)
def test_what_is_no_retry_ends_the_session(both: Both, seconds: int, attempt: str | None) -> None:
    """A thief has the token and not the attempt, or comes late."""
    first = _again(both.world, both.elm["refresh_token"], ATTEMPT).json
    both.world.clock.advance(seconds=seconds)
    assert _again(both.world, both.elm["refresh_token"], attempt).status == 401
    assert me(both.world, first["access_token"]).status == 401
    assert _again(both.world, first["refresh_token"], OTHER).status == 401
    assert me(both.world, both.oak["access_token"]).status == 200


def test_a_retry_after_its_successor_was_used_ends_the_session(both: Both) -> None:
    first = _again(both.world, both.elm["refresh_token"], ATTEMPT).json
    second = _again(both.world, first["refresh_token"], OTHER).json
    assert _again(both.world, both.elm["refresh_token"], ATTEMPT).status == 401
    assert me(both.world, second["access_token"]).status == 401


def test_a_refresh_that_could_not_be_written_is_tried_again(both: Both) -> None:
    with answering("TransactWriteItems", times=1, error="InternalServerError"):
        failed = _again(both.world, both.elm["refresh_token"], ATTEMPT)
    assert failed.status == 503
    assert _again(both.world, both.elm["refresh_token"], ATTEMPT).status == 200


@pytest.mark.parametrize("attempt", ["", "short", "x" * 101, 5])
def test_an_attempt_is_long_enough_not_to_be_guessed(both: Both, attempt: Any) -> None:
    answer = _again(both.world, both.elm["refresh_token"], attempt)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "attempt")


def test_a_second_use_meanwhile_ends_the_session_whoever_commits_first(both: Both) -> None:
    """A thief's refresh under way does not bring back what the second use ended."""
    world, inner = both.world, list[int]()
    first = refreshed(world, both.elm["refresh_token"]).json

    def meanwhile(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems" and not inner:
            inner.append(0)
            inner[0] = refreshed(world, both.elm["refresh_token"]).status

    events().register("before-call.dynamodb.*", meanwhile)
    try:
        outer = refreshed(world, first["refresh_token"])
    finally:
        events().unregister("before-call.dynamodb.*", meanwhile)
    assert (outer.status, inner) == (401, [401])
    assert _is_ended(world, first["refresh_token"])


def test_a_member_who_was_signed_out_refreshes_nothing(both: Both) -> None:
    path = f"/v1/members/{both.elm['user_id']}/sign-out"
    assert both.world.call("POST", path, token=both.ada["access_token"]).status == 204
    answer = refreshed(both.world, both.elm["refresh_token"])
    assert said(answer) == said(me(both.world, ""))
