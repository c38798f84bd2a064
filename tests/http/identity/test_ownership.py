"""Handing a practice over: offered and accepted with a second factor, in one transaction."""

from typing import Any

import pytest

from tests.world import World, add_member, sign_in, sign_up, step_up

OFFER = "/v1/practice/ownership-offer"
MANAGER = "manager@clinic.example"


@pytest.fixture
def people(world: World) -> tuple[str, str, str]:
    """Owner and manager, who have just given a second factor, and the manager's id."""
    owner = sign_up(world)
    manager, user_id = add_member(world, owner, "manager")
    for token in (owner, manager):
        step_up(world, token)
    return owner, manager, user_id


def _roles(world: World, token: str) -> dict[str, list[str]]:
    members = world.call("GET", "/v1/members", token=token).json["items"]
    return {member["email"]: sorted(member["roles"]) for member in members}


def _offer(world: World, token: str, user_id: str) -> Any:
    return world.call("POST", OFFER, {"user_id": user_id}, token=token)


def _accept(world: World, token: str) -> Any:
    return world.call("POST", f"{OFFER}/accept", token=token)


def test_the_roles_change_hands_and_both_are_told(
    world: World, people: tuple[str, str, str]
) -> None:
    owner, manager, user_id = people
    assert _offer(world, owner, user_id).status == 201
    taken = _accept(world, manager)
    assert (taken.status, taken.json) == (200, {"owner_id": user_id})
    assert _roles(world, manager) == {
        "ada@clinic.example": ["manager"],
        MANAGER: ["manager", "owner"],
    }
    assert _offer(world, owner, user_id).json["code"] == "forbidden"
    assert _accept(world, manager).status == 404
    world.pump()
    for subject in ("A practice is offered to you", "has a new owner", "You own your practice now"):
        assert sum(subject in mail for mail in world.mails()) == 1


def test_only_who_it_is_offered_to_accepts(world: World, people: tuple[str, str, str]) -> None:
    owner, manager, _ = people
    nurse, nurse_id = add_member(world, owner, "nurse")
    step_up(world, nurse)
    assert _accept(world, manager).status == 404
    _offer(world, owner, nurse_id)
    assert _accept(world, manager).status == 404
    assert _accept(world, owner).status == 404
    assert _accept(world, nurse).status == 200
    assert _roles(world, nurse)["nurse@clinic.example"] == ["nurse", "owner"]


def test_an_offer_holds_for_seven_days(world: World, people: tuple[str, str, str]) -> None:
    owner, _, user_id = people
    _offer(world, owner, user_id)
    world.clock.advance(days=7)
    manager = sign_in(world, MANAGER)
    step_up(world, manager)
    late = _accept(world, manager)
    assert (late.status, late.json["code"]) == (409, "ownership_offer_over")


def test_both_give_a_second_factor(world: World, people: tuple[str, str, str]) -> None:
    owner, manager, user_id = people
    world.clock.advance(minutes=5)
    assert _offer(world, owner, user_id).json["code"] == "step_up_required"
    step_up(world, owner)
    assert _offer(world, owner, user_id).status == 201
    assert _accept(world, manager).json["code"] == "step_up_required"


def test_nobody_but_an_active_member_is_offered_it(
    world: World, people: tuple[str, str, str]
) -> None:
    owner, manager, _ = people
    own = world.call("GET", "/v1/me", token=owner).json["user_id"]
    invited = world.call(
        "POST",
        "/v1/members",
        {"email": "x@y.example", "name": "X", "roles": ["nurse"]},
        token=owner,
    ).json["user_id"]
    for user_id in (own, invited, "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        assert _offer(world, owner, user_id).status == 404
    assert _offer(world, manager, own).json["code"] == "forbidden"
