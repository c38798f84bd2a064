"""Money: fee schedule, payers, and each patient's charges, payments, ledger and balance.

Charges, payments and ledger entries are the ledger: appended, never rewritten; what a charge still
waits for (`insurance_pending`, `patient_due`) and the patient's balance are running sums of it,
written in the same transaction.
"""

from dataclasses import dataclass

from pynamodb.attributes import UnicodeAttribute

from ..platform.postal import Address
from ..platform.store import (
    DateAttribute,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)
from .posting_values import ChargeBalance, Credit, Entry


@dataclass(frozen=True, slots=True)
class Fee:
    """What the practice asks for one unit of a code, in minor units."""

    code: str
    description: str
    amount: int


class FeeSchedule(Record):
    """A practice's fees, all in one item: read with an encounter in one BatchGet."""

    KIND = "fee_schedule"

    fees = ValueAttribute(tuple[Fee, ...])

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `fee-schedule#`."""
        return Key(join(practice_id), "fee-schedule#")

    def price_of(self, code: str, units: int) -> int:
        """What so many units of a code are charged at; 0 where the schedule has no fee for it."""
        return next((fee.amount * units for fee in self.fees if fee.code == code), 0)


class Charge(Record):
    """One billable line of a signed encounter. `amount` is for all its units.

    `amount` = paid and adjusted by insurance + `patient_share` + `insurance_pending`; `patient_due`
    is what of the share is unpaid.
    """

    KIND = "charge"

    id = IdInKey("chg")
    patient_id = IdInKey("pat")
    encounter_id = UnicodeAttribute()
    line = IntegerAttribute()
    day = DateAttribute()
    code = UnicodeAttribute()
    modifiers = ValueAttribute(tuple[str, ...])
    units = IntegerAttribute()
    pointers = ValueAttribute(tuple[int, ...])
    amount = IntegerAttribute()
    bill_to = UnicodeAttribute()
    coverage_id = UnicodeAttribute(null=True)
    practitioner_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    invoice_id = UnicodeAttribute(null=True)
    insurance_pending = IntegerAttribute()
    patient_share = IntegerAttribute()
    patient_due = IntegerAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str, charge_id: str) -> Key:
        """`prc_1#pat_2#` / `money#charge#chg_3#`: a patient's charges in one Query, in no order."""
        return Key(join(practice_id, patient_id), join("money", "charge", charge_id))

    @property
    def balance(self) -> ChargeBalance:
        """How it stands, as the posting rules read it."""
        return ChargeBalance(
            charge_id=self.id,
            amount=self.amount,
            insurance_pending=self.insurance_pending,
            patient_due=self.patient_due,
            patient_share=self.patient_share,
        )


class Payment(Record):
    """Money a patient gave. `unapplied` is what no charge has taken yet."""

    KIND = "payment"

    id = IdInKey("pay")
    patient_id = IdInKey("pat")
    amount = IntegerAttribute()
    unapplied = IntegerAttribute()
    method = UnicodeAttribute()
    purpose = UnicodeAttribute()
    day = DateAttribute()
    taken_at = InstantAttribute()
    taken_by = UnicodeAttribute()
    appointment_id = UnicodeAttribute(null=True)
    receipt_number = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str, payment_id: str) -> Key:
        """`prc_1#pat_2#` / `money#payment#pay_3#`."""
        return Key(join(practice_id, patient_id), join("money", "payment", payment_id))

    @property
    def left(self) -> Credit:
        """What of it is unapplied, as the posting rules read it."""
        return Credit(self.id, self.unapplied)


class LedgerEntry(Record):
    """What one payment, invoice or adjudication moved: paid, adjusted, passed to the patient.

    One item, so that a claim of fifty lines fits a transaction. A reversal is a further entry whose
    movements have their signs turned. `source_id` is what brought it.
    """

    KIND = "ledger_entry"

    id = IdInKey("led")
    patient_id = IdInKey("pat")
    day = DateAttribute()
    movements = ValueAttribute(tuple[Entry, ...])
    claim_id = UnicodeAttribute(null=True)
    source_id = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str, entry_id: str) -> Key:
        """`prc_1#pat_2#` / `money#ledger#led_3#`: appended in time order."""
        return Key(join(practice_id, patient_id), join("money", "ledger", entry_id))


class Balance(Record):
    """What a patient's account stands at: the sums of its ledger."""

    KIND = "balance"

    patient_id = IdInKey("pat")
    insurance = IntegerAttribute(default=0)
    patient = IntegerAttribute(default=0)
    credit = IntegerAttribute(default=0)

    @classmethod
    def key(cls, practice_id: str, patient_id: str) -> Key:
        """`prc_1#pat_2#` / `money#balance#`."""
        return Key(join(practice_id, patient_id), "money#balance#")


class Invoice(Record):
    """What a patient is asked to pay for one visit, or for having missed one: `charge_ids` has fees too."""

    KIND = "invoice"

    id = IdInKey("inv")
    patient_id = IdInKey("pat")
    number = UnicodeAttribute()
    encounter_id = UnicodeAttribute(null=True)
    day = DateAttribute()
    charge_ids = ValueAttribute(tuple[str, ...])
    amount = IntegerAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str, invoice_id: str) -> Key:
        """`prc_1#pat_2#` / `money#invoice#inv_3#`."""
        return Key(join(practice_id, patient_id), join("money", "invoice", invoice_id))


class Payer(Record):
    """An insurer that the practice bills. `payer_id` and `filing_indicator` are X12's NM109, SBR09."""

    KIND = "payer"

    id = IdInKey("pyr")
    name = UnicodeAttribute()
    payer_id = UnicodeAttribute()
    filing_indicator = UnicodeAttribute()
    address = ValueAttribute(Address, null=True)
    timely_filing_days = IntegerAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, payer_id: str) -> Key:
        """`prc_1#` / `payer#pyr_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("payer", payer_id))
