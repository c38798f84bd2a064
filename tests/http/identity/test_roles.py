"""Roles that a practice composes: what they may hold, who composes them, when they hold."""

from typing import Any

import pytest

from chalicelib.identity.members.roles import MOST_ROLES
from chalicelib.identity.permissions import COMPOSABLE, PERMISSIONS_OF, Permission, Role
from tests.faults import calls, meanwhile
from tests.http.identity.signing import me
from tests.world import Answered, World, add_member, sign_in, sign_up, step_up

SCRIBE = {"name": "Scribe", "permissions": ["read_chart", "write_notes"]}


@pytest.fixture
def owner(world: World) -> str:
    token = sign_up(world)
    step_up(world, token)
    return token


def compose(world: World, token: str, body: Any = SCRIBE) -> Answered:
    return world.call("POST", "/v1/roles", body, token=token)


def give(world: World, token: str, user_id: str, *roles: str, version: int = 2) -> Answered:
    path = f"/v1/members/{user_id}/roles"
    return world.call("PUT", path, {"roles": roles}, token=token, If_Match=f'"{version}"')


def test_a_composed_role_gives_what_it_holds_and_the_account_s_own(
    world: World, owner: str
) -> None:
    kim, kim_id = add_member(world, owner, "nurse")
    made = compose(world, owner)
    assert (made.status, made.json["built_in"], made.json["version"]) == (201, False, 1)
    given = give(world, owner, kim_id, made.json["id"])
    assert (given.status, given.json["roles"]) == (200, [made.json["id"]])
    expected = ["read_chart", "read_self", "write_notes"]
    assert me(world, kim).json["permissions"] == expected == made.json["permissions"]


def test_a_changed_role_holds_at_the_next_call(world: World, owner: str) -> None:
    kim, kim_id = add_member(world, owner, "nurse")
    role_id = compose(world, owner).json["id"]
    give(world, owner, kim_id, role_id, "front_desk")
    assert "read_chart" in me(world, kim).json["permissions"]
    less = {"name": "Scribe", "permissions": ["read_reports"]}
    changed = world.call("PUT", f"/v1/roles/{role_id}", less, token=owner, If_Match='"1"')
    assert (changed.status, changed.json["version"]) == (200, 2)
    now = set(me(world, kim).json["permissions"])
    assert now == PERMISSIONS_OF[Role.FRONT_DESK] | {"read_reports"}


def test_a_request_still_reads_once_to_know_its_caller(world: World, owner: str) -> None:
    kim, kim_id = add_member(world, owner, "nurse")
    give(world, owner, kim_id, compose(world, owner).json["id"])
    with calls() as sent:
        assert me(world, kim).status == 200
    assert [name for name in sent if name.startswith(("Get", "Batch", "Query"))] == ["BatchGetItem"]


def test_roles_are_listed_the_built_in_ones_first(world: World, owner: str) -> None:
    made = compose(world, owner).json
    listed = world.call("GET", "/v1/roles", token=owner).json
    assert [each["id"] for each in listed["items"]] == [*Role, made["id"]]
    assert listed["items"][-1] == made
    assert listed["composable"] == sorted(COMPOSABLE)
    front_desk = listed["items"][2]
    assert (front_desk["name"], front_desk["built_in"]) == ("Front Desk", True)


@pytest.mark.parametrize("permission", sorted(set(Permission) - COMPOSABLE))
def test_what_is_not_composable_is_refused_by_name(
    world: World, owner: str, permission: str
) -> None:
    body = {"name": "Too much", "permissions": ["read_chart", permission]}
    answer = compose(world, owner, body)
    assert answer.status == 422
    assert [(bad["field"], bad["code"]) for bad in answer.json["errors"]] == [
        ("permissions.1", "not_composable")
    ]


def test_nobody_but_an_owner_composes_with_what_they_do_not_have(world: World, owner: str) -> None:
    manager, _ = add_member(world, owner, "manager")
    step_up(world, manager)
    refused = compose(world, manager)
    assert (refused.status, refused.json["code"]) == (403, "role_not_yours_to_give")
    assert (
        compose(world, manager, {"name": "Caller", "permissions": ["read_patients"]}).status == 201
    )


def test_nor_changes_deletes_or_gives_such_a_role(world: World, owner: str) -> None:
    manager, _ = add_member(world, owner, "manager")
    step_up(world, manager)
    _, nurse_id = add_member(world, owner, "nurse")
    role_id = compose(world, owner).json["id"]
    path, less = f"/v1/roles/{role_id}", {"name": "Scribe", "permissions": ["read_patients"]}
    answers = [
        world.call("PUT", path, less, token=manager, If_Match='"1"'),
        world.call("DELETE", path, token=manager, If_Match='"1"'),
        give(world, manager, nurse_id, role_id),
    ]
    assert {(each.status, each.json["code"]) for each in answers} == {
        (403, "role_not_yours_to_give")
    }


