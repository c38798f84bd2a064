"""The patient's account: reading it, and moving the balance with every entry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..platform.context import Context
from ..platform.http import MoneyValue
from ..platform.store import Record, find, join, query_all
from .errors import AccountChanged, WrongCurrency
from .models import Balance, Charge, Invoice, LedgerEntry, Payment
from .posting_values import Entry

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Account:
    """Everything of a patient's money, read by one Query."""

    patient_id: str
    charges: list[Charge]
    payments: list[Payment]
    entries: list[LedgerEntry]
    invoices: list[Invoice]
    balance: Balance


def read_account(context: Context, patient_id: str) -> Account:
    """The whole account, oldest first. An account without any movement is empty."""
    context.concerns(patient_id)
    partition = join(context.practice_id, patient_id)
    records = list(query_all(partition, begins="money#", consistent=True))
    balance = next(iter(_of(records, Balance)), None)
    return Account(
        patient_id=patient_id,
        charges=_of(records, Charge),
        payments=_of(records, Payment),
        entries=_of(records, LedgerEntry),
        invoices=_of(records, Invoice),
        balance=balance or _empty_balance(context.practice_id, patient_id),
    )


def read_balance(context: Context, patient_id: str) -> Balance:
    """What the account stands at: one GetItem."""
    context.concerns(patient_id)
    found = find(Balance, Balance.key(context.practice_id, patient_id), consistent=True)
    return found or _empty_balance(context.practice_id, patient_id)


def record(
    context: Context,
    account: Account,
    entries: Sequence[Entry],
    *,
    source_id: str,
    claim_id: str = "",
) -> None:
    """Append entries: each charge and payment they touch, and the balance, move with them.

    `account` is changed in place. AccountChanged at the commit if another posting came between.
    """
    patient_id = account.patient_id
    for entry in entries:
        context.work.create(_appended(context, patient_id, entry, source_id, claim_id))
    for charge in account.charges:
        after = charge.balance.after(entries)
        if after != charge.balance:
            charge.insurance_pending = after.insurance_pending
            charge.patient_share = after.patient_share
            charge.patient_due = after.patient_due
            context.work.save(charge, refusal=AccountChanged())
    for payment in account.payments:
        moved = sum(entry.credit for entry in entries if entry.payment_id == payment.id)
        if moved:
            payment.unapplied += moved
            if payment.version:
                context.work.save(payment, refusal=AccountChanged())
    move_balance(
        context,
        patient_id,
        insurance=sum(entry.insurance for entry in entries),
        patient=sum(entry.patient for entry in entries),
        credit=sum(entry.credit for entry in entries),
    )


def move_balance(
    context: Context, patient_id: str, *, insurance: int = 0, patient: int = 0, credit: int = 0
) -> None:
    """Stage a change of what the payer owes, what the patient owes, and the patient's credit."""
    context.work.tally(
        Balance,
        Balance.key(context.practice_id, patient_id),
        insurance=insurance,
        patient=patient,
        credit=credit,
    )


def _appended(
    context: Context, patient_id: str, entry: Entry, source_id: str, claim_id: str
) -> LedgerEntry:
    return LedgerEntry(
        *LedgerEntry.key(context.practice_id, patient_id, context.new_id("led")),
        type=entry.kind.value,
        charge_id=entry.charge_id,
        day=context.today(),
        insurance=entry.insurance,
        patient=entry.patient,
        credit=entry.credit,
        amount=entry.amount,
        group_code=entry.group or None,
        reason_code=entry.reason or None,
        payment_id=entry.payment_id or None,
        claim_id=claim_id or None,
        source_id=source_id,
    )


def minor_of(context: Context, value: MoneyValue) -> int:
    """The amount in minor units; WrongCurrency unless it is in the practice's currency."""
    if value.currency != context.tenant.currency:
        raise WrongCurrency
    return value.amount


def _of(records: Iterable[Record], kind: type[R]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]


def _empty_balance(practice_id: str, patient_id: str) -> Balance:
    return Balance(*Balance.key(practice_id, patient_id))
