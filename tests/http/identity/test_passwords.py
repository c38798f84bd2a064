"""Passwords over HTTP: what is refused, what is kept whole, and equal work for every guess."""

from typing import Any

import pytest

from chalicelib.identity.credentials import passwords
from tests.world import PASSWORD, World, newest_link, sign_up

SIGN_UP = {
    "practice_name": "Oak",
    "country": "US",
    "time_zone": "America/New_York",
    "currency": "USD",
    "locale": "en-US",
    "name": "Bea",
    "email": "bea@clinic.example",
}


def _signed_up(world: World, password: str) -> Any:
    return world.call("POST", "/v1/practices", {**SIGN_UP, "password": password})


def _sign_in(world: World, password: str, email: str = SIGN_UP["email"]) -> int:
    return world.call("POST", "/v1/sessions", {"email": email, "password": password}).status


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("fourteen chars", "too_short"),
        ("zq", "too_short"),
        ("a" * 40, "common"),
        ("passwordpassword", "common"),
        ("1234567890123456", "common"),
        ("QWERTYUIOPASDFGH", "common"),
        ("a" * 257, "too_long"),
    ],
)
def test_a_weak_password_names_why_at_sign_up_and_at_an_invitation(
    world: World, password: str, code: str
) -> None:
    owner = sign_up(world)
    invite = {"email": "kim@clinic.example", "name": "Kim", "roles": ["nurse"]}
    world.call("POST", "/v1/members", invite, token=owner)
    token = newest_link(world)
    accepted = world.call("POST", "/v1/invitations/accept", {"token": token, "password": password})
    for answer in (_signed_up(world, password), accepted):
        assert (answer.status, answer.json["code"]) == (422, "weak_password")
        assert [error["code"] for error in answer.json["errors"]] == [code]
        assert password not in answer.text
    good = {"token": token, "password": PASSWORD}
    assert world.call("POST", "/v1/invitations/accept", good).status == 200


@pytest.mark.parametrize(
    "password",
    [
        "fifteen letters",
        "all lower case and nothing else at all",
        "ÄÖÜ ßéñ 漢字かな交じり 🙂🙃🙂",
        " spaces before and after ",
        ("correct horse battery staple " * 9)[:256],
    ],
    ids=["15", "no composition rule", "any script", "spaces", "256"],
)
def test_a_long_enough_password_of_any_signs_is_kept_whole(world: World, password: str) -> None:
    assert _signed_up(world, password).status == 201
    world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    assert _sign_in(world, password) == 201
    for other in (password[:-1], password + "x", password[1:], password[:64] + "x"):
        assert _sign_in(world, other) == 401


def test_what_lies_past_the_64th_and_the_72nd_sign_counts(world: World) -> None:
    password = "".join(f"{number:04d}" for number in range(1000, 1025))
    assert len(password) == 100
    _signed_up(world, password)
    world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    for at in (64, 71, 72, 73, 99):
        assert _sign_in(world, password[:at] + "x" + password[at + 1 :]) == 401, at
    world.clock.advance(seconds=2)
    assert _sign_in(world, password) == 201


def test_a_password_is_the_same_however_a_keyboard_composes_it(world: World) -> None:
    _signed_up(world, "Zu\u0308rich ist scho\u0308n im Winter")
    world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    assert _sign_in(world, "Z\u00fcrich ist sch\u00f6n im Winter") == 201


def test_known_and_unknown_addresses_cost_the_same_hashing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(world)
    _signed_up(world, PASSWORD)
    hasher = passwords._hasher()
    passwords._decoy()
    done: list[tuple[str, str]] = []
    counting = type("Counting", (), {})()
    counting.verify = lambda kept, given: (
        done.append(("verify", kept[:30])) or hasher.verify(kept, given)
    )
    counting.hash = lambda given: done.append(("hash", "")) or hasher.hash(given)
    monkeypatch.setattr(passwords, "_hasher", lambda: counting)
    for email in ("ada@clinic.example", SIGN_UP["email"], "nobody@clinic.example"):
        assert _sign_in(world, "a wrong password", email) == 401
    assert len(done) == 3
    assert len(set(done)) == 1


def test_no_password_is_stored_or_told_in_any_form_but_its_hash(world: World) -> None:
    password = "unmistakable canary phrase"
    key = {"Idempotency_Key": "k1"}
    world.call("POST", "/v1/practices", {**SIGN_UP, "password": password}, **key)
    world.pump()
    assert "canary" not in str(world.items())
    (answer,) = [item for item in world.items() if item["kind"]["S"] == "answer"]
    assert len(answer["fingerprint"]["S"]) == 32
