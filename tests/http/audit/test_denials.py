"""Every denial is written down, and none of them floods the audit (PROMISES 18)."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.platform.config import Rate
from chalicelib.platform.denials import Denials
from chalicelib.platform.rates import Buckets, Rates
from chalicelib.platform.runtime import runtime
from tests import tables
from tests.builders.audit import Watched
from tests.faults import calls
from tests.isolation.leaks import listening
from tests.world import PASSWORD, Answered


def chart(watched: Watched, role: str = "clinician") -> Answered:
    return watched.chart(watched.ada, role)


def denials(watched: Watched, code: str) -> list[tables.Row]:
    return [row for row in watched.entries() if row["outcome"]["S"] == code]


def anonymous(code: str) -> list[tables.Row]:
    """Of nobody's practice."""
    return [
        row
        for row in tables.rows().values()
        if row["pk"]["S"].startswith("sys#audit#anonymous#") and row["outcome"]["S"] == code
    ]


def said(row: tables.Row) -> dict[str, Any]:
    return {name: value.get("S") or value.get("N") for name, value in row.items()}


def test_an_expired_token_names_a_practice_whose_audit_has_it(watched: Watched) -> None:
    session = watched.get("clinician", "/v1/me")["session_id"]
    watched.world.clock.advance(minutes=10)
    with calls() as sent:
        refused = chart(watched)
    assert (refused.status, refused.json["code"]) == (401, "unauthenticated")
    assert sent == ["PutItem"]
    (row,) = denials(watched, "unauthenticated")
    assert row["pk"]["S"].split("#")[2] == watched.users["clinician"]
    assert said(row).items() >= {"action": "read_chart", "session_id": session}.items()


def test_ten_of_a_minute_are_one_entry_and_the_next_one_says_so(watched: Watched) -> None:
    watched.world.clock.advance(minutes=10)
    for _ in range(10):
        assert chart(watched).status == 401
    watched.world.clock.advance(minutes=1)
    assert chart(watched).status == 401
    first, second = denials(watched, "unauthenticated")
    assert ("times" in first, second["times"]) == (False, {"N": "10"})
    watched.sign_in("manager")
    path = f"/v1/members/{watched.users['clinician']}/activity"
    listed = [each["times"] for each in watched.get("manager", path)["items"][:2]]
    assert listed == [10, 1]


def test_two_functions_at_once_write_one_entry(watched: Watched) -> None:
    watched.world.clock.advance(minutes=10)
    for _ in range(2):
        runtime().denials = Denials()
        assert chart(watched).status == 401
    assert len(denials(watched, "unauthenticated")) == 1


def test_an_ended_session_and_a_key_that_is_over_are_capped_alike(watched: Watched) -> None:
    key = watched.with_key("lab")
    watched.call("owner", "DELETE", f"/v1/api-keys/{key}", If_Match='"1"')
    assert watched.call("clinician", "POST", "/v1/sessions/sign-out").status == 204
    for _ in range(3):
        assert chart(watched).status == chart(watched, "lab").status == 401
    actors = {row["pk"]["S"].split("#")[2] for row in denials(watched, "unauthenticated")}
    assert actors == {key, watched.users["clinician"]}
    assert len(denials(watched, "unauthenticated")) == 2


def test_a_forged_token_or_one_of_long_ago_is_in_the_log_and_in_no_audit(watched: Watched) -> None:
    old, kept = watched.tokens["clinician"], tables.image()
    with listening() as leaks:
        for token in (f"{old[:-3]}AAA", "x.y.z"):
            assert watched.world.call("GET", "/v1/me", token=token).status == 401
        watched.world.clock.advance(days=8)
        assert watched.world.call("GET", "/v1/me", token=old).status == 401
        assert watched.world.call("GET", "/v1/me").status == 401, "no token: nothing was refused"
    assert list(tables.changed_since(kept)) == []
    (logged,), (measured,) = leaks.places["log"], leaks.places["metrics"]
    assert logged.count('"message":"token refused"') == 3
    assert measured.count("TokensRefused") >= 3
    assert old not in logged


def test_too_many_calls_are_one_entry_an_actor_and_minute(watched: Watched) -> None:
    runtime().rates = Rates(*(Buckets(Rate(0.1, 3)) for _ in range(3)))
    statuses = [chart(watched).status for _ in range(6)]
    assert statuses == [200] * 3 + [429] * 3
    assert chart(watched, "front_desk").status == 429
    rows = denials(watched, "too_many_requests")
    actors = sorted(row["pk"]["S"].split("#")[2] for row in rows)
    assert actors == sorted(watched.users[role] for role in ("clinician", "front_desk"))


def test_too_many_calls_of_nobody_are_one_entry_an_address_and_minute(watched: Watched) -> None:
    runtime().rates = Rates(*(Buckets(Rate(0.1, 3)) for _ in range(3)))
    body = {"refresh_token": "x"}
    statuses = [watched.world.call("POST", "/v1/sessions/refresh", body).status for _ in range(6)]
    assert statuses == [401] * 3 + [429] * 3
    assert len(anonymous("too_many_requests")) == 1


def test_an_expired_token_of_an_address_that_sends_too_many_is_its_practice_s_denial(
    watched: Watched,
) -> None:
    watched.world.clock.advance(minutes=10)
    runtime().rates = Rates(*(Buckets(Rate(0.1, 1)) for _ in range(3)))
    assert [chart(watched).status for _ in range(3)] == [401, 429, 429]
    assert len(denials(watched, "too_many_requests")) == 1
    assert anonymous("too_many_requests") == []


def test_slowed_guesses_are_one_entry_an_address_and_minute(watched: Watched) -> None:
    body = {"email": "clinician@clinic.example", "password": "a wrong one, many times"}
    statuses = [watched.world.call("POST", "/v1/sessions", body).status for _ in range(9)]
    assert set(statuses) == {401, 429}
    assert len(anonymous("guessing_slowed")) == 1
    assert len(anonymous("wrong_credentials")) == statuses.count(401)
    watched.world.clock.advance(hours=2)
    assert watched.world.call("POST", "/v1/sessions", {**body, "password": PASSWORD}).status == 201


@pytest.mark.parametrize("seconds", [0, 59])
def test_the_entry_lies_in_its_minute(watched: Watched, seconds: int) -> None:
    watched.world.clock.advance(minutes=10)
    at = watched.world.clock.now().replace(second=0) + timedelta(seconds=seconds)
    watched.world.clock.instant = at
    assert chart(watched).status == 401
    watched.sign_in("manager")
    path = f"/v1/members/{watched.users['clinician']}/activity"
    assert watched.get("manager", path)["items"][0]["at"] == "2026-03-02T14:10:00Z"
