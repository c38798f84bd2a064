"""The practice itself: name, telephone, billing identity; who may change it, and from which version."""

from typing import Any

import pytest

from tests.world import ADDRESS, World, add_member, sign_in, sign_up, step_up

BILLING: dict[str, Any] = {
    "legal_name": "Elm Street Clinic PC",
    "npi": "1234567893",
    "tin": "12-3456789",
    "taxonomy": "261QP2300X",
    "address": ADDRESS,
    "contact_name": "Bill Biller",
    "contact_phone": "(212) 555-0123",
}


def _change(world: World, token: str, body: dict[str, Any], version: int = 3) -> Any:
    return world.call("PATCH", "/v1/practice", body, token=token, If_Match=f'"{version}"')


def _codes(answer: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in answer.json["errors"]}


def test_what_is_fixed_at_sign_up_is_shown_and_nothing_bills_yet(world: World, owner: str) -> None:
    shown = world.call("GET", "/v1/practice", token=owner)
    assert shown.status == 200
    assert shown.etag == '"3"'
    assert {
        name: shown.json[name]
        for name in ("name", "status", "country", "time_zone", "currency", "locale", "billing")
    } == {
        "name": "Elm Street Clinic",
        "status": "active",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "billing": None,
    }


def test_a_change_of_one_field_leaves_the_others(world: World, owner: str) -> None:
    assert _change(world, owner, {"billing": BILLING}).status == 200
    changed = _change(world, owner, {"phone": "212.555.0100"}, version=4)
    assert (changed.status, changed.etag) == (200, '"5"')
    assert changed.json["phone"] == "+12125550100"
    assert changed.json["name"] == "Elm Street Clinic"
    assert changed.json == world.call("GET", "/v1/practice", token=owner).json
    assert changed.json["billing"] == {
        **BILLING,
        "address": {**ADDRESS, "line2": None, "country": "US"},
        "contact_phone": "+12125550123",
        "pay_to": None,
    }


def test_who_bills_is_said_once_without_a_second_factor_and_changed_with_one(
    world: World, owner: str
) -> None:
    assert _change(world, owner, {"billing": BILLING}).status == 200
    elsewhere = {"billing": {**BILLING, "pay_to": {**ADDRESS, "line1": "PO Box 7"}}}
    for other in (elsewhere, {"billing": {**BILLING, "npi": "1245319599"}}):
        refused = _change(world, owner, other, version=4)
        assert (refused.status, refused.json["code"]) == (403, "step_up_required")
    same = _change(world, owner, {"billing": BILLING, "name": "Elm"}, version=4)
    assert same.status == 200, "what does not change takes none"
    step_up(world, owner)
    assert _change(world, owner, elsewhere, version=5).json["billing"]["pay_to"] is not None
    world.clock.advance(minutes=5)
    assert _change(world, owner, {"billing": BILLING}, version=6).status == 403


def test_payment_may_go_elsewhere(world: World, owner: str) -> None:
    pay_to = {**ADDRESS, "line1": "PO Box 7", "postal_code": "10002"}
    changed = _change(world, owner, {"billing": {**BILLING, "pay_to": pay_to}})
    assert changed.json["billing"]["pay_to"]["line1"] == "PO Box 7"


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"npi": "1234567890"}, "billing.npi", "bad_npi"),
        ({"npi": "123456789"}, "billing.npi", "bad_npi"),
        ({"npi": "１２３４５６７８９３"}, "billing.npi", "bad_npi"),
        ({"tin": "00-0000000"}, "billing.tin", "bad_tin"),
        ({"tin": "12-345678"}, "billing.tin", "bad_tin"),
        ({"taxonomy": "207q00000x"}, "billing.taxonomy", "bad_taxonomy"),
        ({"taxonomy": "207Q00000"}, "billing.taxonomy", "bad_taxonomy"),
        (
            {"address": {**ADDRESS, "postal_code": "10001"}},
            "billing.address.postal_code",
            "bad_postal_code",
        ),
        (
            {"address": {**ADDRESS, "postal_code": "00000-1234"}},
            "billing.address.postal_code",
            "bad_postal_code",
        ),
        ({"address": {**ADDRESS, "state": "NYC"}}, "billing.address.state", "bad_state"),
        (
            {"pay_to": {**ADDRESS, "postal_code": "1000"}},
            "billing.pay_to.postal_code",
            "bad_postal_code",
        ),
        ({"contact_phone": "555-0123"}, "billing.contact_phone", "bad_phone"),
        ({"contact_phone": "+1 911 555 0123"}, "billing.contact_phone", "bad_phone"),
    ],
)
def test_a_billing_identity_that_cannot_be_names_its_field(
    world: World, owner: str, wrong: dict[str, Any], field: str, code: str
) -> None:
    answer = _change(world, owner, {"billing": {**BILLING, **wrong}})
    assert answer.status == 422
    assert _codes(answer) == {field: code}
    assert world.call("GET", "/v1/practice", token=owner).json["billing"] is None


