"""The vendor's people see no health data (PROMISES 9)."""

import jwt
import pytest

from chalicelib.identity.operators import OPERATOR_PERMISSIONS_OF, OperatorPermission, OperatorRole
from chalicelib.identity.permissions import Permission
from chalicelib.platform.http import endpoints
from tests.builders.operations import fresh, operator
from tests.world import World, sign_in, sign_up

SELF = {Permission.READ_SELF}


def test_no_permission_is_both_an_operators_and_a_practices() -> None:
    assert set(OperatorPermission) & set(Permission) == set()


def test_a_token_of_operations_is_for_operations(world: World) -> None:
    said = [
        jwt.decode(token, options={"verify_signature": False})["aud"]
        for token in (operator(world), sign_up(world))
    ]
    assert said == ["careloom-operations", "careloom-clinic"]


@pytest.mark.parametrize("role", list(OperatorRole))
def test_an_operator_reaches_no_route_of_a_practice(world: World, role: str) -> None:
    token = operator(world, role=role)
    for endpoint in endpoints():
        if endpoint.public or endpoint.permission in SELF:
            continue
        path = endpoint.path.replace("{", "").replace("}", "")
        body = {} if endpoint.method != "GET" else None
        answer = world.call(endpoint.method, path, body, token=token, If_Match='"1"')
        if endpoint.permission in OPERATOR_PERMISSIONS_OF[role]:
            assert answer.status != 403, endpoint.name
        else:
            assert (answer.status, answer.json["code"]) == (403, "forbidden"), endpoint.name


def test_without_a_second_factor_an_operator_can_only_enrol_one(world: World) -> None:
    operator(world)
    token = sign_in(world, "olu@vendor.example", practice_id="sys")
    assert world.call("GET", "/v1/operations/practices", token=token).status == 403
    assert world.call("GET", "/v1/me", token=token).status == 200


def test_an_operator_who_was_removed_is_out_at_the_next_request(world: World) -> None:
    olu, sam = operator(world), operator(world, "sam@vendor.example", "operations_support")
    assert world.call("GET", "/v1/operations/practices", token=sam).status == 200
    listed = world.call("GET", "/v1/operations/operators", token=olu).json["items"]
    (found,) = [each for each in listed if each["email"] == "sam@vendor.example"]
    path = f"/v1/operations/operators/{found['user_id']}/remove"
    assert world.call("POST", path, token=sam).status == 403
    assert world.call("POST", path, token=olu).status == 200
    assert world.call("GET", "/v1/operations/practices", token=sam).status == 401


def test_nobody_removes_themselves(world: World) -> None:
    olu = operator(world)
    me = world.call("GET", "/v1/me", token=olu).json["user_id"]
    answer = world.call("POST", f"/v1/operations/operators/{me}/remove", token=olu)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "yourself")


def test_an_operator_invites_a_colleague_by_mail(world: World) -> None:
    olu = operator(world)
    body = {"email": "sam@vendor.example", "name": "Sam", "roles": ["operations_support"]}
    made = world.call("POST", "/v1/operations/operators", body, token=olu)
    assert (made.status, made.json["status"]) == (201, "invited")
    world.pump()
    assert "sam@vendor.example" in "".join(world.mails())
    world.clock.advance(minutes=6)
    late = world.call("POST", "/v1/operations/operators", body, token=olu)
    assert (late.status, late.json["code"]) == (403, "step_up_required")
    again = world.call("POST", "/v1/operations/operators", body, token=fresh(world))
    assert (again.status, again.json["code"]) == (409, "already_exists")


def test_the_queues_can_be_looked_at(world: World) -> None:
    queues = world.call("GET", "/v1/operations/health", token=operator(world)).json["queues"]
    assert {each["domain"] for each in queues} >= {"messaging", "claims", "operations"}
    assert all(each["dead_letters"] == 0 for each in queues)
