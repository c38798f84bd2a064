"""The patient's account: reading it, and moving the balance with every entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from ..platform.context import Context
from ..platform.http import MoneyValue
from ..platform.store import Record, find, join, query_all
from .errors import WrongCurrency
from .models import Balance, Charge, Invoice, LedgerEntry, Payment

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Account:
    """Everything of a patient's money, read by one Query."""

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


def minor_of(context: Context, value: MoneyValue) -> int:
    """The amount in minor units; WrongCurrency unless it is in the practice's currency."""
    if value.currency != context.tenant.currency:
        raise WrongCurrency
    return value.amount


def _of(records: Iterable[Record], kind: type[R]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]


def _empty_balance(practice_id: str, patient_id: str) -> Balance:
    return Balance(*Balance.key(practice_id, patient_id))
