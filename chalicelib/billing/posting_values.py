"""What a remittance's posting reads and makes, as plain values in minor units.

A ledger entry moves one amount between accounts, so the accounts always add up to zero. Debit is
positive: receivables are what others owe the practice, unapplied credit is negative while the
practice holds a patient's money.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class NotPostable(ValueError):
    """The adjudication does not fit its charges: a biller must look, and nothing is posted."""

    code = "not_postable"


class Account(StrEnum):
    INSURANCE_RECEIVABLE = "insurance_receivable"
    PATIENT_RECEIVABLE = "patient_receivable"
    UNAPPLIED_CREDIT = "unapplied_credit"
    INSURANCE_PAYMENTS = "insurance_payments"
    CONTRACTUAL_ADJUSTMENTS = "contractual_adjustments"
    WAIVED_FEES = "waived_fees"


class EntryKind(StrEnum):
    INSURANCE_PAYMENT = "insurance_payment"
    CONTRACTUAL_ADJUSTMENT = "contractual_adjustment"
    PATIENT_RESPONSIBILITY = "patient_responsibility"
    PATIENT_PAYMENT = "patient_payment"
    FEE_WAIVER = "fee_waiver"


DEBIT_AND_CREDIT: Mapping[EntryKind, tuple[Account, Account]] = {
    EntryKind.INSURANCE_PAYMENT: (Account.INSURANCE_PAYMENTS, Account.INSURANCE_RECEIVABLE),
    EntryKind.CONTRACTUAL_ADJUSTMENT: (
        Account.CONTRACTUAL_ADJUSTMENTS,
        Account.INSURANCE_RECEIVABLE,
    ),
    EntryKind.PATIENT_RESPONSIBILITY: (Account.PATIENT_RECEIVABLE, Account.INSURANCE_RECEIVABLE),
    EntryKind.PATIENT_PAYMENT: (Account.UNAPPLIED_CREDIT, Account.PATIENT_RECEIVABLE),
    EntryKind.FEE_WAIVER: (Account.WAIVED_FEES, Account.PATIENT_RECEIVABLE),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement on a charge. A negative `amount` takes an earlier movement back.

    `group` and `reason` are the CAS that asked for it; `payment_id` the patient's payment that a
    charge took from.
    """

    kind: EntryKind
    charge_id: str
    amount: int
    group: str = ""
    reason: str = ""
    payment_id: str = ""

    def __neg__(self) -> "Entry":
        return replace(self, amount=-self.amount)

    def moved(self, account: Account) -> int:
        """The change of `account`, debit positive."""
        debit, credit = DEBIT_AND_CREDIT[self.kind]
        return self.amount * ((account is debit) - (account is credit))

    @property
    def insurance(self) -> int:
        """The change of what the payer owes."""
        return self.moved(Account.INSURANCE_RECEIVABLE)

    @property
    def patient(self) -> int:
        """The change of what the patient owes."""
        return self.moved(Account.PATIENT_RECEIVABLE)

    @property
    def credit(self) -> int:
        """The change of the patient's unapplied money, as a positive sum of the patient's."""
        return -self.moved(Account.UNAPPLIED_CREDIT)


def balances(entries: Iterable[Entry]) -> dict[Account, int]:
    """The sums of the entries by account; together they are zero."""
    listed = list(entries)
    return {account: sum(entry.moved(account) for entry in listed) for account in Account}


@dataclass(frozen=True, slots=True)
class ChargeBalance:
    """A charge: `amount` = paid and adjusted by insurance + patient_share + insurance_pending.

    `patient_share` is all that was made the patient's, `patient_due` what of it is unpaid.
    """

    charge_id: str
    amount: int
    insurance_pending: int
    patient_due: int = 0
    patient_share: int = 0

    def after(self, entries: Iterable[Entry]) -> "ChargeBalance":
        """The charge with those of the entries that are its own."""
        mine = [entry for entry in entries if entry.charge_id == self.charge_id]
        shares = (e.amount for e in mine if e.kind is EntryKind.PATIENT_RESPONSIBILITY)
        return replace(
            self,
            insurance_pending=self.insurance_pending + sum(entry.insurance for entry in mine),
            patient_due=self.patient_due + sum(entry.patient for entry in mine),
            patient_share=self.patient_share + sum(shares),
        )


@dataclass(frozen=True, slots=True)
class Credit:
    """What is left of a payment that the patient made, such as a copay at check-in."""

    payment_id: str
    unapplied: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One triplet of a CAS: group code, claim adjustment reason code, amount not paid."""

    group: str
    reason: str
    amount: int


@dataclass(frozen=True, slots=True)
class RemittedLine:
    """Loop 2110, matched to our charge: SVC02, SVC03, CAS."""

    charge_id: str
    billed: int
    paid: int
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class RemittedClaim:
    """Loop 2100: CLP02, CLP03, CLP04, the CAS of the claim itself, and its lines, if it has any."""

    status: str
    billed: int
    paid: int
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[RemittedLine, ...] = ()


class OpenKind(StrEnum):
    DENIED = "denied"
    REDUCED = "reduced"
    UNEXPLAINED = "unexplained"
    PATIENT_OVERPAID = "patient_overpaid"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Money that a biller has to look at; none of it was written off or made the patient's.

    DENIED: the adjustment of a line that paid nothing. REDUCED: one of a line that paid. Both are
    still pending. UNEXPLAINED: pending without a reason given, or, negative, settled beyond what
    was pending. PATIENT_OVERPAID: the patient paid that much more than the share is now.
    """

    kind: OpenKind
    charge_id: str
    amount: int
    group: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """What one adjudication does: entries to append, and how all stands after them."""

    entries: tuple[Entry, ...]
    charges: tuple[ChargeBalance, ...]
    credits: tuple[Credit, ...]
    open_items: tuple[OpenItem, ...]


def not_taken_back(entries: Iterable[Entry]) -> list[Entry]:
    """The entries without those that a later one negates, and without the negations."""
    standing: Counter[Entry] = Counter()
    for entry in entries:
        cancels = standing[-entry] > 0
        standing[-entry if cancels else entry] += -1 if cancels else 1
    return list(standing.elements())
