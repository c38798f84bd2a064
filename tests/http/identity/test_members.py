"""Members: invitations into one and more practices, signing in to each, and whose a role is to give."""

from typing import Any

import pytest

from tests.http.identity.signing import ADA, me
from tests.world import (
    PASSWORD,
    Answered,
    World,
    add_member,
    newest_link,
    sign_in,
    sign_up,
    step_up,
)

KIM = "kim@clinic.example"
OTHER = "another password of mine"


def _invite(world: World, owner: str, *roles: str, email: str = KIM, name: str = "Kim") -> Answered:
    body = {"email": email, "name": name, "roles": roles}
    step_up(world, owner)
    return world.call("POST", "/v1/members", body, token=owner)


def _accept(world: World, password: str = PASSWORD, **headers: str) -> Answered:
    body = {"token": newest_link(world), "password": password}
    return world.call("POST", "/v1/invitations/accept", body, **headers)


def _sign_in(world: World, email: str, password: str = PASSWORD, **over: Any) -> Answered:
    return world.call("POST", "/v1/sessions", {"email": email, "password": password, **over})


def _practice(world: World, token: str) -> str:
    return str(me(world, token).json["practice_id"])


def _two_practices(world: World) -> tuple[str, str]:
    return sign_up(world), sign_up(world, email="bea@clinic.example", practice_name="Oak")


def test_someone_with_an_account_joins_a_second_practice_with_their_password(world: World) -> None:
    elm, oak = _two_practices(world)
    first, user_id = add_member(world, elm, "nurse", email=KIM)
    invited = _invite(world, oak, "clinician")
    assert (invited.status, invited.json["user_id"]) == (201, user_id)
    assert _accept(world).status == 200
    own = {_practice(world, elm): "write_notes", _practice(world, oak): "sign_notes"}
    for practice_id, permission in own.items():
        token = sign_in(world, KIM, practice_id=practice_id)
        assert _practice(world, token) == practice_id
        assert permission in me(world, token).json["permissions"]
    assert "sign_notes" not in me(world, first).json["permissions"]


def test_signing_in_without_a_practice_opens_the_one_joined_first(world: World) -> None:
    elm, oak = _two_practices(world)
    _invite(world, oak, "nurse")
    _accept(world)
    world.clock.advance(minutes=1)
    _invite(world, sign_in(world, ADA), "nurse")
    _accept(world)
    assert _practice(world, sign_in(world, KIM)) == _practice(world, oak)
    assert elm


def test_an_invitation_that_waits_does_not_stand_before_the_practice_one_is_in(
    world: World,
) -> None:
    elm, oak = _two_practices(world)
    _invite(world, oak, "nurse")
    _accept(world)
    _invite(world, elm, "nurse")
    assert _practice(world, sign_in(world, KIM)) == _practice(world, oak)
    waiting = _sign_in(world, KIM, practice_id=_practice(world, elm))
    assert (waiting.status, waiting.json["code"]) == (401, "wrong_credentials")


def test_a_practice_that_one_does_not_work_in_is_as_a_wrong_password(world: World) -> None:
    _, oak = _two_practices(world)
    nowhere = ["prc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C", "", "x#y", "é" * 300]
    for practice_id in (_practice(world, oak), *nowhere):
        answer = _sign_in(world, ADA, practice_id=practice_id)
        assert (answer.status, answer.json["code"]) == (401, "wrong_credentials")


def test_an_account_s_password_is_asked_for_before_it_joins(world: World) -> None:
    elm, oak = _two_practices(world)
    add_member(world, elm, "nurse", email=KIM)
    _invite(world, oak, "owner")
    wrong = _accept(world, OTHER)
    assert (wrong.status, wrong.json["code"]) == (401, "wrong_credentials")
    assert _sign_in(world, KIM, practice_id=_practice(world, oak)).status == 401
    assert _accept(world).status == 200
    assert _sign_in(world, KIM, OTHER).status == 401


def test_a_password_set_for_an_address_nobody_verified_opens_nothing_later(world: World) -> None:
    """Someone signs up with Kim's address; Kim is invited elsewhere and follows the link."""
    owner = sign_up(world)
    squatted = {
        "practice_name": "Squat",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "name": "Mallory",
        "email": KIM,
        "password": OTHER,
    }
    squat = world.call("POST", "/v1/practices", squatted).json["id"]
    _invite(world, owner, "clinician")
    assert _accept(world).status == 200
    assert _sign_in(world, KIM, OTHER).status == 401
    assert _practice(world, sign_in(world, KIM)) == _practice(world, owner)
    assert _sign_in(world, KIM, practice_id=squat).status == 401


def test_an_invitation_does_not_tell_what_the_account_says_of_itself(world: World) -> None:
    elm, oak = _two_practices(world)
    _invite(world, elm, "nurse", name="Kimberley Lee")
    _accept(world)
    invited = _invite(world, oak, "nurse", email=KIM.upper(), name="K.")
    shown = {name: invited.json[name] for name in ("name", "email", "status")}
    assert shown == {"name": "K.", "email": KIM.upper(), "status": "invited"}
    names = [each["name"] for each in _members(world, oak)]
    assert "Kimberley Lee" not in names


