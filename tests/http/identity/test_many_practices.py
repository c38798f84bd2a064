"""Somebody who works in more practices than one call of AWS may name (ADR 15)."""

from dataclasses import dataclass

import pytest

from tests.world import PASSWORD, World, newest_link, sign_in, sign_up

NURSE = "noor@clinic.example"
MANY = 4


@dataclass
class Noor:
    """A nurse in four practices, with a session in the first."""

    world: World
    practices: list[str]
    token: str


@pytest.fixture
def noor(world: World) -> Noor:
    practices = []
    for number in range(MANY):
        owner = sign_up(world, email=f"owner{number}@clinic{number}.example")
        practices.append(world.call("GET", "/v1/me", token=owner).json["practice_id"])
        invite = {"email": NURSE, "name": "Noor", "roles": ["nurse"]}
        assert world.call("POST", "/v1/members", invite, token=owner).status == 201
        accept = {"token": newest_link(world), "password": PASSWORD}
        assert world.call("POST", "/v1/invitations/accept", accept).status == 200
        world.clock.advance(seconds=1)
    return Noor(world, practices, sign_in(world, NURSE))


def test_they_see_all_of_them(noor: Noor) -> None:
    items = noor.world.call("GET", "/v1/me/practices", token=noor.token).json["items"]
    assert [each["practice_id"] for each in items] == noor.practices


def test_they_see_their_sessions_in_all_of_them(noor: Noor) -> None:
    for practice_id in noor.practices:
        sign_in(noor.world, NURSE, practice_id=practice_id)
    items = noor.world.call("GET", "/v1/sessions", token=noor.token).json["items"]
    assert {each["practice_id"] for each in items} == set(noor.practices)


def test_signing_out_everywhere_ends_the_sessions_in_all_of_them(noor: Noor) -> None:
    others = [sign_in(noor.world, NURSE, practice_id=each) for each in noor.practices]
    assert (
        noor.world.call("POST", "/v1/sessions/sign-out-everywhere", token=noor.token).status == 204
    )
    for token in (noor.token, *others):
        assert noor.world.call("GET", "/v1/me", token=token).status == 401


def test_a_changed_password_ends_all_sessions_but_this_one(noor: Noor) -> None:
    others = [sign_in(noor.world, NURSE, practice_id=each) for each in noor.practices]
    noor.world.clock.advance(seconds=1)
    body = {"current_password": PASSWORD, "new_password": "an entirely other phrase"}
    answer = noor.world.call("POST", "/v1/me/password", body, token=noor.token)
    assert answer.status == 204, answer.text
    assert noor.world.call("GET", "/v1/me", token=noor.token).status == 200
    for token in others:
        assert noor.world.call("GET", "/v1/me", token=token).status == 401
