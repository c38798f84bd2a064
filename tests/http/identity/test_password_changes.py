"""Changing and resetting a password, and mailing a verification again."""

from typing import Any

import pytest

from tests.builders.guarded import ADA, KIM, Guarded, try_password
from tests.http.identity.signing import me, refreshed, said
from tests.http.identity.test_passwords import SIGN_UP
from tests.world import PASSWORD, newest_link

NEW = "a wholly different phrase"


def _change(guarded: Guarded, token: str, new: str = NEW, current: str = PASSWORD) -> Any:
    body = {"current_password": current, "new_password": new}
    return guarded.call("POST", "/v1/me/password", body, token=token)


def _link(guarded: Guarded, email: str) -> str:
    asked = guarded.call("POST", "/v1/passwords/reset-request", {"email": email})
    assert asked.status == 204
    return newest_link(guarded.world)


def _reset(guarded: Guarded, token: str, password: str = NEW) -> Any:
    return guarded.call("POST", "/v1/passwords/reset", {"token": token, "password": password})


def test_changing_the_password_ends_one_s_other_sessions_and_tells_by_mail(
    guarded: Guarded,
) -> None:
    other = try_password(guarded.world, ADA).json
    assert _change(guarded, guarded.owner).status == 204
    assert me(guarded.world, guarded.owner).status == 200
    assert me(guarded.world, other["access_token"]).status == 401
    assert refreshed(guarded.world, other["refresh_token"]).status == 401
    assert me(guarded.world, guarded.nurse).status == 200
    guarded.world.clock.advance(seconds=1)
    assert try_password(guarded.world, ADA).status == 401
    assert try_password(guarded.world, ADA, NEW).status == 201
    guarded.world.pump()
    (mail,) = [mail for mail in guarded.world.mails() if "Your password was changed" in mail]
    assert ADA in mail


def test_a_wrong_current_password_changes_nothing_and_counts_as_a_guess(guarded: Guarded) -> None:
    tried = [_change(guarded, guarded.owner, current=f"guess {each}") for each in range(6)]
    assert [answer.status for answer in tried] == [401] * 5 + [429]
    assert tried[0].json["code"] == "wrong_credentials"
    guarded.world.clock.advance(seconds=2)
    assert try_password(guarded.world, ADA).status == 201


@pytest.mark.parametrize(
    ("token", "password", "code"),
    [
        ("owner", "eight8ch", "too_short"),
        ("nurse", "seven7c", "too_short"),
        ("nurse", "baseball", "common"),
        ("nurse", "Kim@clinic.example1", "personal"),
        ("owner", "Elm Street Clinic 1", "personal"),
    ],
)
def test_a_weak_new_password_names_why(
    guarded: Guarded, token: str, password: str, code: str
) -> None:
    answer = _change(guarded, getattr(guarded, token), password)
    assert (answer.status, answer.json["code"]) == (422, "weak_password")
    assert [error["code"] for error in answer.json["errors"]] == [code]


def test_eight_characters_do_with_a_second_factor_until_the_last_is_removed(
    guarded: Guarded,
) -> None:
    assert _change(guarded, guarded.nurse, "zebra8ox").status == 204
    for path in ("/v1/me/factors/totp", _passkey(guarded)):
        answer = guarded.call("DELETE", path, token=guarded.nurse, If_Match='"1"')
        assert answer.status in (204, 409)
    assert answer.json["code"] == "longer_password_first"
    assert _change(guarded, guarded.nurse, NEW, current="zebra8ox").status == 204
    removed = guarded.call("DELETE", _passkey(guarded), token=guarded.nurse, If_Match='"1"')
    assert removed.status == 204
    guarded.world.clock.advance(seconds=1)
    assert try_password(guarded.world, KIM, NEW).json["second_step"] is None


