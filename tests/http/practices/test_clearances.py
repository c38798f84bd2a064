"""Claims and SMS open once operations have verified NPI, TIN and licence."""

from typing import Any

import pytest

from infra.ops.clear import run
from tests.builders.billing import Clinic, clinic
from tests.world import BILLING, World, add_member, clear, sign_up, step_up

__all__ = ["clinic"]

ASK = {"capabilities": ["sms", "claims"], "licence": "NY 123456"}
OTHER_NPI = "1245319599"


@pytest.fixture
def owner(world: World) -> str:
    return sign_up(world)


def _ask(world: World, token: str) -> Any:
    return world.call("POST", "/v1/practice/clearances", ASK, token=token)


def _statuses(world: World, token: str) -> dict[str, str]:
    shown = world.call("GET", "/v1/practice/clearances", token=token).json["items"]
    return {each["capability"]: each["status"] for each in shown}


def _bill_under(world: World, token: str, npi: str) -> None:
    step_up(world, token)
    seen = world.call("GET", "/v1/practice", token=token)
    change = {"billing": {**BILLING, "npi": npi}}
    changed = world.call("PATCH", "/v1/practice", change, token=token, If_Match=seen.etag)
    assert changed.status == 200, changed.text


def test_nothing_can_be_verified_without_a_billing_identity(world: World, owner: str) -> None:
    refused = _ask(world, owner)
    assert (refused.status, refused.json["code"]) == (409, "billing_identity_missing")


def test_what_is_asked_for_waits_for_operations(world: World, owner: str) -> None:
    _bill_under(world, owner, BILLING["npi"])
    assert _ask(world, owner).status == 200
    assert _statuses(world, owner) == {"claims": "requested", "sms": "requested"}
    clear(world, owner, "sms")
    assert _statuses(world, owner) == {"claims": "requested", "sms": "verified"}
    assert _ask(world, owner).status == 200
    assert _statuses(world, owner) == {"claims": "requested", "sms": "verified"}


def test_a_refusal_is_shown_with_its_reason(world: World, owner: str) -> None:
    clear(world, owner, "claims")
    practice = world.call("GET", "/v1/me", token=owner).json["practice_id"]
    decided = ["--by", "Vera", "--licence", "NY 1", "--refuse", "The TIN is another company's"]
    assert run([practice, "claims", *decided]) == 0
    shown = world.call("GET", "/v1/practice/clearances", token=owner).json["items"]
    assert [(each["status"], each["reason"]) for each in shown] == [
        ("refused", "The TIN is another company's")
    ]


def test_the_command_names_what_stands_against_it(
    world: World, owner: str, capsys: pytest.CaptureFixture[str]
) -> None:
    practice = world.call("GET", "/v1/me", token=owner).json["practice_id"]
    decided = ["--by", "Vera", "--licence", "NY 1"]
    assert run([practice, "claims", *decided]) == 1
    assert "billing_identity_missing" in capsys.readouterr().err
    assert run(["prc_01ARZ3NDEKTSV4RRFFQ69G5FAV", "claims", *decided]) == 1
    assert "no practice" in capsys.readouterr().err


def test_a_clerk_asks_for_nothing(world: World, owner: str) -> None:
    desk, _ = add_member(world, owner, "front_desk")
    assert _ask(world, desk).json["code"] == "forbidden"


def test_a_claim_waits_until_the_practice_is_cleared_for_its_npi(clinic: Clinic) -> None:
    world, owner = clinic.world, clinic.tokens["owner"]
    _bill_under(world, owner, OTHER_NPI)
    clinic.visit(clinic.insured)
    waiting = clinic.get("biller", "/v1/claims?status=needs_attention")["items"]
    assert len(waiting) == 1
    path = f"/v1/claims/{waiting[0]['id']}"
    findings = clinic.get("biller", path)["findings"]
    assert "not_cleared" in {finding["code"] for finding in findings}
    again = clinic.call("biller", "POST", f"{path}/resubmit")
    assert (again.status, again.json["code"]) == (409, "not_cleared")
    assert again.json["errors"][0]["field"] == "claims"
    clear(world, owner, "claims")
    assert clinic.call("biller", "POST", f"{path}/resubmit").status == 200
    world.pump()
    assert clinic.get("biller", path)["status"] == "paid"


def test_a_claim_whose_clearance_ends_before_it_goes_out_is_held_back(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, pump=False)
    ready: list[str] = []
    while not ready:
        clinic.world._stream()
        clinic.world._queues()
        ready = clinic.pending("claim.ready")
    _bill_under(clinic.world, clinic.tokens["owner"], OTHER_NPI)
    clinic.world.pump()
    held = clinic.get("biller", "/v1/claims?status=needs_attention")["items"]
    claim = clinic.get("biller", f"/v1/claims/{held[0]['id']}")
    assert [step["status"] for step in claim["steps"]] == ["ready", "needs_attention"]
    assert claim["steps"][-1]["codes"] == ["not_cleared"]
    _bill_under(clinic.world, clinic.tokens["owner"], BILLING["npi"])
    path = f"/v1/claims/{held[0]['id']}"
    assert clinic.call("biller", "POST", f"{path}/resubmit").status == 200
    clinic.world.pump()
    assert clinic.get("biller", path)["status"] == "paid"
