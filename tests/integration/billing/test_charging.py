"""Signing makes charges, once, whatever happens on the way."""

import json

import pytest

from chalicelib.billing.handlers import consumers
from tests.builders.billing import ADD_ON, FEES, UNPRICED, VISIT, Clinic
from tests.builders.deaths import after_each_death, books
from tests.builders.patients import add_coverage
from tests.faults import calls

ALL = FEES["G0463"] + FEES["G2211"]


def test_a_covered_visit_is_the_payers_and_asks_for_a_claim(clinic: Clinic) -> None:
    # Given a signed visit of a patient with a coverage on the day
    encounter = clinic.visit(clinic.insured, pump=False)
    # When it is charged
    charge(clinic)
    # Then the payer owes all of it, and claims are told which coverage is billed
    assert clinic.balance(clinic.insured) == (ALL, 0, 0)
    (told,) = map(json.loads, clinic.pending("charges.made"))
    assert (told["subject"], told["subject_version"]) == (encounter, 1)
    assert told["data"]["coverage_id"] == clinic.coverage_id
    assert told["data"]["bill_to"] == "insurance"
    charges = clinic.account(clinic.insured)["charges"]
    assert [(each["code"], each["amount"]["amount"]) for each in charges] == list(FEES.items())[:2]
    assert {each["bill_to"] for each in charges} == {"insurance"}


@pytest.mark.parametrize("case", ["no coverage", "asked not to bill", "coverage has ended"])
def test_a_visit_that_no_plan_is_billed_for_is_the_patients(clinic: Clinic, case: str) -> None:
    patients = {
        "no coverage": clinic.uninsured,
        "asked not to bill": clinic.insured,
        "coverage has ended": clinic.patient(effective_until="2026-03-01"),
    }
    bill_to = "self_pay" if case == "asked not to bill" else "insurance"
    clinic.visit(patients[case], bill_to=bill_to, pump=False)
    charge(clinic)
    assert clinic.balance(patients[case]) == (0, ALL, 0)
    (told,) = map(json.loads, clinic.pending("charges.made"))
    assert (told["data"]["coverage_id"], told["data"]["bill_to"]) == ("", "self_pay")
    # And no claim is made of it
    clinic.world.pump()
    assert "claim" not in kinds(clinic)


def test_the_coverage_that_comes_first_on_the_day_is_billed(clinic: Clinic) -> None:
    patient = clinic.patient(priority=2, member_id="W2")
    terms = ({"priority": 1, "effective_until": "2026-02-28"}, {"priority": 3})
    others = [
        add_coverage(clinic.world, clinic.tokens["front_desk"], patient, **each) for each in terms
    ]
    clinic.visit(patient, pump=False)
    charge(clinic)
    (told,) = map(json.loads, clinic.pending("charges.made"))
    assert told["data"]["coverage_id"] not in ("", *(each["id"] for each in others))


def test_units_count_and_a_code_without_a_fee_waits_at_zero(clinic: Clinic) -> None:
    clinic.visit(clinic.uninsured, VISIT, UNPRICED, pump=False)
    charge(clinic)
    charges = clinic.account(clinic.uninsured)["charges"]
    assert [(each["units"], each["amount"]["amount"]) for each in charges] == [(1, 20_000), (2, 0)]


def test_a_visit_without_procedures_is_not_charged(clinic: Clinic) -> None:
    clinic.visit(clinic.uninsured, bare=True, pump=False)
    charge(clinic)
    assert "charge" not in kinds(clinic)
    assert clinic.pending("charges.made") == []


def test_charges_are_made_once_under_duplicates_and_a_second_signing(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, pump=False)
    (signed,) = clinic.pending("encounter.signed")
    consumers.handle(signed)
    once = books(clinic)
    again = {**json.loads(signed), "id": "evt_01JDE3GZ5V6T7W8X9Y0Z1A2B3C", "subject_version": 9}
    for message in (signed, signed, json.dumps(again)):
        consumers.handle(message)
    assert books(clinic) == once


def test_charges_keep_the_fee_they_were_made_with(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, pump=False)
    (signed,) = clinic.pending("encounter.signed")
    consumers.handle(signed)
    clinic.call("owner", "PUT", "/v1/fee-schedule", {"fees": []}, If_Match='"1"')
    consumers.handle(signed)
    assert clinic.balance(clinic.insured) == (ALL, 0, 0)


def test_a_death_at_any_call_leaves_the_charges_made_once(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, VISIT, ADD_ON, pump=False)
    (signed,) = clinic.pending("encounter.signed")
    assert after_each_death(clinic, lambda: consumers.handle(signed)) >= 6


def test_making_charges_is_one_round_of_reads_and_one_transaction(clinic: Clinic) -> None:
    clinic.visit(clinic.insured, *[ADD_ON] * 12, pump=False)
    (signed,) = clinic.pending("encounter.signed")
    with calls() as sent:
        consumers.handle(signed)
    practice, *reads = sent[:-2]
    assert practice == "GetItem"  # as with every message
    assert sorted(reads) == ["BatchGetItem", "Query"]
    assert sorted(sent[-2:]) == ["PutItem", "TransactWriteItems"]  # the audit entry beside it


def charge(clinic: Clinic) -> None:
    """Deliver the signing to billing, and to nobody else."""
    for signed in clinic.pending("encounter.signed"):
        consumers.handle(signed)


def kinds(clinic: Clinic) -> set[str]:
    return {item["kind"]["S"] for item in clinic.world.items()}
