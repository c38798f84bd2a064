"""A session that was idle too long is the same session again, by a passkey or password and code."""

from typing import Any

import pytest

from tests.builders.factors import passkey_answer, sign_in_with_totp
from tests.builders.guarded import ADA, KIM, Guarded, try_password
from tests.http.identity.signing import me, refreshed
from tests.world import PASSWORD


def _kim(guarded: Guarded) -> Any:
    return sign_in_with_totp(guarded.world, KIM, guarded.app)


def _unlock(guarded: Guarded, session: Any, **body: Any) -> Any:
    body = {"refresh_token": session["refresh_token"], **body}
    return guarded.call("POST", "/v1/sessions/unlock", body)


def _code(code: str, method: str = "totp") -> dict[str, str]:
    return {"method": method, "code": code}


def test_a_passkey_resumes_a_locked_session_in_one_request(guarded: Guarded) -> None:
    session = _kim(guarded)
    guarded.world.clock.advance(minutes=15)
    assert refreshed(guarded.world, session["refresh_token"]).json["code"] == "session_locked"
    answer = _unlock(guarded, session, factor=passkey_answer(guarded.world, guarded.key))
    assert answer.status == 200
    assert answer.json["session_id"] == session["session_id"]
    assert me(guarded.world, answer.json["access_token"]).status == 200
    path = "/v1/me/factors/recovery-codes"
    assert guarded.call("POST", path, token=answer.json["access_token"]).status == 201


def test_so_do_password_and_code_and_the_old_refresh_token_is_used(guarded: Guarded) -> None:
    session = _kim(guarded)
    guarded.world.clock.advance(hours=11)
    answer = _unlock(guarded, session, password=PASSWORD, factor=_code(guarded.app.code()))
    assert (answer.status, answer.json["session_id"]) == (200, session["session_id"])
    again = _unlock(guarded, session, password=PASSWORD, factor=_code(guarded.app.fresh_code()))
    assert again.status == 401
    assert me(guarded.world, answer.json["access_token"]).status == 401


def test_who_has_no_second_factor_gives_the_password(guarded: Guarded) -> None:
    session, kept = try_password(guarded.world, ADA).json, guarded.mfa_at()
    guarded.world.clock.advance(minutes=20)
    assert _unlock(guarded, session, password="not it").status == 401
    answer = _unlock(guarded, session, password=PASSWORD)
    assert (answer.status, answer.json["session_id"]) == (200, session["session_id"])
    assert guarded.mfa_at() == kept


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": PASSWORD},
        {"password": "not it", "factor": "right"},
        {"password": PASSWORD, "factor": "wrong"},
        {"factor": "right"},
        {"factor": {"method": "passkey"}},
        {"factor": {"method": "passkey", "challenge": "x", "credential": "{}"}},
    ],
    ids=["nothing", "password", "code", "wrong code", "code alone", "no passkey", "bad passkey"],
)
def test_less_than_that_resumes_nothing(guarded: Guarded, body: dict[str, Any]) -> None:
    session, kept = _kim(guarded), guarded.mfa_at()
    guarded.world.clock.advance(minutes=15)
    codes = {"right": guarded.app.code(), "wrong": guarded.app.wrong_code()}
    if isinstance(body.get("factor"), str):
        body = {**body, "factor": _code(codes[body["factor"]])}
    assert _unlock(guarded, session, **body).status == 401
    assert refreshed(guarded.world, session["refresh_token"]).json["code"] == "session_locked"
    assert guarded.mfa_at() == kept


def test_a_session_that_is_over_is_not_resumed(guarded: Guarded) -> None:
    late, ended = _kim(guarded), _kim(guarded)
    guarded.call("POST", "/v1/sessions/sign-out", token=ended["access_token"])
    guarded.world.clock.advance(hours=12)
    for session in (late, ended):
        answer = _unlock(guarded, session, factor=passkey_answer(guarded.world, guarded.key))
        assert (answer.status, answer.json["code"]) == (401, "unauthenticated")


def test_another_person_s_passkey_resumes_nothing(guarded: Guarded) -> None:
    session = try_password(guarded.world, ADA).json
    guarded.world.clock.advance(minutes=15)
    answer = _unlock(guarded, session, factor=passkey_answer(guarded.world, guarded.key))
    assert answer.status == 401
