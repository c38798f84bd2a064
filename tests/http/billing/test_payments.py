"""Taking money: copays wait, the rest is applied oldest charge first; receipts."""

from datetime import timedelta

import pytest

from tests.builders.billing import ADD_ON, TODAY, VISIT, Clinic, usd


def test_a_copay_waits_as_the_patients_credit_until_the_remittance(clinic: Clinic) -> None:
    # Given a patient who pays 25.00 at the desk, and a visit of 216.00 of which the payer leaves 20
    paid = clinic.pay(clinic.insured, 2_500, "copay")
    assert (paid.status, paid.json["unapplied"]) == (201, usd(2_500))
    assert clinic.balance(clinic.insured) == (0, 0, 2_500)
    # When the visit is charged, sent and paid
    clinic.visit(clinic.insured)
    # Then the copay has paid the share, and 5.00 is left of it
    assert clinic.balance(clinic.insured) == (0, 0, 500)
    payment = clinic.get("biller", f"/v1/patients/{clinic.insured}/payments/{paid.json['id']}")
    assert (payment["unapplied"], payment["version"]) == (usd(500), 2)
    kinds = [entry["type"] for entry in clinic.account(clinic.insured)["entries"]]
    assert kinds.count("patient_payment") == 1


def test_a_payment_goes_to_the_oldest_date_of_service_first(clinic: Clinic) -> None:
    # Given three visits owed by the patient, charged in another order than they happened
    days = {}
    for back in (3, 40, 1, 17, 90):
        days[TODAY - timedelta(days=back)] = clinic.visit(
            clinic.uninsured, VISIT, bill_to="self_pay", day=TODAY - timedelta(days=back)
        )
    in_order = [days[day] for day in sorted(days)]
    # When the patient pays for one and a half of them, and then for one more
    clinic.pay(clinic.uninsured, 30_000)
    due = {each["encounter_id"]: each["patient_due"]["amount"] for each in _charges(clinic)}
    assert [due[encounter] for encounter in in_order] == [0, 10_000, 20_000, 20_000, 20_000]
    clinic.pay(clinic.uninsured, 20_000)
    # Then it went to the oldest first, and the account shows them so
    assert [each["encounter_id"] for each in _charges(clinic)] == in_order
    due = {each["encounter_id"]: each["patient_due"]["amount"] for each in _charges(clinic)}
    assert [due[encounter] for encounter in in_order] == [0, 0, 10_000, 20_000, 20_000]
    assert clinic.balance(clinic.uninsured) == (0, 50_000, 0)


def test_what_is_paid_beyond_what_is_owed_stays_the_patients(clinic: Clinic) -> None:
    clinic.visit(clinic.uninsured, ADD_ON, bill_to="self_pay")
    paid = clinic.pay(clinic.uninsured, 2_000)
    assert paid.json["unapplied"] == usd(400)
    assert clinic.balance(clinic.uninsured) == (0, 0, 400)


def test_a_prepayment_pays_the_invoice_that_comes_later(clinic: Clinic) -> None:
    clinic.pay(clinic.uninsured, 5_000, "prepayment")
    encounter = clinic.visit(clinic.uninsured, ADD_ON, bill_to="self_pay")
    assert clinic.balance(clinic.uninsured) == (0, 1_600, 5_000)
    invoice = clinic.invoice(clinic.uninsured, encounter).json
    assert (invoice["amount"], invoice["open"], invoice["status"]) == (usd(1_600), usd(0), "paid")
    assert clinic.balance(clinic.uninsured) == (0, 0, 3_400)


def test_a_payment_over_more_charges_than_one_transaction_holds_is_taken(clinic: Clinic) -> None:
    for lines in (50, 35):
        clinic.visit(clinic.uninsured, *[ADD_ON] * lines, pump=False)
    clinic.world.pump()
    paid = clinic.pay(clinic.uninsured, 85 * 1_600)
    assert (paid.status, paid.json["unapplied"]) == (201, usd(5 * 1_600))
    assert clinic.balance(clinic.uninsured) == (0, 5 * 1_600, 5 * 1_600)
    assert [each["patient_due"]["amount"] for each in _charges(clinic)].count(0) == 80


def test_the_same_payment_sent_twice_is_taken_once(clinic: Clinic) -> None:
    first = clinic.pay(clinic.uninsured, 1_000)
    assert clinic.balance(clinic.uninsured) == (0, 0, 1_000)
    path, key = f"/v1/patients/{clinic.uninsured}/payments", {"Idempotency_Key": "desk-7"}
    body = {"amount": usd(700), "method": "cash"}
    answers = [clinic.call("front_desk", "POST", path, body, **key) for _ in range(3)]
    assert len({each.text for each in answers}) == 1
    assert answers[0].json["id"] != first.json["id"]
    other = clinic.call("front_desk", "POST", path, {**body, "method": "card"}, **key)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")
    assert clinic.balance(clinic.uninsured) == (0, 0, 1_700)


@pytest.mark.parametrize("amount", [0, -1, 10**9 + 1])
def test_money_received_is_more_than_nothing(clinic: Clinic, amount: int) -> None:
    answer = clinic.pay(clinic.uninsured, amount)
    assert answer.status == 400
    assert [each["field"] for each in answer.json["errors"]] == ["amount.amount"]


def test_money_of_another_currency_is_refused_and_nothing_taken(clinic: Clinic) -> None:
    body = {"amount": usd(100, "EUR"), "method": "cash"}
    path = f"/v1/patients/{clinic.uninsured}/payments"
    answer = clinic.call("front_desk", "POST", path, body)
    assert (answer.status, answer.json["code"]) == (422, "wrong_currency")
    assert clinic.account(clinic.uninsured)["payments"] == []


def test_no_field_of_ours_can_be_sent(clinic: Clinic) -> None:
    for field in ("unapplied", "receipt_number", "taken_by", "practice_id", "day"):
        answer = clinic.pay(clinic.uninsured, 100, **{field: "x"})
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)
    assert clinic.balance(clinic.uninsured) == (0, 0, 0)


def test_a_receipt_says_who_paid_what_when_and_how(clinic: Clinic) -> None:
    paid = clinic.pay(clinic.insured, 2_500, "copay", method="cash").json
    path = f"/v1/patients/{clinic.insured}/payments/{paid['id']}/receipt"
    assert clinic.get("front_desk", path) == {
        "receipt_number": paid["receipt_number"],
        "practice_name": "Elm Street Clinic",
        "patient_name": "Rosa Diaz",
        "day": TODAY.isoformat(),
        "method": "cash",
        "purpose": "copay",
        "amount": usd(2_500),
    }


def _charges(clinic: Clinic) -> list[dict[str, object]]:
    charges: list[dict[str, object]] = clinic.account(clinic.uninsured)["charges"]
    return charges
