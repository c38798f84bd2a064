"""Taking money from patients: applied to what they owe, oldest first; the rest is their credit."""

from typing import NamedTuple

from ..patients.registration import read_patient
from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import Conflict
from ..platform.store import get
from .ledger import Account, minor_of, move_balance, read_account
from .models import Charge, LedgerEntry, Payment
from .schemas import PaymentBody


class AccountChanged(Conflict):
    """Another posting moved the same charge meanwhile; send the payment again."""

    code = "account_changed"
    title = "The account changed meanwhile; please retry"


class Applied(NamedTuple):
    """How much of a payment a charge took."""

    charge: Charge
    amount: int


def take_payment(context: Context, patient_id: str, body: PaymentBody) -> Payment:
    """Record money received. A copay stays unapplied until the remittance is posted.

    Any other payment is applied at once to what the patient owes, oldest charge first.
    """
    read_patient(context, patient_id)
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
        receipt_number="",
    )
    payment.receipt_number = f"R-{payment.id[-8:]}"
    if body.purpose != "copay":
        apply_credit(context, read_account(context, patient_id), [payment])
    move_balance(context, patient_id, credit=amount)
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


def apply_credit(context: Context, account: Account, payments: list[Payment]) -> list[Applied]:
    """Let open charges take from payments, both oldest first; stage entries and the balance.

    A payment that is new (version 0) is staged by the caller; one read before is saved here.
    """
    applied: list[Applied] = []
    for payment in payments:
        before = payment.unapplied
        for charge in account.charges:
            amount = min(payment.unapplied, charge.patient_due)
            if amount > 0:
                payment.unapplied -= amount
                charge.patient_due -= amount
                _stage_application(context, charge, payment, amount)
                applied.append(Applied(charge, amount))
        if payment.version and payment.unapplied != before:
            context.work.save(payment, refusal=AccountChanged())
    for charge in {part.charge.id: part.charge for part in applied}.values():
        context.work.save(charge, refusal=AccountChanged())
    moved = sum(part.amount for part in applied)
    if moved:
        move_balance(context, applied[0].charge.patient_id, patient=-moved, credit=-moved)
    return applied


def _stage_application(context: Context, charge: Charge, payment: Payment, amount: int) -> None:
    context.work.create(
        LedgerEntry(
            *LedgerEntry.key(context.practice_id, charge.patient_id, context.new_id("led")),
            type="patient_payment",
            charge_id=charge.id,
            day=context.today(),
            insurance=0,
            patient=-amount,
            credit=-amount,
            amount=amount,
            payment_id=payment.id,
            source_id=payment.id,
        )
    )
