"""Two who move the same account at once: one of them is told, and no cent is lost or doubled."""

from chalicelib.claims.handlers import consumers as claims
from tests.builders.billing import ADD_ON, FEES, Clinic, usd
from tests.builders.ledgers import assert_balanced
from tests.faults import answering, meanwhile


def test_a_payment_of_a_charge_that_another_pays_meanwhile_is_refused(clinic: Clinic) -> None:
    clinic.visit(clinic.uninsured, ADD_ON)
    with meanwhile(lambda: clinic.pay(clinic.uninsured, 1_000)):
        late = clinic.pay(clinic.uninsured, 1_600)
    assert (late.status, late.json["code"]) == (409, "account_changed")
    assert clinic.balance(clinic.uninsured) == (0, 600, 0)
    assert len(clinic.account(clinic.uninsured)["payments"]) == 1
    # And sent again it is taken
    assert clinic.pay(clinic.uninsured, 1_600).json["unapplied"] == usd(1_000)
    assert_balanced(clinic.world.items())


def test_copays_taken_at_once_are_both_taken(clinic: Clinic) -> None:
    with meanwhile(lambda: clinic.pay(clinic.insured, 1_000, "copay")):
        assert clinic.pay(clinic.insured, 2_000, "copay").status == 201
    assert clinic.balance(clinic.insured) == (0, 0, 3_000)
    assert_balanced(clinic.world.items())


def test_two_invoices_of_one_visit_made_at_once_are_one(clinic: Clinic) -> None:
    encounter = clinic.visit(clinic.uninsured, ADD_ON)
    with meanwhile(lambda: clinic.invoice(clinic.uninsured, encounter)):
        late = clinic.invoice(clinic.uninsured, encounter)
    assert (late.status, late.json["code"]) == (409, "account_changed")
    assert [item["kind"]["S"] for item in clinic.world.items()].count("invoice") == 1


def test_one_credit_is_not_spent_by_two_invoices_at_once(clinic: Clinic) -> None:
    clinic.pay(clinic.uninsured, 2_000, "prepayment")
    first, second = (clinic.visit(clinic.uninsured, ADD_ON) for _ in range(2))
    with meanwhile(lambda: clinic.invoice(clinic.uninsured, first)):
        late = clinic.invoice(clinic.uninsured, second)
    assert (late.status, late.json["code"]) == (409, "account_changed")
    assert clinic.invoice(clinic.uninsured, second).json["open"] == usd(1_200)
    assert clinic.balance(clinic.uninsured) == (0, 1_200, 0)
    assert_balanced(clinic.world.items())


def test_a_remittance_posted_while_the_patient_pays_is_posted_by_its_next_delivery(
    clinic: Clinic,
) -> None:
    # Given a visit whose claim has gone out, and a prepayment
    clinic.pay(clinic.insured, 500, "prepayment")
    clinic.visit(clinic.insured)
    assert clinic.balance(clinic.insured) == (0, 1_500, 0)
    # When the same money is claimed by a second claim's posting and by an invoice at once
    clinic.pay(clinic.insured, 700, "copay")
    other = clinic.visit(clinic.uninsured, ADD_ON)
    encounter = clinic.visit(clinic.insured, pump=False)
    assert encounter != other
    clinic.world.pump(rounds=20)
    # Then what the patient gave is spent once
    assert_balanced(clinic.world.items())
    assert clinic.balance(clinic.insured) == (0, 2_800, 0)


def test_transaction_conflicts_are_tried_again_and_never_called_changed(clinic: Clinic) -> None:
    clinic.visit(clinic.uninsured, ADD_ON)
    conflict = {"error": "TransactionCanceledException", "reasons": ["TransactionConflict"]}
    with answering("TransactWriteItems", times=2, **conflict):
        assert clinic.pay(clinic.uninsured, 1_600).status == 201
    assert clinic.balance(clinic.uninsured) == (0, 0, 0)
    assert FEES["G2211"] == 1_600
    assert claims.domain == "claims"
