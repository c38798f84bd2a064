"""Credentials of role sessions: whose they are, kept, renewed in time, one renewal at a time."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.platform import assumed_roles
from chalicelib.platform.assumed_roles import AssumedRoles, Session, session_for
from chalicelib.platform.clock import SetClock

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ONE, TWO = Session("arn:practice", ("prc_1",)), Session("arn:practice", ("prc_2",))


class Sts:
    """Gives credentials for an hour, each with a number; counts how often it is asked."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.asked: list[dict[str, Any]] = []
        self.fails = False

    def assume_role(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self.fails:
            raise ClientError({"Error": {"Code": "Throttling"}}, "AssumeRole")
        return {
            "Credentials": {
                "AccessKeyId": f"key-{len(self.asked)}-{asked['RoleSessionName']}",
                "SecretAccessKey": "secret",
                "SessionToken": "token",
                "Expiration": self.clock.now() + timedelta(hours=1),
            }
        }


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def sts(clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sts]:
    fake = Sts(clock)
    roles = SimpleNamespace(practice_role="arn:practice", entry_role="arn:entry")
    monkeypatch.setattr(assumed_roles, "client", lambda _service: fake)
    monkeypatch.setattr(assumed_roles, "settings", lambda: roles)
    return fake


@pytest.mark.parametrize(
    ("owners", "session"),
    [
        ([], None),
        (["sys", "sys"], None),
        (["prc_1", "prc_1"], ONE),
        (["sys", "prc_1"], Session("arn:entry", ("prc_1",))),
        (["prc_2", "prc_1"], Session("arn:entry", ("prc_1", "prc_2"))),
        (["prc_2", "sys", "prc_1"], Session("arn:entry", ("prc_1", "prc_2"))),
    ],
)
def test_a_call_is_signed_for_the_owners_of_its_keys(
    sts: Sts, owners: list[str], session: Session | None
) -> None:
    assert session_for(owners) == session


def test_one_call_names_at_most_two_practices(sts: Sts) -> None:
    with pytest.raises(ValueError, match="3 practices"):
        session_for(["prc_1", "prc_2", "prc_3"])


def test_the_session_carries_the_practice_as_a_tag_that_no_further_role_can_change(
    sts: Sts, clock: SetClock
) -> None:
    roles = AssumedRoles(clock)
    roles.keys_of(ONE)
    roles.keys_of(Session("arn:entry", ("prc_1",)))
    roles.keys_of(Session("arn:entry", ("prc_1", "prc_2")))
    tags = [{tag["Key"]: tag["Value"] for tag in asked["Tags"]} for asked in sts.asked]
    assert tags == [
        {"practice": "prc_1"},
        {"practice": "prc_1", "second": "prc_1"},
        {"practice": "prc_1", "second": "prc_2"},
    ]
    assert [set(asked["TransitiveTagKeys"]) for asked in sts.asked] == [set(t) for t in tags]
    assert {asked["DurationSeconds"] for asked in sts.asked} == {3_600}


def test_a_practice_s_credentials_are_asked_for_once_and_renewed_before_they_end(
    sts: Sts, clock: SetClock
) -> None:
    roles = AssumedRoles(clock)
    seen = []
    for _minute in range(125):
        seen.append(roles.keys_of(ONE).access_key)
        clock.advance(minutes=1)
    assert Counter(seen) == {
        "key-1-prc_1": 40,
        "key-2-prc_1": 40,
        "key-3-prc_1": 40,
        "key-4-prc_1": 5,
    }


def test_a_renewal_that_fails_leaves_credentials_that_still_hold(sts: Sts, clock: SetClock) -> None:
    roles = AssumedRoles(clock)
    first = roles.keys_of(ONE)
    sts.fails = True
    clock.advance(minutes=55)
    assert roles.keys_of(ONE) == first
    clock.advance(minutes=5)
    with pytest.raises(ClientError):
        roles.keys_of(ONE)
    sts.fails = False
    assert roles.keys_of(ONE) != first


def test_only_so_many_sessions_are_kept_and_the_last_used_stay(sts: Sts, clock: SetClock) -> None:
    roles = AssumedRoles(clock, most=2)
    for session in (ONE, TWO, ONE, Session("arn:practice", ("prc_3",)), ONE):
        roles.keys_of(session)
    assert [asked["RoleSessionName"] for asked in sts.asked] == ["prc_1", "prc_2", "prc_3"]
    roles.keys_of(TWO)
    assert len(sts.asked) == 4


def test_one_renewal_at_a_time_and_the_others_do_not_wait_for_it(
    sts: Sts, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = AssumedRoles(clock)
    first = roles.keys_of(ONE)
    under_way, go_on, assume = Event(), Event(), sts.assume_role

    def slow(**asked: Any) -> dict[str, Any]:
        under_way.set()
        assert go_on.wait(5)
        return assume(**asked)

    monkeypatch.setattr(sts, "assume_role", slow)
    clock.advance(minutes=51)
    with ThreadPoolExecutor(1) as pool:
        renewed = pool.submit(roles.keys_of, ONE)
        assert under_way.wait(5)
        assert [roles.keys_of(ONE) for _ in range(20)] == [first] * 20
        go_on.set()
        assert renewed.result() != first
    assert len(sts.asked) == 2


def test_sixteen_threads_that_come_first_ask_once(sts: Sts, clock: SetClock) -> None:
    roles = AssumedRoles(clock)
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: roles.keys_of(ONE).access_key, range(200)))
    assert (keys, len(sts.asked)) == ({"key-1-prc_1"}, 1)
