"""What becomes of a membership: suspension, invitations sent again and withdrawn, the last owner."""

import pytest

from tests.faults import meanwhile
from tests.http.identity.signing import me
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


@pytest.fixture
def owner(world: World) -> str:
    token = sign_up(world)
    step_up(world, token)
    return token


def act(world: World, token: str, user_id: str, what: str) -> Answered:
    return world.call("POST", f"/v1/members/{user_id}/{what}", token=token)


def user_of(world: World, token: str) -> str:
    return str(me(world, token).json["user_id"])


def give(world: World, token: str, user_id: str, *roles: str, version: int = 2) -> Answered:
    path = f"/v1/members/{user_id}/roles"
    return world.call("PUT", path, {"roles": roles}, token=token, If_Match=f'"{version}"')


def invite(world: World, token: str, *roles: str) -> Answered:
    body = {"email": KIM, "name": "Kim", "roles": roles}
    return world.call("POST", "/v1/members", body, token=token)


def accept(world: World, link: str) -> Answered:
    return world.call("POST", "/v1/invitations/accept", {"token": link, "password": PASSWORD})


def test_a_suspended_member_is_out_at_the_next_call_and_comes_back(
    world: World, owner: str
) -> None:
    kim, kim_id = add_member(world, owner, "nurse", email=KIM)
    suspended = act(world, owner, kim_id, "suspend")
    assert (suspended.status, suspended.json["status"]) == (200, "suspended")
    assert me(world, kim).status == 401
    again = world.call("POST", "/v1/sessions", {"email": KIM, "password": PASSWORD})
    assert again.status == 401
    assert act(world, owner, kim_id, "suspend").json["code"] == "member_not_active"
    assert act(world, owner, kim_id, "reactivate").json["status"] == "active"
    assert "write_notes" in me(world, sign_in(world, KIM)).json["permissions"]
    assert act(world, owner, kim_id, "reactivate").json["code"] == "member_not_active"


def test_a_manager_does_not_suspend_an_owner_nor_anybody_themselves(
    world: World, owner: str
) -> None:
    manager, _ = add_member(world, owner, "manager")
    step_up(world, manager)
    own = [act(world, each, user_of(world, each), "suspend") for each in (owner, manager)]
    over = act(world, manager, user_of(world, owner), "suspend")
    assert {(each.status, each.json["code"]) for each in (*own, over)} == {
        (403, "role_not_yours_to_give")
    }


def test_what_the_practice_calls_a_member_is_its_own(world: World, owner: str) -> None:
    _, kim_id = add_member(world, owner, "nurse", email=KIM)
    body = {"name": "Kimberley", "email": "k@clinic.example"}
    path = f"/v1/members/{kim_id}"
    changed = world.call("PATCH", path, body, token=owner, If_Match='"2"')
    assert changed.json == world.call("GET", path, token=owner).json
    assert (changed.json["name"], changed.json["email"]) == ("Kimberley", "k@clinic.example")
    assert sign_in(world, KIM)
    bad = world.call("PATCH", path, {"email": "k@clinic"}, token=owner, If_Match='"3"')
    assert (bad.status, bad.json["errors"][0]["field"]) == (422, "email")


def test_a_link_is_good_no_more_once_another_was_sent(world: World, owner: str) -> None:
    kim_id = invite(world, owner, "nurse").json["user_id"]
    first = newest_link(world)
    assert act(world, owner, kim_id, "invitation").status == 200
    second = newest_link(world)
    assert first != second
    assert accept(world, first).json["code"] == "link_spent"
    assert accept(world, second).status == 200
    assert act(world, owner, kim_id, "invitation").json["code"] == "not_invited"


def test_a_withdrawn_invitation_lets_nobody_in_and_may_be_made_again(
    world: World, owner: str
) -> None:
    kim_id = invite(world, owner, "nurse").json["user_id"]
    first, path = newest_link(world), f"/v1/members/{kim_id}/invitation"
    taken_back = world.call("DELETE", path, token=owner, If_Match='"1"')
    assert (taken_back.status, taken_back.json["status"]) == (200, "withdrawn")
    assert accept(world, first).json["code"] == "link_spent"
    assert world.call("DELETE", path, token=owner, If_Match='"2"').json["code"] == "not_invited"
    again = invite(world, owner, "biller")
    assert (again.status, again.json["user_id"]) == (201, kim_id)
    assert accept(world, first).json["code"] == "link_spent"
    assert accept(world, newest_link(world)).json["roles"] == ["biller"]


def test_an_invitation_to_manage_wants_a_second_factor(world: World) -> None:
    token = sign_up(world)
    for role, status in (("manager", 403), ("owner", 403), ("nurse", 201)):
        assert invite(world, token, role).status == status


def test_of_two_owners_who_take_each_other_s_role_at_once_one_stays(
    world: World, owner: str
) -> None:
    second, second_id = add_member(world, owner, "owner")
    step_up(world, second)
    first_id = user_of(world, owner)
    between: list[Answered] = []
    with meanwhile(lambda: between.append(give(world, owner, second_id, "nurse"))):
        late = give(world, second, first_id, "nurse", version=1)
    assert between[0].status == 200
    assert (late.status, late.json["code"]) == (409, "last_owner")
    assert "manage_members" in me(world, owner).json["permissions"]


def test_an_invited_owner_is_none_until_they_come(world: World, owner: str) -> None:
    """The practice would be left to somebody who never follows the link."""
    second, second_id = add_member(world, owner, "owner")
    step_up(world, second)
    invite(world, owner, "owner")
    assert act(world, owner, second_id, "suspend").status == 200
    assert act(world, owner, second_id, "reactivate").status == 200
    assert act(world, sign_and_step(world), user_of(world, owner), "suspend").status == 200
    last = sign_and_step(world)
    assert world.call("GET", "/v1/practice", token=last).status == 200


def sign_and_step(world: World) -> str:
    token = sign_in(world, "owner@clinic.example")
    step_up(world, token)
    return token
