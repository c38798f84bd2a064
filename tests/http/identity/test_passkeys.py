"""Passkeys by a software authenticator: both ceremonies, and everything that must not hold."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.builders.authenticator import PRESENT, VERIFIED, Authenticator, changed
from tests.builders.factors import (
    ask_for_passkey,
    enrol_passkey,
    passkey_answer,
    sign_in_with_passkey,
)
from tests.builders.guarded import KIM, Guarded
from tests.http.identity.signing import me
from tests.world import PASSWORD

BEGIN = {"method": "passkey", "password": PASSWORD}


def _finish(guarded: Guarded, asked: Any, credential: str) -> Any:
    body = {"challenge": asked["challenge"], "method": "passkey", "credential": credential}
    return guarded.call("POST", "/v1/sessions/mfa", body)


def test_a_passkey_signs_in_without_a_password_and_is_a_second_factor(guarded: Guarded) -> None:
    kept = guarded.mfa_at()
    answer = sign_in_with_passkey(guarded.world, guarded.key)
    assert answer.status == 201
    assert answer.json["user_id"] == guarded.user_id
    assert me(guarded.world, answer.json["access_token"]).status == 200
    assert len(guarded.mfa_at()) == len(kept) + 1


def test_a_passkey_is_the_second_step_after_a_password(guarded: Guarded) -> None:
    body = {"email": KIM, "password": PASSWORD}
    asked = guarded.call("POST", "/v1/sessions", body).json["second_step"]
    assert _finish(guarded, asked, guarded.key.get(asked["public_key"])).status == 201


def test_a_passkey_that_does_not_count_signs_in_again_and_again(guarded: Guarded) -> None:
    guarded.key.counts, guarded.key.count = False, 0
    begun = guarded.call("POST", "/v1/me/factors", BEGIN, token=guarded.nurse).json
    synced = Authenticator(counts=False)
    body = {
        "challenge": begun["challenge"],
        "name": "Phone",
        "credential": synced.create(begun["public_key"]),
    }
    answer = guarded.call("POST", "/v1/me/factors/passkeys", body, token=guarded.nurse)
    assert answer.json == {"recovery_codes": []}
    assert [sign_in_with_passkey(guarded.world, synced).status for _ in range(3)] == [201] * 3


def test_a_sign_count_that_does_not_rise_is_refused(guarded: Guarded) -> None:
    assert sign_in_with_passkey(guarded.world, guarded.key).status == 201
    guarded.key.count -= 1
    assert sign_in_with_passkey(guarded.world, guarded.key).status == 401
    assert sign_in_with_passkey(guarded.world, guarded.key).status == 201


def _other_challenge(guarded: Guarded, asked: Any) -> str:
    return guarded.key.get({**asked["public_key"], "challenge": "AAAA"})


def _of_nobody(guarded: Guarded, asked: Any) -> str:
    stranger = Authenticator(user_handle=guarded.key.user_handle)
    return stranger.get(asked["public_key"])


def _of_the_owner(guarded: Guarded, asked: Any) -> str:
    key = enrol_passkey(guarded.world, guarded.owner)
    key.user_handle = guarded.key.user_handle
    return key.get(asked["public_key"])


def _elsewhere(**where: str) -> Callable[[Guarded, Any], str]:
    def get(guarded: Guarded, asked: Any) -> str:
        for name, value in where.items():
            setattr(guarded.key, name, value)
        return guarded.key.get(asked["public_key"])

    return get


def _flags(flags: int) -> Callable[[Guarded, Any], str]:
    return lambda guarded, asked: guarded.key.get(asked["public_key"], flags=flags)


def _with(**response: str) -> Callable[[Guarded, Any], str]:
    return lambda guarded, asked: changed(guarded.key.get(asked["public_key"]), **response)


WRONG: dict[str, Callable[[Guarded, Any], str]] = {
    "another challenge": _other_challenge,
    "a key that nobody enrolled": _of_nobody,
    "the key of somebody else": _of_the_owner,
    "another site": _elsewhere(origin="https://careloom.bad.example"),
    "another port": _elsewhere(origin="http://127.0.0.1:3001"),
    "another relying party": _elsewhere(host="bad.example"),
    "nobody verified": _flags(PRESENT),
    "nobody present": _flags(VERIFIED),
    "another signature": _with(signature="MEUCIQ"),
    "other data": _with(authenticatorData="AAAA"),
    "no client data": _with(clientDataJSON="e30"),
    "no user": _with(userHandle=""),
    "another user": _with(userHandle="dXNyX3g"),
    "a user with a key's sign": _with(userHandle="dXNyXyN4"),
    "nothing": lambda *_: "",
    "no object": lambda *_: "[]",
    "a number": lambda *_: "1",
    "no JSON": lambda *_: "{",
    "depth": lambda *_: "[" * 9_000,
    "a creation": lambda guarded, asked: guarded.key.create(
        {**asked["public_key"], "user": {"id": guarded.key.user_handle}}
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_that_is_not_of_this_key_here_and_now_is_one_401(
    guarded: Guarded, case: str
) -> None:
    asked = ask_for_passkey(guarded.world)
    credential = WRONG[case](guarded, asked)
    kept = guarded.mfa_at()
    answer = _finish(guarded, asked, credential)
    assert (answer.status, answer.json["code"]) == (401, "wrong_code")
    assert guarded.mfa_at() == kept


def test_an_answer_is_good_once(guarded: Guarded) -> None:
    guarded.key.counts, guarded.key.count = True, 5
    body = passkey_answer(guarded.world, guarded.key)
    assert [guarded.call("POST", "/v1/sessions/mfa", body).status for _ in range(2)] == [201, 401]


def test_an_answer_of_five_minutes_ago_is_none(guarded: Guarded) -> None:
    body = passkey_answer(guarded.world, guarded.key)
    guarded.world.clock.advance(minutes=5)
    assert guarded.call("POST", "/v1/sessions/mfa", body).status == 401


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=[pytest.mark.campaign] if n >= 8 else []) for n in range(100)]
)
def test_bytes_changed_anywhere_in_an_answer_are_a_401_and_never_a_500(
    guarded: Guarded, seed: int
) -> None:
    dice = Random(seed)
    body = passkey_answer(guarded.world, guarded.key)
    credential: Any = json.loads(body["credential"])
    name = dice.choice(["clientDataJSON", "authenticatorData", "signature", "userHandle"])
    text = credential["response"][name]
    at = dice.randrange(len(text) - 2)
    other = dice.choice([sign for sign in "ABCXYZ089_-" if sign != text[at]])
    credential["response"][name] = text[:at] + other + text[at + 1 :]
    answer = guarded.call(
        "POST", "/v1/sessions/mfa", {**body, "credential": json.dumps(credential)}
    )
    assert answer.status == 401, (seed, name, at)


def _creation(change: Callable[[Authenticator, Any], str]) -> Callable[[Any], str]:
    return lambda options: change(Authenticator(), options)


@pytest.mark.parametrize(
    "make",
    [
        _creation(lambda key, options: key.create({**options, "challenge": "AAAA"})),
        _creation(lambda key, options: key.create(options, flags=PRESENT)),
        lambda options: Authenticator(origin="https://bad.example").create(options),
        lambda options: Authenticator(host="bad.example").create(options),
        _creation(lambda key, options: changed(key.create(options), attestationObject="oA")),
        lambda _: "",
        lambda _: "[]",
    ],
    ids=["challenge", "unverified", "site", "party", "attestation", "nothing", "list"],
)
def test_a_passkey_that_was_not_made_here_and_now_is_not_added(
    guarded: Guarded, make: Callable[[Any], str]
) -> None:
    begun = guarded.call("POST", "/v1/me/factors", BEGIN, token=guarded.owner).json
    body = {
        "challenge": begun["challenge"],
        "name": "Key",
        "credential": make(begun["public_key"]),
    }
    answer = guarded.call("POST", "/v1/me/factors/passkeys", body, token=guarded.owner)
    assert (answer.status, answer.json["code"]) == (422, "passkey_refused")
    assert guarded.call("GET", "/v1/me/factors", token=guarded.owner).json["passkeys"] == []


def test_an_account_has_ten_passkeys_at_most(guarded: Guarded) -> None:
    for number in range(9):
        enrol_passkey(guarded.world, guarded.nurse, name=f"Key {number}")
    answer = guarded.call("POST", "/v1/me/factors", BEGIN, token=guarded.nurse)
    assert (answer.status, answer.json["code"]) == (409, "too_many_passkeys")
