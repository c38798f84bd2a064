"""Who may see and move money, and that ids of others lead nowhere."""

from dataclasses import replace
from itertools import product

import pytest

from tests.builders.billing import Clinic, fee, usd
from tests.builders.patients import register_patient
from tests.world import add_member, sign_up

MONEY = {"amount": usd(100), "method": "cash"}
SEES_ACCOUNT = {"owner", "manager", "biller"}
TAKES_MONEY = {"manager", "front_desk", "biller"}


@pytest.mark.parametrize("role", ["owner", "manager", "front_desk", "biller", "clinician", "nurse"])
def test_each_role_reaches_what_the_matrix_gives_it(clinic: Clinic, role: str) -> None:
    encounter = clinic.visit(clinic.uninsured)
    payment = clinic.pay(clinic.uninsured, 100).json["id"]
    invoice = clinic.invoice(clinic.uninsured, encounter).json["id"]
    path = f"/v1/patients/{clinic.uninsured}"
    calls = [
        ("GET", f"{path}/account", None, SEES_ACCOUNT),
        ("GET", f"{path}/encounters/{encounter}/superbill", None, SEES_ACCOUNT),
        ("GET", f"{path}/balance", None, TAKES_MONEY),
        ("GET", f"{path}/payments/{payment}", None, TAKES_MONEY),
        ("GET", f"{path}/payments/{payment}/receipt", None, TAKES_MONEY),
        ("GET", f"{path}/invoices/{invoice}", None, TAKES_MONEY),
        ("POST", f"{path}/invoices", {"encounter_id": encounter}, TAKES_MONEY),
        ("POST", f"{path}/payments", MONEY, TAKES_MONEY),
    ]
    for method, called, body, allowed in calls:
        answer = clinic.call(role, method, called, body)
        assert (answer.status == 403) is (role not in allowed), f"{role} {method} {called}"
        if answer.status == 403:
            assert answer.json["code"] == "forbidden"


def test_ids_of_another_patient_practice_or_nobody_all_answer_404(clinic: Clinic) -> None:
    # Given money of two patients, of a patient of another practice, and ids of nobody
    ours = [_money(clinic, clinic.uninsured), _money(clinic, clinic.patient())]
    nobody = ("pat_01JDE3GZ5V6T7W8X9Y0Z1A2B3C", *["xyz_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"] * 3)
    held = [*ours, _money(*_other_practice(clinic)), nobody]
    before = _records(clinic)
    # When the first practice asks for every patient and child but its own that belong together
    for (patient, *_), (other, payment, encounter, invoice) in product(held, held):
        if patient == other and patient in (ours[0][0], ours[1][0]):
            continue
        for path in (
            f"payments/{payment}",
            f"payments/{payment}/receipt",
            f"invoices/{invoice}",
            f"encounters/{encounter}/superbill",
        ):
            _is_not_there(clinic, "GET", f"/v1/patients/{patient}/{path}")
        body = {"encounter_id": encounter}
        _is_not_there(clinic, "POST", f"/v1/patients/{patient}/invoices", body)
    # And for the accounts of patients that are not its own
    for patient, *_ in held[2:]:
        for path in ("account", "balance"):
            _is_not_there(clinic, "GET", f"/v1/patients/{patient}/{path}")
        _is_not_there(clinic, "POST", f"/v1/patients/{patient}/payments", MONEY)
    # Then each answer is 404, and no record has changed but the audit
    assert _records(clinic) == before


def test_an_id_that_cannot_be_one_is_refused_not_searched_for(clinic: Clinic) -> None:
    for strange in ("enc#1", "", "enc 1", "x" * 41):
        answer = clinic.invoice(clinic.uninsured, strange)
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, "encounter_id")


def test_reading_money_is_in_the_audit_with_its_patient(clinic: Clinic) -> None:
    clinic.balance(clinic.insured)
    clinic.account(clinic.insured)
    clinic.pay(clinic.insured, 100)
    entries = {
        item["action"]["S"]: item["subjects"]["SS"]
        for item in clinic.world.items()
        if item["kind"]["S"] == "audit" and "subjects" in item
    }
    for action in ("read_balance", "read_account", "take_payment"):
        assert entries[action] == [clinic.insured]


def _money(clinic: Clinic, patient_id: str) -> tuple[str, str, str, str]:
    encounter = clinic.visit(patient_id)
    payment = clinic.pay(patient_id, 100).json["id"]
    return patient_id, payment, encounter, clinic.invoice(patient_id, encounter).json["id"]


def _other_practice(clinic: Clinic) -> tuple[Clinic, str]:
    """Another practice, far enough set up to take money, and a patient of it."""
    world = clinic.world
    owner = sign_up(world, email="owner@oak.example")
    desk, _ = add_member(world, owner, "manager", email="manager@oak.example")
    practice_id = world.call("GET", "/v1/me", token=desk).json["practice_id"]
    fees = {"fees": [fee("G0463", 5_000)]}
    world.call("PUT", "/v1/fee-schedule", fees, token=desk, If_Match='"0"')
    other = replace(clinic, practice_id=practice_id, tokens={"front_desk": desk})
    return other, register_patient(world, desk)["id"]


def _records(clinic: Clinic) -> list[dict[str, object]]:
    return [item for item in clinic.world.items() if not item["kind"]["S"].startswith("audit")]


def _is_not_there(clinic: Clinic, method: str, path: str, body: object = None) -> None:
    answer = clinic.call("manager", method, path, body)
    assert (answer.status, answer.json["code"]) == (404, "not_found"), f"{method} {path}"
