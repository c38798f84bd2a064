"""The patient's account: reading it, and moving the balance with every entry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.http import MoneyValue
from ..platform.overlap import beside
from ..platform.store import Record, find, join, query_all
from .errors import AccountChanged, WrongCurrency
from .missed_visits.models import MissedVisitFee, MissedVisits
from .models import Balance, Charge, Invoice, LedgerEntry, Payment
from .posting_values import ChargeBalance, Entry

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Account:
    """Everything of a patient's money, read by one Query."""

    patient_id: str
    charges: list[Charge]
    payments: list[Payment]
    entries: list[LedgerEntry]
    invoices: list[Invoice]
    fees: list[MissedVisitFee]
    missed: MissedVisits
    balance: Balance

    @property
    def owing(self) -> list[ChargeBalance]:
        """What the patient owes, fees among the charges, by the day of the visit."""
        asked: list[Charge | MissedVisitFee] = [*self.charges, *self.fees]
        by_day = sorted(asked, key=lambda each: each.day)
        return [each.balance for each in by_day if each.patient_due > 0]


def read_account(context: Context, patient_id: str) -> Account:
    """The whole account, oldest first; charges by date of service. Without a movement, empty."""
    context.concerns(patient_id)
    partition = join(context.practice_id, patient_id)
    records = list(query_all(partition, begins="money#", consistent=True))
    balance = next(iter(_of(records, Balance)), None)
    return Account(
        patient_id=patient_id,
        charges=sorted(_of(records, Charge), key=_by_service),
        payments=_of(records, Payment),
        entries=_of(records, LedgerEntry),
        invoices=_of(records, Invoice),
        fees=_of(records, MissedVisitFee),
        missed=next(iter(_of(records, MissedVisits)), None)
        or MissedVisits(*MissedVisits.key(context.practice_id, patient_id)),
        balance=balance or _empty_balance(context.practice_id, patient_id),
    )


def open_account(context: Context, patient_id: str) -> Account:
    """As `read_account`, of a patient who may not exist: NotFound then. Two parallel reads."""
    known = beside(read_patient, context, patient_id)
    account = read_account(context, patient_id)
    known.result()
    return account


def read_balance(context: Context, patient_id: str) -> Balance:
    """What the account stands at. NotFound for no patient. Two parallel reads."""
    known = beside(read_patient, context, patient_id)
    found = find(Balance, Balance.key(context.practice_id, patient_id), consistent=True)
    known.result()
    return found or _empty_balance(context.practice_id, patient_id)


def record(
    context: Context,
    account: Account,
    entries: Sequence[Entry],
    *,
    source_id: str,
    claim_id: str = "",
) -> None:
    """Append movements: each charge, fee and payment they touch, and the balance, move with them.

    `account` is changed in place. AccountChanged at the commit if another posting came between.
    """
    patient_id = account.patient_id
    if entries:
        context.work.create(
            LedgerEntry(
                *LedgerEntry.key(context.practice_id, patient_id, context.new_id("led")),
                day=context.today(),
                movements=tuple(entries),
                claim_id=claim_id or None,
                source_id=source_id,
            )
        )
    for charge in account.charges:
        after = charge.balance.after(entries)
        if after != charge.balance:
            charge.insurance_pending = after.insurance_pending
            charge.patient_share = after.patient_share
            charge.patient_due = after.patient_due
            context.work.save(charge, refusal=AccountChanged())
    for fee in account.fees:
        left = fee.balance.after(entries).patient_due
        if left != fee.patient_due:
            fee.patient_due = left
            context.work.save(fee, refusal=AccountChanged())
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
    if not (insurance or patient or credit):
        return
    context.work.tally(
        Balance,
        Balance.key(context.practice_id, patient_id),
        insurance=insurance,
        patient=patient,
        credit=credit,
    )


def minor_of(context: Context, value: MoneyValue) -> int:
    """The amount in minor units; WrongCurrency unless it is in the practice's currency."""
    if value.currency != context.tenant.currency:
        raise WrongCurrency
    return value.amount


def _by_service(charge: Charge) -> tuple[date, str, int]:
    return charge.day, charge.encounter_id, charge.line


def _of(records: Iterable[Record], kind: type[R]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]


def _empty_balance(practice_id: str, patient_id: str) -> Balance:
    return Balance(*Balance.key(practice_id, patient_id))
