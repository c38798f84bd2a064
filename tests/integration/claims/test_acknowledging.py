"""What becomes of a claim that was sent: 999, 277CA and 835 in whatever order they come."""

from itertools import permutations
from random import Random

import pytest

from chalicelib.claims import states
from tests import tables
from tests.builders.billing import Clinic
from tests.builders.mailbox import Holding, bring, claims, holding
from tests.unit.claims.edi_builders import interchange

ALL = states.ALL


def test_answers_move_a_claim_forward_and_each_is_kept_with_its_source(clinic: Clinic) -> None:
    house = sent(clinic)
    assert only(clinic)["status"] == "submitted"
    for answer in house.answers:
        bring(clinic, answer.text)
    steps = [(step["source"], step["status"]) for step in only(clinic)["steps"]]
    assert steps == [
        ("scrubber", "ready"),
        ("practice", "submitted"),
        ("clearinghouse", "received"),
        ("clearinghouse", "forwarded"),
        ("payer", "accepted"),
        ("remittance", "paid"),
    ]


def test_in_any_order_and_twice_over_a_claim_ends_paid_and_its_money_posted_once(
    clinic: Clinic,
) -> None:
    house = sent(clinic)
    start, balances = tables.image(), set()
    assert [answer.kind for answer in house.answers] == ["999", "277CA", "277CA", "835"]
    orders = list(permutations(house.answers))
    for order in [*Random(20260302).sample(orders, 2), orders[0], orders[-1]]:
        tables.put_back(start)
        for answer in (*order, *order):
            bring(clinic, answer.text)
        assert only(clinic)["status"] == "paid", [answer.kind for answer in order]
        balances.add(clinic.balance(clinic.insured))
    assert len(balances) == 1
    assert balances != {(0, 0, 0)}


def test_a_payers_rejection_after_the_clearinghouses_acceptance_wins(clinic: Clinic) -> None:
    patient = clinic.patient(member_id="REJ100200")
    house = sent(clinic, patient)
    accepted, rejected = house.texts("277CA")
    for text in (rejected, accepted, *house.texts("999")):
        bring(clinic, text)
    claim = only(clinic)
    assert claim["status"] == "rejected"
    assert claim["steps"][-1]["source"] == "payer"
    assert claim["steps"][-1]["codes"], "the payer said why"


def test_a_rejected_claim_is_corrected_and_sent_again_as_a_new_one(clinic: Clinic) -> None:
    # Given a claim that the payer rejected for its member id
    patient = clinic.patient(member_id="REJ100200")
    house = sent(clinic, patient)
    for answer in house.answers:
        bring(clinic, answer.text)
    first = list(house.answers)
    # When the coverage is corrected and the claim made anew
    coverage = clinic.get("front_desk", f"/v1/patients/{patient}/coverages")["items"][0]
    body = {name: coverage[name] for name in COVERAGE} | {"member_id": "W100200"}
    path = f"/v1/patients/{patient}/coverages/{coverage['id']}"
    assert clinic.call("front_desk", "PUT", path, body, If_Match='"1"').status == 200
    again = clinic.call("biller", "POST", f"/v1/claims/{only(clinic)['id']}/resubmit")
    assert (again.status, again.json["status"]) == (200, "ready")
    clinic.world.pump()
    # Then it goes out under the same number, with frequency 1
    assert len(house.files) == 2
    assert f"CLM*{again.json['number']}*216***11:B:1*" in house.files[1]
    assert "REJ100200" not in house.files[1]
    # And what is said of the first attempt no longer counts
    for answer in first:
        bring(clinic, answer.text + "\n")
    assert only(clinic)["status"] == "submitted"
    for answer in house.answers[len(first) :]:
        bring(clinic, answer.text)
    assert only(clinic)["status"] == "paid"


def test_a_999_that_rejects_the_set_rejects_the_claim_with_its_codes(clinic: Clinic) -> None:
    house = sent(clinic)
    group = next(line for line in house.files[0].split("~") if "GS*" in line).split("*")[6]
    refusal = [
        f"AK1*HC*{group}*005010X222A1",
        "AK2*837*0001*005010X222A1",
        "IK3*CLM*22*2300*8",
        "IK4*5:3*1325*I9*Q",
        "IK5*R*5*I5",
        "AK9*R*1*1*0",
    ]
    bring(clinic, interchange("999", refusal))
    claim = only(clinic)
    assert (claim["status"], claim["steps"][-1]["codes"]) == ("rejected", ["8", "I9"])


@pytest.mark.parametrize("group", ["7", "999999999", "ABC", "0"])
def test_a_999_of_a_group_that_is_not_ours_changes_nothing(clinic: Clinic, group: str) -> None:
    sent(clinic)
    before = only(clinic)
    answer = [
        f"AK1*HC*{group}*005010X222A1",
        "AK2*837*0001*005010X222A1",
        "IK5*R*5",
        "AK9*R*1*1*0",
    ]
    bring(clinic, interchange("999", answer))
    assert only(clinic) == before


def test_no_answer_takes_a_paid_claim_back(clinic: Clinic) -> None:
    house = sent(clinic)
    for answer in reversed(house.answers):
        bring(clinic, answer.text)
    assert [step["status"] for step in only(clinic)["steps"]] == ["ready", "submitted", "paid"]


COVERAGE = (
    "payer_id",
    "payer_name",
    "member_id",
    "group_number",
    "relationship",
    "subscriber",
    "priority",
    "effective_from",
    "effective_until",
)


def sent(clinic: Clinic, patient_id: str = "") -> Holding:
    """A visit whose claim lies at the clearinghouse, which holds its answers back."""
    house = holding(clinic)
    clinic.visit(patient_id or clinic.insured)
    return house


def only(clinic: Clinic) -> dict[str, object]:
    """The practice's one claim."""
    (claim,) = claims(clinic, *ALL)
    return claim
