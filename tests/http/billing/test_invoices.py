"""Invoices of a visit and its superbill."""

from tests.builders.billing import ADD_ON, FEES, TODAY, UNPRICED, VISIT, Clinic, fee, usd

ALL = FEES["G0463"] + FEES["G2211"]


def test_a_visit_is_invoiced_once_paid_and_shown_as_paid(clinic: Clinic) -> None:
    encounter = clinic.visit(clinic.uninsured)
    made = clinic.invoice(clinic.uninsured, encounter)
    assert made.status == 201
    assert (made.json["amount"], made.json["open"], made.json["status"]) == (
        usd(ALL),
        usd(ALL),
        "open",
    )
    again = clinic.invoice(clinic.uninsured, encounter)
    assert (again.status, again.json["code"]) == (409, "nothing_to_invoice")
    path = f"/v1/patients/{clinic.uninsured}/invoices/{made.json['id']}"
    clinic.pay(clinic.uninsured, 15_000)
    half = clinic.get("front_desk", path)
    assert (half["open"], half["status"]) == (usd(ALL - 15_000), "open")
    clinic.pay(clinic.uninsured, ALL - 15_000)
    whole = clinic.get("biller", path)
    assert (whole["amount"], whole["open"], whole["status"]) == (usd(ALL), usd(0), "paid")
    assert [charge["code"] for charge in whole["charges"]] == ["G0463", "G2211"]


def test_credit_is_applied_first_and_the_rest_is_asked_for(clinic: Clinic) -> None:
    clinic.pay(clinic.uninsured, 500, "prepayment")
    clinic.pay(clinic.uninsured, 600, "prepayment")
    encounter = clinic.visit(clinic.uninsured, ADD_ON, ADD_ON)
    made = clinic.invoice(clinic.uninsured, encounter).json
    assert (made["amount"], made["open"]) == (usd(3_200), usd(2_100))
    account = clinic.account(clinic.uninsured)
    assert [each["unapplied"]["amount"] for each in account["payments"]] == [0, 0]
    assert clinic.balance(clinic.uninsured) == (0, 2_100, 0)


def test_what_waits_for_the_payer_is_not_asked_of_the_patient(clinic: Clinic) -> None:
    encounter = clinic.visit(clinic.insured, pump=False)
    before = clinic.invoice(clinic.insured, encounter)
    assert (before.status, before.json["code"]) == (409, "nothing_to_invoice")
    # When the payer has left 20.00 to the patient
    clinic.world.pump()
    made = clinic.invoice(clinic.insured, encounter)
    assert (made.status, made.json["amount"]) == (201, usd(2_000))
    assert len(made.json["charges"]) == 1


def test_a_visit_without_a_fee_is_invoiced_once_there_is_one(clinic: Clinic) -> None:
    # Given a self-paid visit of which one code has no fee
    encounter = clinic.visit(clinic.uninsured, VISIT, UNPRICED)
    assert clinic.balance(clinic.uninsured) == (0, FEES["G0463"], 0)
    # When the fee is set and the visit invoiced
    fees = {"fees": [fee("G0463", 99_999), fee("X0002", 300)]}
    assert clinic.call("owner", "PUT", "/v1/fee-schedule", fees, If_Match='"1"').status == 200
    made = clinic.invoice(clinic.uninsured, encounter).json
    # Then two units of it are charged; what had its fee before keeps it
    assert made["amount"] == usd(FEES["G0463"] + 600)
    assert [charge["amount"]["amount"] for charge in made["charges"]] == [FEES["G0463"], 600]
    assert clinic.balance(clinic.uninsured) == (0, FEES["G0463"] + 600, 0)


def test_a_fee_that_comes_after_the_invoice_makes_a_second_one(clinic: Clinic) -> None:
    encounter = clinic.visit(clinic.uninsured, VISIT, UNPRICED)
    assert clinic.invoice(clinic.uninsured, encounter).json["amount"] == usd(FEES["G0463"])
    fees = {"fees": [fee("X0002", 300)]}
    assert clinic.call("owner", "PUT", "/v1/fee-schedule", fees, If_Match='"1"').status == 200
    assert clinic.invoice(clinic.uninsured, encounter).json["amount"] == usd(600)
    assert clinic.invoice(clinic.uninsured, encounter).status == 409
    assert clinic.balance(clinic.uninsured) == (0, FEES["G0463"] + 600, 0)


def test_fifty_lines_and_a_credit_fit_one_invoice(clinic: Clinic) -> None:
    clinic.pay(clinic.uninsured, 50 * 1_600, "prepayment")
    encounter = clinic.visit(clinic.uninsured, *[ADD_ON] * 50)
    made = clinic.invoice(clinic.uninsured, encounter)
    assert (made.status, made.json["status"], len(made.json["charges"])) == (201, "paid", 50)
    assert clinic.balance(clinic.uninsured) == (0, 0, 0)


def test_a_superbill_says_who_where_why_what_and_how_much(clinic: Clinic) -> None:
    encounter = clinic.visit(clinic.uninsured)
    clinic.pay(clinic.uninsured, 20_500)
    shown = clinic.get(
        "biller", f"/v1/patients/{clinic.uninsured}/encounters/{encounter}/superbill"
    )
    lines = [(each["code"], each["diagnosis_codes"], each["amount"]) for each in shown.pop("lines")]
    assert lines == [("G0463", ["M54.50"], usd(20_000)), ("G2211", ["M54.50"], usd(1_600))]
    assert shown == {
        "practice_name": "Elm Street Clinic PC",
        "practice_tin": "12-3456789",
        "practice_npi": "1234567893",
        "practitioner_name": "Kofi Osei",
        "practitioner_npi": "1987654328",
        "place_of_service": "11",
        "patient_name": "Rosa Diaz",
        "patient_birth_date": "1984-07-02",
        "day": TODAY.isoformat(),
        "diagnosis_codes": ["M54.50", "I10"],
        "total": usd(ALL),
        "paid": usd(20_500),
    }


def test_there_is_no_superbill_before_there_are_charges(clinic: Clinic) -> None:
    encounter = clinic.visit(clinic.uninsured, pump=False)
    path = f"/v1/patients/{clinic.uninsured}/encounters/{encounter}/superbill"
    early = clinic.call("biller", "GET", path)
    assert (early.status, early.json["code"]) == (409, "not_charged")
    clinic.world.pump()
    assert clinic.call("biller", "GET", path).status == 200
