"""The set-up checklist knows what is missing."""

from typing import Any

from tests.builders.billing import Clinic, clinic
from tests.faults import calls
from tests.world import World, add_member, clear, sign_up

__all__ = ["clinic"]


def _missing(answer: Any) -> set[str]:
    assert answer.status == 200, answer.text
    items = answer.json["items"]
    assert answer.json["complete"] is all(item["done"] for item in items)
    return {item["code"] for item in items if not item["done"]}


def test_a_new_practice_has_only_its_address_and_the_agreement(world: World) -> None:
    owner = sign_up(world)
    answer = world.call("GET", "/v1/practice/set-up", token=owner)
    done = {item["code"] for item in answer.json["items"]} - _missing(answer)
    assert done == {"email_verified", "agreement"}
    assert all(
        item["where"].split()[0] in ("POST", "PUT", "PATCH") for item in answer.json["items"]
    )


def test_what_is_set_up_is_no_longer_missing(clinic: Clinic) -> None:
    before = _missing(clinic.call("owner", "GET", "/v1/practice/set-up"))
    assert {
        "location",
        "practitioner",
        "fee_schedule",
        "billing_identity",
        "payer",
    } & before == set()
    assert {"cleared_for_sms", "clearinghouse_account", "working_hours"} <= before
    clear(clinic.world, clinic.tokens["owner"])
    account = {"submitter_id": "S1", "receiver_id": "R1", "receiver_name": "H", "usage": "T"}
    path = "/v1/clearinghouse-account"
    assert clinic.call("owner", "PUT", path, account, If_Match='"0"').status == 200
    after = _missing(clinic.call("owner", "GET", "/v1/practice/set-up"))
    assert before - after == {
        "cleared_for_eligibility",
        "cleared_for_sms",
        "cleared_for_prescribing",
        "clearinghouse_account",
    }


def test_it_takes_two_reads_however_much_is_set_up(clinic: Clinic) -> None:
    with calls() as sent:
        assert clinic.call("owner", "GET", "/v1/practice/set-up").status == 200
    assert sent.count("Query") == 2


def test_a_clerk_has_no_checklist(world: World) -> None:
    desk, _ = add_member(world, sign_up(world), "front_desk")
    assert world.call("GET", "/v1/practice/set-up", token=desk).json["code"] == "forbidden"