def test_a_reset_sets_the_password_ends_every_session_and_leaves_the_second_factor(
    guarded: Guarded,
) -> None:
    assert _reset(guarded, _link(guarded, KIM)).status == 204
    assert me(guarded.world, guarded.nurse).status == 401
    assert me(guarded.world, guarded.owner).status == 200
    guarded.world.clock.advance(seconds=30)
    assert try_password(guarded.world, KIM).status == 401
    answer = try_password(guarded.world, KIM, NEW)
    assert answer.json["access_token"] is None
    challenge = answer.json["second_step"]["challenge"]
    assert guarded.answer(challenge, guarded.app.code()).status == 201


def test_a_challenge_from_before_a_reset_is_void(guarded: Guarded) -> None:
    challenge = guarded.challenge()
    guarded.world.clock.advance(seconds=1)
    _reset(guarded, _link(guarded, KIM))
    assert guarded.answer(challenge, guarded.app.code()).json["code"] == "wrong_code"


def test_a_reset_link_is_mailed_works_once_and_makes_the_others_void(guarded: Guarded) -> None:
    older = _link(guarded, ADA)
    guarded.world.clock.advance(minutes=1)
    token = _link(guarded, ADA)
    guarded.world.pump()
    assert [mail for mail in guarded.world.mails() if token in mail and "one hour" in mail]
    assert _reset(guarded, token).status == 204
    for spent in (token, older):
        answer = _reset(guarded, spent, f"{NEW} again")
        assert (answer.status, answer.json["code"]) == (422, "link_spent")


def test_a_reset_link_is_good_for_an_hour_and_for_nothing_else(guarded: Guarded) -> None:
    token = _link(guarded, ADA)
    assert guarded.call("POST", "/v1/practices/verify", {"token": token}).status == 422
    weak = _reset(guarded, token, "short")
    assert weak.json["code"] == "weak_password"
    guarded.world.clock.advance(hours=1)
    assert _reset(guarded, token).json["code"] == "link_spent"
    assert try_password(guarded.world, ADA).status == 201


def test_nobody_is_mailed_for_an_address_without_an_account(guarded: Guarded) -> None:
    answer = guarded.call("POST", "/v1/passwords/reset-request", {"email": "no@clinic.example"})
    assert (answer.status, answer.text) == (204, "")
    assert _reset(guarded, newest_link(guarded.world)).json["code"] == "link_spent"
    guarded.world.pump()
    assert [mail for mail in guarded.world.mails() if "one hour" in mail] == []


def test_asking_for_mail_over_and_over_is_slowed_alike_for_all(guarded: Guarded) -> None:
    told = []
    for email in (ADA, "no@clinic.example"):
        body = {"email": email}
        asked = [guarded.call("POST", "/v1/passwords/reset-request", body) for _ in range(6)]
        assert [answer.status for answer in asked] == [204] * 5 + [429]
        told.append(said(asked[-1]))
    assert told[0] == told[1]


def test_a_verification_is_mailed_again_to_who_waits_for_it_alone(guarded: Guarded) -> None:
    world = guarded.world
    world.call("POST", "/v1/practices", {**SIGN_UP, "password": PASSWORD})
    lost = newest_link(world)
    for email in (SIGN_UP["email"], ADA, "no@clinic.example"):
        answer = world.call("POST", "/v1/practices/verification", {"email": email})
        assert (answer.status, answer.text) == (204, "")
    world.pump()
    mails = [mail for mail in world.mails() if "Verify your e-mail" in mail]
    assert len(mails) == 2
    assert all(SIGN_UP["email"] in mail for mail in mails)
    assert lost in mails[0] + mails[1]
    assert world.call("POST", "/v1/practices/verify", {"token": world.mailed_token()}).status == 200
    assert try_password(world, SIGN_UP["email"]).status == 201


def _passkey(guarded: Guarded) -> str:
    own = guarded.call("GET", "/v1/me/factors", token=guarded.nurse).json["passkeys"]
    return f"/v1/me/factors/passkeys/{own[0]['id']}"
