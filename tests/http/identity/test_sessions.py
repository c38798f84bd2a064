"""Idle and total time of a session, its last activity, and refresh tokens that are good once."""

from datetime import datetime
from typing import Any

import pytest

from chalicelib.platform.clock import from_iso
from tests.faults import answering, calls, events
from tests.http.identity.signing import ADA, me, refreshed, said, session
from tests.world import World, sign_in, sign_up


def _seen_at(world: World, session_id: str) -> datetime:
    (item,) = [each for each in world.items() if f"#{session_id}#" in each["pk"]["S"]]
    return from_iso(item["seen_at"]["S"])


def _renewed(world: World, tokens: dict[str, Any]) -> dict[str, Any]:
    answer = refreshed(world, tokens["refresh_token"])
    assert answer.status == 200, answer.text
    renewed: dict[str, Any] = answer.json
    return renewed


@pytest.mark.parametrize(
    ("minutes", "seconds", "status"), [(13, 59, 200), (14, 59, 200), (15, 0, 401), (15, 1, 401)]
)
def test_a_session_ends_fifteen_minutes_after_its_last_activity(
    world: World, minutes: int, seconds: int, status: int
) -> None:
    """Refreshing is none: it only keeps the access token fresh here."""
    sign_up(world)
    tokens = session(world)
    world.clock.advance(minutes=2)
    assert me(world, tokens["access_token"]).status == 200
    world.clock.advance(minutes=9)
    tokens = _renewed(world, tokens)
    world.clock.advance(minutes=minutes - 9, seconds=seconds)
    assert me(world, tokens["access_token"]).status == status
    assert refreshed(world, tokens["refresh_token"]).status == status


def test_refreshing_alone_does_not_keep_a_session_awake(world: World) -> None:
    sign_up(world)
    tokens = session(world)
    for _ in range(2):
        world.clock.advance(minutes=7)
        tokens = _renewed(world, tokens)
    world.clock.advance(seconds=59)
    tokens = _renewed(world, tokens)
    world.clock.advance(seconds=1)
    assert me(world, tokens["access_token"]).status == 401
    assert refreshed(world, tokens["refresh_token"]).status == 401


def test_a_session_that_is_used_ends_after_twelve_hours_all_the_same(world: World) -> None:
    sign_up(world)
    tokens = session(world)
    for _ in range(12 * 60 // 9 - 1):
        world.clock.advance(minutes=9)
        assert me(world, tokens["access_token"]).status == 200
        tokens = _renewed(world, tokens)
    world.clock.advance(minutes=8, seconds=59)
    tokens = _renewed(world, tokens)
    assert me(world, tokens["access_token"]).status == 200
    world.clock.advance(seconds=1)
    assert me(world, tokens["access_token"]).status == 401
    assert refreshed(world, tokens["refresh_token"]).status == 401
    assert me(world, sign_in(world, ADA)).status == 200


def test_last_activity_is_written_at_most_once_a_minute(world: World) -> None:
    sign_up(world)
    tokens = session(world)
    token, started = tokens["access_token"], world.clock.now()
    writes = []
    for _ in range(13):
        with calls() as sent:
            assert me(world, token).status == 200
        writes.append(sent.count("TransactWriteItems"))
        world.clock.advance(seconds=10)
    assert writes == [0] * 7 + [1] + [0] * 5
    assert (_seen_at(world, tokens["session_id"]) - started).total_seconds() == 70


def test_last_activity_is_written_before_the_answer_goes(world: World) -> None:
    sign_up(world)
    tokens = session(world)
    world.clock.advance(minutes=5)
    me(world, tokens["access_token"])
    assert _seen_at(world, tokens["session_id"]) == world.clock.now()


def test_a_last_activity_that_cannot_be_written_hinders_no_answer(world: World) -> None:
    sign_up(world)
    tokens = session(world)
    seen = _seen_at(world, tokens["session_id"])
    world.clock.advance(minutes=5)
    with answering("TransactWriteItems", times=1, error="InternalServerError") as left:
        assert me(world, tokens["access_token"]).status == 200
    assert left == [0]
    assert _seen_at(world, tokens["session_id"]) == seen


def test_an_ended_session_is_not_brought_back_by_a_request_under_way(world: World) -> None:
    sign_up(world)
    tokens = session(world)
    world.call("POST", "/v1/sessions/sign-out", token=tokens["access_token"])
    world.clock.advance(minutes=2)
    assert me(world, tokens["access_token"]).status == 401
    assert refreshed(world, tokens["refresh_token"]).status == 401


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "prc_1.ses_1.secret",
        "prc_.ses_.x",
        "prc_1#.ses_1.x",
        "sys.ses_1.x",
        "prc_1.ses_1",
        "prc_é.ses_é.é.é",
        "." * 300,
    ],
)
def test_a_made_up_refresh_token_is_refused_like_any_other(world: World, token: str) -> None:
    answer = refreshed(world, token)
    assert answer.status == 401
    assert said(answer) == said(me(world, ""))


def test_a_made_up_token_does_not_end_the_session_that_it_names(world: World) -> None:
    sign_up(world)
    tokens = session(world)
    good = tokens["refresh_token"]
    for guess in (good[:-2] + "xx", f"{good}x", ".".join([*good.split(".")[:2], "guess"])):
        assert refreshed(world, guess).status == 401
    assert refreshed(world, good).status == 200


def test_two_refreshes_at_once_are_one(world: World) -> None:
    """The second commit finds the session changed; nothing is granted twice."""
    sign_up(world)
    tokens = session(world)
    inner: list[int] = []

    def meanwhile(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems" and not inner:
            inner.append(0)
            inner[0] = refreshed(world, tokens["refresh_token"]).status

    events().register("before-call.dynamodb.*", meanwhile)
    try:
        outer = refreshed(world, tokens["refresh_token"]).status
    finally:
        events().unregister("before-call.dynamodb.*", meanwhile)
    assert sorted([outer, *inner]) == [200, 401]