def _members(world: World, token: str) -> Any:
    return world.call("GET", "/v1/members", token=token).json["items"]


def test_a_member_is_not_invited_twice(world: World) -> None:
    owner = sign_up(world)
    assert _invite(world, owner, "nurse").status == 201
    waiting = _invite(world, owner, "nurse")
    _accept(world)
    joined = _invite(world, owner, "owner")
    assert {waiting.status, joined.status} == {409}
    assert joined.json["code"] == "already_exists"
    (kim,) = [each for each in _members(world, owner) if each["email"] == KIM]
    assert (kim["roles"], kim["status"]) == (["nurse"], "active")


def test_a_retried_acceptance_is_answered_as_the_first(world: World) -> None:
    _invite(world, sign_up(world), "nurse")
    first = _accept(world, Idempotency_Key="k1")
    again = _accept(world, Idempotency_Key="k1")
    assert (first.status, first.text) == (again.status, again.text)
    assert _accept(world).json["code"] == "link_spent"


def test_a_retried_verification_is_answered_as_the_first(world: World) -> None:
    body = {
        "practice_name": "Oak",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "name": "Bea",
        "email": "bea@clinic.example",
        "password": PASSWORD,
    }
    world.call("POST", "/v1/practices", body)
    link = {"token": newest_link(world)}
    first = world.call("POST", "/v1/practices/verify", link, Idempotency_Key="k1")
    again = world.call("POST", "/v1/practices/verify", link, Idempotency_Key="k1")
    assert (first.status, first.text) == (200, again.text)


@pytest.mark.parametrize("email", ["kim", "kim@", "@clinic.example", "kim@clinic", "a b@c.example"])
def test_an_invitation_needs_an_address(world: World, email: str) -> None:
    answer = _invite(world, sign_up(world), "nurse", email=email)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "bad_email")


@pytest.mark.parametrize("roles", [[], ["boss"], ["Owner"], ["nurse"] * 7, "nurse"])
def test_an_unknown_role_is_malformed(world: World, roles: Any) -> None:
    body = {"email": KIM, "name": "Kim", "roles": roles}
    assert world.call("POST", "/v1/members", body, token=sign_up(world)).status == 400


def test_an_owner_s_role_is_an_owner_s_to_give_and_to_take(world: World) -> None:
    owner = sign_up(world)
    manager, manager_id = add_member(world, owner, "manager")
    owner_id = me(world, owner).json["user_id"]
    answers = [
        _invite(world, manager, "owner"),
        _invite(world, manager, "nurse", "owner"),
        _roles(world, manager, owner_id, 1, "manager"),
        _roles(world, manager, owner_id, 1, "owner", "manager"),
    ]
    # an owner keeps `owner` and gains `manager`: a manager may give that
    assert [answer.status for answer in answers] == [403, 403, 403, 200]
    assert {answer.json["code"] for answer in answers[:3]} == {"role_not_yours_to_give"}
    made = _roles(world, owner, manager_id, 2, "owner")
    assert (made.status, made.json["roles"]) == (200, ["owner"])


def _roles(world: World, token: str, user_id: str, version: int, *roles: str) -> Answered:
    path = f"/v1/members/{user_id}/roles"
    step_up(world, token)
    return world.call("PUT", path, {"roles": roles}, token=token, If_Match=f'"{version}"')


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_nobody_changes_their_own_roles(world: World, role: str) -> None:
    token = owner = sign_up(world)
    if role == "manager":
        token, _ = add_member(world, owner, role)
    version = 1 if role == "owner" else 2
    user_id = me(world, token).json["user_id"]
    answer = _roles(world, token, user_id, version, "clinician")
    assert (answer.status, answer.json["code"]) == (403, "role_not_yours_to_give")


def test_a_change_of_roles_needs_the_newest_version_and_a_member(world: World) -> None:
    elm, oak = _two_practices(world)
    _, user_id = add_member(world, elm, "nurse")
    path = f"/v1/members/{user_id}/roles"
    step_up(world, elm)
    assert world.call("PUT", path, {"roles": ["biller"]}, token=elm).status == 428
    assert _roles(world, elm, user_id, 1, "biller").status == 412
    foreign = _roles(world, oak, user_id, 2, "biller")
    nowhere = _roles(world, oak, "usr_01JDE3GZ5V6T7W8X9Y0Z1A2B3C", 2, "biller")
    assert (foreign.status, foreign.json["code"]) == (404, "not_found")
    assert foreign.json.keys() == nowhere.json.keys()
    assert _roles(world, elm, user_id, 2, "biller").status == 200


@pytest.mark.parametrize("role", ["front_desk", "biller", "clinician", "nurse"])
def test_only_owners_and_managers_look_after_members(world: World, role: str) -> None:
    owner = sign_up(world)
    token, user_id = add_member(world, owner, role)
    assert _invite(world, token, "nurse").status == 403
    assert _roles(world, token, user_id, 2, "owner").status == 403
    assert {each["email"] for each in _members(world, token)} == {ADA, f"{role}@clinic.example"}
