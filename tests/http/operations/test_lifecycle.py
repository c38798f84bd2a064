"""Operations suspend, resume and clear a practice, and the practice sees who did."""

import pytest

from tests.builders.operations import fresh, operator
from tests.world import ADDRESS, World, add_member, sign_up

BILLING = {
    "legal_name": "Elm Street Clinic PC",
    "npi": "1234567893",
    "tin": "12-3456789",
    "taxonomy": "261QP2300X",
    "address": ADDRESS,
    "contact_name": "Bill Biller",
    "contact_phone": "+15185550123",
}
WHY = {"reason": "unpaid since May"}


@pytest.fixture
def olu(world: World) -> str:
    return operator(world)


def practice_of(world: World, owner: str) -> str:
    found: str = world.call("GET", "/v1/me", token=owner).json["practice_id"]
    return found


def test_a_suspended_practice_stops_and_goes_on_where_it_stopped(world: World, olu: str) -> None:
    owner = sign_up(world)
    practice = practice_of(world, owner)
    world.pump()
    path = f"/v1/operations/practices/{practice}"
    stopped = world.call("POST", f"{path}/suspend", WHY, token=olu)
    assert (stopped.status, stopped.json["status"]) == (200, "suspended")
    assert world.call("GET", "/v1/practice", token=owner).json["code"] == "practice_suspended"
    world.pump()
    listed = world.call("GET", "/v1/operations/practices", token=olu).json["items"]
    assert [each["status"] for each in listed] == ["suspended"]
    twice = world.call("POST", f"{path}/suspend", WHY, token=olu)
    assert (twice.status, twice.json["code"]) == (409, "practice_not_active")
    assert world.call("POST", f"{path}/resume", {"reason": "paid"}, token=olu).status == 200
    assert world.call("GET", "/v1/practice", token=owner).status == 200


def test_what_operations_do_is_in_the_practices_audit(world: World, olu: str) -> None:
    practice = practice_of(world, sign_up(world))
    world.pump()
    me = world.call("GET", "/v1/me", token=olu).json["user_id"]
    world.call("POST", f"/v1/operations/practices/{practice}/suspend", WHY, token=olu)
    entries = [
        item["action"]["S"]
        for item in world.items()
        if item["kind"]["S"] == "audit" and item["pk"]["S"].startswith(f"{practice}#audit#{me}#")
    ]
    assert entries == ["suspend_practice"]


def test_operations_see_how_a_practice_stands_and_what_it_uses(world: World, olu: str) -> None:
    owner = sign_up(world)
    add_member(world, owner, "nurse")
    world.pump()
    shown = world.call("GET", f"/v1/operations/practices/{practice_of(world, owner)}", token=olu)
    assert shown.status == 200, shown.text
    found = {name: shown.json[name] for name in ("name", "status", "plan", "overdue", "seats")}
    assert found == {
        "name": "Elm Street Clinic",
        "status": "active",
        "plan": "trial",
        "overdue": False,
        "seats": 2,
    }
    assert "clinic.example" not in shown.text, "no names of people, no addresses"


def test_a_practice_that_is_not_there_is_not_found(world: World, olu: str) -> None:
    for act in ("suspend", "resume"):
        path = f"/v1/operations/practices/prc_00000000000000000000000000/{act}"
        answer = world.call("POST", path, WHY, token=olu)
        assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_a_reason_and_a_fresh_factor_are_needed(world: World, olu: str) -> None:
    practice = practice_of(world, sign_up(world))
    world.pump()
    path = f"/v1/operations/practices/{practice}/suspend"
    assert world.call("POST", path, {}, token=olu).status == 400
    world.clock.advance(minutes=6)
    late = world.call("POST", path, WHY, token=olu)
    assert (late.status, late.json["code"]) == (403, "step_up_required")
    assert world.call("POST", path, WHY, token=fresh(world)).status == 200


def test_a_capability_is_opened_for_the_identity_that_was_verified(world: World, olu: str) -> None:
    owner = sign_up(world)
    practice = practice_of(world, owner)
    world.pump()
    path = f"/v1/operations/practices/{practice}/clearances"
    verified = {"capability": "claims", "verdict": "verified", "licence": "NY 123456"}
    early = world.call("POST", path, verified, token=olu)
    assert (early.status, early.json["code"]) == (409, "billing_identity_missing")
    shown = world.call("GET", "/v1/practice", token=owner)
    change = {"billing": BILLING}
    assert (
        world.call("PATCH", "/v1/practice", change, token=owner, If_Match=shown.etag).status == 200
    )
    assert world.call("POST", path, verified, token=olu).status == 200
    refused = {**verified, "capability": "sms", "verdict": "refused", "reason": "no licence found"}
    assert world.call("POST", path, refused, token=olu).status == 200
    shown = world.call("GET", "/v1/practice/clearances", token=owner)
    found = {each["capability"]: each["status"] for each in shown.json["items"]}
    assert found == {"claims": "verified", "sms": "refused"}