def test_all_that_is_wrong_is_named_at_once(world: World, owner: str) -> None:
    wrong = {**BILLING, "npi": "1", "tin": "1", "taxonomy": "1"}
    answer = _change(world, owner, {"billing": wrong})
    assert answer.json["code"] == "bad_identifier"
    assert set(_codes(answer)) == {"billing.npi", "billing.tin", "billing.taxonomy"}


@pytest.mark.parametrize(
    ("field", "value"), [("legal_name", "x" * 61), ("contact_name", "x" * 61), ("npi", "1" * 21)]
)
def test_what_no_claim_could_hold_is_malformed(
    world: World, owner: str, field: str, value: str
) -> None:
    answer = _change(world, owner, {"billing": {**BILLING, field: value}})
    assert (answer.status, answer.json["code"]) == (400, "invalid_request")
    assert set(_codes(answer)) == {f"billing.{field}"}


def test_names_of_sixty_characters_fit(world: World, owner: str) -> None:
    names = {"legal_name": "x" * 60, "contact_name": "y" * 60}
    assert _change(world, owner, {"billing": {**BILLING, **names}}).status == 200


@pytest.mark.parametrize("fixed", ["country", "time_zone", "currency", "locale", "status", "id"])
def test_what_is_fixed_cannot_be_sent(world: World, owner: str, fixed: str) -> None:
    answer = _change(world, owner, {fixed: "x"})
    assert (answer.status, _codes(answer)) == (400, {fixed: "extra_forbidden"})


def test_a_change_needs_the_newest_version(world: World, owner: str) -> None:
    without = world.call("PATCH", "/v1/practice", {"name": "A"}, token=owner)
    assert (without.status, without.json["code"]) == (428, "if_match_required")
    assert _change(world, owner, {"name": "A"}).status == 200
    stale = _change(world, owner, {"name": "B"})
    assert (stale.status, stale.json["code"]) == (412, "stale_version")
    malformed = world.call("PATCH", "/v1/practice", {"name": "B"}, token=owner, If_Match="2")
    assert malformed.status == 400
    assert world.call("GET", "/v1/practice", token=owner).json["name"] == "A"


@pytest.mark.parametrize("role", ["front_desk", "biller", "clinician", "nurse"])
def test_staff_read_the_practice_and_do_not_change_it(world: World, owner: str, role: str) -> None:
    token, _ = add_member(world, owner, role)
    assert world.call("GET", "/v1/practice", token=token).status == 200
    for method, path, body in (
        ("PATCH", "/v1/practice", {"name": "Mine"}),
        ("POST", "/v1/locations", {}),
        ("POST", "/v1/practitioners", {}),
        ("PUT", "/v1/locations/loc_1", {}),
        ("PUT", "/v1/practitioners/pra_1", {}),
    ):
        answer = world.call(method, path, body, token=token, If_Match='"3"')
        assert (answer.status, answer.json["code"]) == (403, "forbidden"), (method, path)


def test_a_manager_changes_it(world: World, owner: str) -> None:
    manager, _ = add_member(world, owner, "manager")
    assert _change(world, manager, {"name": "Ours"}).json["name"] == "Ours"


def test_each_practice_sees_and_changes_itself(world: World, owner: str) -> None:
    other = sign_up(world, email="bea@clinic.example", practice_name="Oak Road Clinic")
    _change(world, other, {"name": "Oak"})
    assert world.call("GET", "/v1/practice", token=owner).json["name"] == "Elm Street Clinic"
    again = sign_in(world, "bea@clinic.example")
    assert world.call("GET", "/v1/practice", token=again).json["name"] == "Oak"
