"""Taking money from patients: applied to what they owe, oldest first; the rest is their credit."""

from dataclasses import replace

from ..patients.registration import read_patient
from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.store import find, get
from ..scheduling.models import Appointment
from .ledger import minor_of, move_balance, read_account, record
from .models import Payment
from .posting_rules import apply_credits
from .schemas import PaymentBody

MOST_CHARGES = 80


def take_payment(context: Context, patient_id: str, body: PaymentBody) -> Payment:
    """Record money received. A copay stays unapplied until the remittance is posted.

    Any other payment is applied at once to what the patient owes, oldest charge first: to at most
    `MOST_CHARGES` of them, as many as one transaction holds. What is left stays the patient's credit.
    Invalid (422) for an appointment that is not the patient's.
    """
    read_patient(context, patient_id)
    if body.appointment_id is not None:
        _refuse_another_s(context, patient_id, body.appointment_id)
    amount = minor_of(context, body.amount)
    payment = Payment(
        *Payment.key(context.practice_id, patient_id, context.new_id("pay")),
        amount=amount,
        unapplied=amount,
        method=body.method,
        purpose=body.purpose,
        day=context.today(),
        taken_at=context.now(),
        taken_by=context.actor.id,
        appointment_id=body.appointment_id,
    )
    payment.receipt_number = f"R-{payment.id[-8:]}"
    move_balance(context, patient_id, credit=amount)
    if body.purpose != "copay":
        account = read_account(context, patient_id)
        account = replace(account, payments=[payment])
        entries = apply_credits(account.owing[:MOST_CHARGES], [payment.left])
        record(context, account, entries, source_id=payment.id)
    context.work.create(payment)
    outbox.publish(
        context,
        "payment.taken",
        payment.id,
        1,
        patient_id=patient_id,
        day=payment.day.isoformat(),
    )
    return payment


def read_payment(context: Context, patient_id: str, payment_id: str) -> Payment:
    context.concerns(patient_id)
    return get(Payment, Payment.key(context.practice_id, patient_id, payment_id))


def _refuse_another_s(context: Context, patient_id: str, appointment_id: str) -> None:
    found = find(Appointment, Appointment.key(context.practice_id, appointment_id))
    if found is None or found.patient_id != patient_id:
        raise invalid_field("appointment_id", "not_found", "The patient has no such appointment")
