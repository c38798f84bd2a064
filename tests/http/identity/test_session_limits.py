"""Log-off after an idle time and after a total one, by kind of user; polling is no activity (PROMISES 14)."""

from datetime import datetime, timedelta

import pytest

from chalicelib.identity.models import Session
from chalicelib.identity.sessions.limits import LIMITS
from chalicelib.platform.clock import iso
from chalicelib.platform.store import UnitOfWork, get, practice_scope
from tests.http.identity.conftest import Both
from tests.http.identity.signing import me, refreshed, said

POLL = {"X_Background": "true"}
SECOND = timedelta(seconds=1)


def _opened(both: Both, *, seen: datetime, ends: datetime, bearer: str = "staff") -> None:
    """Kim's session at Elm, as it would be stored then."""
    with practice_scope(both.elm["practice_id"]):
        session = get(Session, Session.key(both.elm["practice_id"], both.elm["session_id"]))
        session.seen_at, session.ends_at, session.bearer = seen, ends, bearer
        work = UnitOfWork()
        work.save(session)
        work.commit()


def _seen_at(both: Both) -> str:
    (item,) = [
        item
        for item in both.world.items()
        if item["pk"]["S"].endswith(f"{both.elm['session_id']}#")
    ]
    return str(item["seen_at"]["S"])


@pytest.mark.parametrize(
    ("bearer", "idle", "total"), [("staff", 15, 12), ("operator", 10, 8), ("patient", 30, 24)]
)
def test_each_kind_of_user_has_limits_of_its_own(bearer: str, idle: int, total: int) -> None:
    limit = LIMITS[bearer]
    assert (limit.idle, limit.total) == (timedelta(minutes=idle), timedelta(hours=total))


@pytest.mark.parametrize(
    ("bearer", "idle", "code"),
    [
        ("staff", timedelta(minutes=13, seconds=59), ""),
        ("staff", timedelta(minutes=14, seconds=59), ""),
        ("staff", timedelta(minutes=15) - timedelta(microseconds=1), ""),
        ("staff", timedelta(minutes=15), "session_locked"),
        ("staff", timedelta(minutes=15, seconds=1), "session_locked"),
        ("staff", timedelta(hours=11), "session_locked"),
        ("operator", timedelta(minutes=9, seconds=59), ""),
        ("operator", timedelta(minutes=10), "session_locked"),
        ("operator", timedelta(minutes=10, seconds=1), "session_locked"),
        ("patient", timedelta(minutes=15, seconds=1), ""),
        ("patient", timedelta(minutes=29, seconds=59), ""),
        ("patient", timedelta(minutes=30), "session_locked"),
    ],
)
def test_a_session_is_locked_once_it_was_idle_too_long(
    both: Both, bearer: str, idle: timedelta, code: str
) -> None:
    now = both.world.clock.now()
    _opened(both, seen=now - idle, ends=now + SECOND, bearer=bearer)
    answers = [
        me(both.world, both.elm["access_token"]),
        refreshed(both.world, both.elm["refresh_token"]),
    ]
    for answer in answers:
        assert answer.status == (401 if code else 200)
        assert not code or answer.json["code"] == code


@pytest.mark.parametrize(
    ("idle", "left", "status"),
    [
        (timedelta(0), SECOND, 200),
        (timedelta(0), timedelta(microseconds=1), 200),
        (timedelta(0), timedelta(0), 401),
        (timedelta(0), -SECOND, 401),
        (timedelta(minutes=20), timedelta(0), 401),
    ],
)
def test_a_session_past_its_total_time_is_over_idle_or_not(
    both: Both, idle: timedelta, left: timedelta, status: int
) -> None:
    """And then says nothing of a lock: there is nothing left to unlock."""
    now = both.world.clock.now()
    _opened(both, seen=now - idle, ends=now + left)
    for answer in (
        me(both.world, both.elm["access_token"]),
        refreshed(both.world, both.elm["refresh_token"]),
    ):
        assert answer.status == status
        assert status == 200 or said(answer) == said(me(both.world, ""))


def test_polling_and_refreshing_alone_do_not_keep_a_session_open(both: Both) -> None:
    tokens = both.elm
    before = _seen_at(both)
    for _ in range(14):
        both.world.clock.advance(minutes=1)
        polled = both.world.call("GET", "/v1/me", token=tokens["access_token"], **POLL)
        assert polled.status == 200
        tokens = refreshed(both.world, tokens["refresh_token"]).json
    assert _seen_at(both) == before
    both.world.clock.advance(seconds=59)
    assert both.world.call("GET", "/v1/me", token=tokens["access_token"], **POLL).status == 200
    both.world.clock.advance(seconds=1)
    locked = both.world.call("GET", "/v1/me", token=tokens["access_token"], **POLL)
    assert (locked.status, locked.json["code"]) == (401, "session_locked")


@pytest.mark.parametrize("header", ["true", "TRUE", " true "])
def test_a_poll_says_so_and_everything_else_is_activity(both: Both, header: str) -> None:
    both.world.clock.advance(seconds=61)
    both.world.call("GET", "/v1/me", token=both.elm["access_token"], X_Background=header)
    assert _seen_at(both) < iso(both.world.clock.now())
    for other in ("", "false", "1", "yes"):
        both.world.clock.advance(seconds=61)
        both.world.call("GET", "/v1/me", token=both.elm["access_token"], X_Background=other)
        assert _seen_at(both) == iso(both.world.clock.now())


def test_a_lock_is_told_to_the_bearer_of_a_good_token_alone(both: Both) -> None:
    now = both.world.clock.now()
    _opened(both, seen=now - timedelta(minutes=15), ends=now + SECOND)
    good = both.elm["access_token"]
    for forged in (good[:-8] + "AAAAAAAA", f"{good}.", both.elm["refresh_token"]):
        assert me(both.world, forged).json["code"] == "unauthenticated"
    both.world.clock.advance(minutes=10)
    assert me(both.world, good).json["code"] == "unauthenticated"