def test_whoever_looks_after_members_by_a_composed_role_gives_only_what_they_have(
    world: World, owner: str
) -> None:
    kim, kim_id = add_member(world, owner, "nurse")
    _, other_id = add_member(world, owner, "front_desk")
    hiring = {"name": "Hiring", "permissions": ["manage_members", "read_members"]}
    role_id = compose(world, owner, hiring).json["id"]
    give(world, owner, kim_id, role_id, "front_desk")
    step_up(world, kim)
    assert give(world, kim, other_id, "nurse").status == 403
    assert give(world, kim, other_id, "manager").status == 403
    assert give(world, kim, other_id, "front_desk", role_id).status == 200


def test_nobody_changes_a_role_that_they_hold(world: World, owner: str) -> None:
    """An owner would open charts to themselves."""
    second, second_id = add_member(world, owner, "owner")
    step_up(world, second)
    role_id = compose(world, owner, {"name": "R", "permissions": ["read_patients"]}).json["id"]
    give(world, owner, second_id, "owner", role_id)
    more = {"name": "R", "permissions": ["read_chart"]}
    answer = world.call("PUT", f"/v1/roles/{role_id}", more, token=second, If_Match='"1"')
    assert (answer.status, answer.json["code"]) == (403, "role_not_yours_to_give")
    assert "read_chart" not in me(world, second).json["permissions"]


def test_a_role_in_use_stays_and_says_how_many_hold_it(world: World, owner: str) -> None:
    role_id = compose(world, owner).json["id"]
    people = [add_member(world, owner, role)[1] for role in ("nurse", "biller")]
    for user_id in people:
        give(world, owner, user_id, role_id)
    path = f"/v1/roles/{role_id}"
    kept = world.call("DELETE", path, token=owner, If_Match='"1"')
    assert (kept.status, kept.json["code"]) == (409, "role_in_use")
    assert kept.json["detail"] == "2 members hold this role"
    for user_id in people:
        give(world, owner, user_id, "nurse", version=3)
    assert world.call("DELETE", path, token=owner, If_Match='"1"').status == 204
    assert world.call("DELETE", path, token=owner, If_Match='"1"').status == 404


def test_a_role_is_not_deleted_while_it_is_given(world: World, owner: str) -> None:
    _, kim_id = add_member(world, owner, "nurse")
    role_id = compose(world, owner).json["id"]
    with meanwhile(lambda: give(world, owner, kim_id, role_id)):
        answer = world.call("DELETE", f"/v1/roles/{role_id}", token=owner, If_Match='"1"')
    assert answer.status == 412
    listed = world.call("GET", "/v1/roles", token=owner).json["items"]
    assert role_id in [each["id"] for each in listed]


def test_nor_given_while_it_is_deleted(world: World, owner: str) -> None:
    _, kim_id = add_member(world, owner, "nurse")
    role_id = compose(world, owner).json["id"]

    def drop() -> None:
        world.call("DELETE", f"/v1/roles/{role_id}", token=owner, If_Match='"1"')

    with meanwhile(drop):
        assert give(world, owner, kim_id, role_id).status == 412
    assert give(world, owner, kim_id, role_id).status == 422


@pytest.mark.parametrize("name", ["Scribe", "sCRIBE", "Front desk", "owner"])
def test_a_name_is_taken_once(world: World, owner: str, name: str) -> None:
    compose(world, owner)
    answer = compose(world, owner, {"name": name, "permissions": ["read_chart"]})
    assert (answer.status, answer.json["code"]) == (409, "role_name_taken")


def test_a_practice_has_twenty_roles_of_its_own_at_most(world: World, owner: str) -> None:
    for number in range(MOST_ROLES):
        body = {"name": f"Role {number}", "permissions": ["read_patients"]}
        assert compose(world, owner, body).status == 201
    answer = compose(world, owner, {"name": "Another", "permissions": ["read_patients"]})
    assert (answer.status, answer.json["code"]) == (409, "too_many_roles")


def test_another_practice_s_role_is_no_role_here(world: World, owner: str) -> None:
    other = sign_up(world, email="bea@clinic.example")
    step_up(world, other)
    theirs = compose(world, other).json["id"]
    _, kim_id = add_member(world, owner, "nurse")
    refused = give(world, owner, kim_id, "nurse", theirs)
    assert [(bad["field"], bad["code"]) for bad in refused.json["errors"]] == [
        ("roles.1", "not_found")
    ]
    invited = {"email": "new@clinic.example", "name": "New", "roles": [theirs]}
    assert world.call("POST", "/v1/members", invited, token=owner).status == 422
    assert world.call("DELETE", f"/v1/roles/{theirs}", token=owner, If_Match='"1"').status == 404


def test_composing_wants_a_second_factor(world: World) -> None:
    token = sign_up(world)
    answer = compose(world, token)
    assert (answer.status, answer.json["code"]) == (403, "step_up_required")
    assert sign_in(world, "ada@clinic.example")
