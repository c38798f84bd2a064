"""What must hold of any ledger, whatever happened to it: read from the raw records."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from chalicelib.billing.charging import INSURANCE
from chalicelib.billing.missed_visits.models import MissedVisitFee
from chalicelib.billing.models import Balance, Charge, LedgerEntry, Payment
from chalicelib.billing.posting_values import ChargeBalance, Entry, EntryKind, balances
from chalicelib.platform.store import Record

R = TypeVar("R", bound=Record)
MONEY = (Balance, Charge, LedgerEntry, MissedVisitFee, Payment)
BY_INSURANCE = (EntryKind.INSURANCE_PAYMENT, EntryKind.CONTRACTUAL_ADJUSTMENT)


def assert_balanced(items: Iterable[dict[str, Any]], *, overpaid: bool = False) -> None:
    """Every patient's balance is the sum of the entries, charges and fees; debits are credits.

    Without `overpaid`, nobody has paid a charge more than it asked of them.
    """
    accounts: dict[str, list[Record]] = defaultdict(list)
    for kind in MONEY:
        for record in records_of(items, kind):
            accounts[record.pk].append(record)
    for records in accounts.values():
        _assert_account(records, overpaid=overpaid)


def records_of(items: Iterable[dict[str, Any]], kind: type[R]) -> list[R]:
    """Those of the raw items that are of this kind."""
    return [kind.from_raw_data(item) for item in items if item["kind"]["S"] == kind.KIND]


def _assert_account(records: list[Record], *, overpaid: bool) -> None:
    charges = [each for each in records if isinstance(each, Charge)]
    fees = [each for each in records if isinstance(each, MissedVisitFee)]
    payments = [each for each in records if isinstance(each, Payment)]
    entries = [each for each in records if isinstance(each, LedgerEntry)]
    stored = [each for each in records if isinstance(each, Balance)]
    moves = [move for entry in entries for move in entry.movements]
    assert sum(balances(moves).values()) == 0
    for charge in charges:
        _assert_charge(charge, [move for move in moves if move.charge_id == charge.id])
        assert overpaid or charge.patient_due >= 0
    for fee in fees:
        _assert_fee(fee, [move for move in moves if move.charge_id == fee.id])
    for payment in payments:
        used = [move for move in moves if move.payment_id == payment.id]
        assert payment.unapplied == payment.amount + sum(move.credit for move in used)
        assert 0 <= payment.unapplied <= payment.amount
    sums = (
        sum(charge.insurance_pending for charge in charges),
        sum(charge.patient_due for charge in charges) + sum(fee.patient_due for fee in fees),
        sum(payment.unapplied for payment in payments),
    )
    kept = [(each.insurance, each.patient, each.credit) for each in stored]
    assert kept == [sums] or (not kept and not any(sums))


def _assert_charge(charge: Charge, moves: list[Entry]) -> None:
    at_first = ChargeBalance(charge.id, charge.amount, charge.amount)
    if charge.bill_to != INSURANCE:
        owed = {"patient_due": charge.amount, "patient_share": charge.amount}
        at_first = replace(at_first, insurance_pending=0, **owed)
    assert charge.balance == at_first.after(moves)
    by_insurance = sum(move.amount for move in moves if move.kind in BY_INSURANCE)
    assert charge.amount == by_insurance + charge.patient_share + charge.insurance_pending
    assert all(type(move.amount) is int and move.amount for move in moves)


def _assert_fee(fee: MissedVisitFee, moves: list[Entry]) -> None:
    """The patient's alone: paid by them, or waived whole by one entry."""
    by_kind = {kind: sum(e.amount for e in moves if e.kind is kind) for kind in EntryKind}
    waived, paid = by_kind.pop(EntryKind.FEE_WAIVER), by_kind.pop(EntryKind.PATIENT_PAYMENT)
    assert not any(by_kind.values())
    assert waived == (fee.amount if fee.waived else 0)
    assert fee.patient_due == fee.amount - paid - waived >= 0
