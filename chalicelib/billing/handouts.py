"""What a patient is handed: the receipt of a payment, the superbill of a visit."""

from ..care_team.reach import find_reached
from ..clinical.models import Encounter
from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.http import MoneyValue
from ..practices.service import read_billing_parties, read_practice
from .errors import NotCharged
from .ledger import read_account
from .models import Charge
from .payments import read_payment
from .posting_values import EntryKind
from .schemas import ReceiptView, SuperbillLine, SuperbillView


def receipt(context: Context, patient_id: str, payment_id: str) -> ReceiptView:
    """Proof of one payment."""
    payment = read_payment(context, patient_id, payment_id)
    patient = read_patient(context, patient_id)
    return ReceiptView(
        receipt_number=payment.receipt_number,
        practice_name=read_practice(context).name,
        patient_name=patient.full_name,
        day=payment.day,
        method=payment.method,
        purpose=payment.purpose,
        amount=MoneyValue.of(payment.amount, context.tenant.currency),
    )


def superbill(context: Context, patient_id: str, encounter_id: str) -> SuperbillView:
    """A signed visit with its codes, charges and what was paid; the patient claims with it.

    NotFound for an encounter that is not the patient's, or whose codes the caller may not see;
    NotCharged (409) before it was charged.
    """
    patient = read_patient(context, patient_id)
    encounter = _visit(context, patient_id, encounter_id)
    practice, practitioner, location = read_billing_parties(
        context, encounter.practitioner_id, encounter.location_id
    )
    account = read_account(context, patient_id)
    charges = [charge for charge in account.charges if charge.encounter_id == encounter_id]
    if not charges:
        raise NotCharged
    ids = {charge.id for charge in charges}
    paid = sum(
        movement.amount
        for entry in account.entries
        for movement in entry.movements
        if movement.kind is EntryKind.PATIENT_PAYMENT and movement.charge_id in ids
    )
    currency = context.tenant.currency
    codes = [diagnosis.code for diagnosis in encounter.diagnoses]
    return SuperbillView(
        practice_name=practice.billing.legal_name if practice.billing else practice.name,
        practice_tin=practice.billing and practice.billing.tin,
        practice_npi=practice.billing and practice.billing.npi,
        practitioner_name=practitioner.name,
        practitioner_npi=practitioner.npi,
        place_of_service=location.place_of_service,
        patient_name=patient.full_name,
        patient_birth_date=patient.birth_date,
        day=encounter.day,
        diagnosis_codes=codes,
        lines=[_line(charge, codes, currency) for charge in charges],
        total=MoneyValue.of(sum(charge.amount for charge in charges), currency),
        paid=MoneyValue.of(paid, currency),
    )


def _visit(context: Context, patient_id: str, encounter_id: str) -> Encounter:
    key = Encounter.key(context.practice_id, patient_id, encounter_id)
    reach, found = find_reached(context, patient_id, [key])
    encounter = found.get(key)
    if not isinstance(encounter, Encounter) or not reach.sees_codes(encounter.sensitivity):
        raise NotFound
    return encounter


def _line(charge: Charge, codes: list[str], currency: str) -> SuperbillLine:
    return SuperbillLine(
        code=charge.code,
        modifiers=list(charge.modifiers),
        units=charge.units,
        diagnosis_codes=[codes[pointer - 1] for pointer in charge.pointers],
        amount=MoneyValue.of(charge.amount, currency),
    )
