"""Visits that patients missed or cancelled late: the practice's policy, and the fees."""

from dataclasses import dataclass
from datetime import date

from pynamodb.attributes import UnicodeAttribute

from ...platform.store import (
    DateAttribute,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)
from ..posting_values import ChargeBalance
from .terms import Terms, Verdict

MOST_KEPT = 200
"""Misses of a patient that are remembered; far more than a queue brings again or a year forgives."""


class MissedVisitPolicy(Record):
    """What missed visits cost that are booked after `since`, until another policy holds."""

    KIND = "missed_visit_policy"

    since = InstantAttribute()
    terms = ValueAttribute(Terms)

    @classmethod
    def partition(cls, practice_id: str) -> str:
        """`prc_1#missed-visits#`: the policy that holds, and all that held before, in one Query."""
        return join(practice_id, "missed-visits")

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#missed-visits#` / `policy#`: the one that holds."""
        return Key(cls.partition(practice_id), "policy#")

    @classmethod
    def former_key(cls, practice_id: str, version: int) -> Key:
        """`prc_1#missed-visits#` / `former#00000007#`: one that held, by its version."""
        return Key(cls.partition(practice_id), join("former", f"{version:08}"))


class MissedVisitFee(Record):
    """What a patient is charged for one miss. Of no encounter, and never on a claim.

    `day` is the visit's, `charged_on` when it was charged, both local; `patient_due` what is unpaid.
    A fee is waived by a ledger entry, and says so; it is never deleted.
    """

    KIND = "missed_visit_fee"

    id = IdInKey("fee")
    patient_id = IdInKey("pat")
    appointment_id = UnicodeAttribute()
    why = UnicodeAttribute()
    day = DateAttribute()
    charged_on = DateAttribute()
    amount = IntegerAttribute()
    patient_due = IntegerAttribute()
    invoice_id = UnicodeAttribute(null=True)
    waived = UnicodeAttribute(null=True)
    waived_by = UnicodeAttribute(null=True)
    waived_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, fee_id: str) -> Key:
        """`prc_1#pat_2#` / `money#fee#fee_3#`: comes with the account, and with no charge."""
        return Key(join(practice_id, patient_id), join("money", "fee", fee_id))

    @property
    def balance(self) -> ChargeBalance:
        """How it stands, as the posting rules read it: the patient's alone."""
        return ChargeBalance(self.id, self.amount, 0, self.patient_due, self.amount)


@dataclass(frozen=True, slots=True)
class Missed:
    """What became of one miss. `time` counts how often the visit was reinstated before it."""

    appointment_id: str
    time: int
    day: date
    verdict: Verdict


class MissedVisits(Record):
    """A patient's misses, each judged once: of two at the same moment one is judged after the other."""

    KIND = "missed_visits"

    patient_id = IdInKey("pat")
    misses = ValueAttribute(tuple[Missed, ...], default=())

    @classmethod
    def key(cls, practice_id: str, patient_id: str) -> Key:
        """`prc_1#pat_2#` / `money#missed#`: comes with the account."""
        return Key(join(practice_id, patient_id), "money#missed#")

    def verdict_of(self, appointment_id: str, time: int) -> Verdict | None:
        """What became of this miss; None while it is not judged."""
        wanted = (appointment_id, time)
        named = (each for each in self.misses if (each.appointment_id, each.time) == wanted)
        return next((each.verdict for each in named), None)

    def forgiven_around(self, day: date) -> int:
        """How many misses within a year of this day were forgiven."""
        near = (each for each in self.misses if abs((each.day - day).days) < 365)
        return sum(each.verdict is Verdict.FORGIVEN for each in near)

    def note(self, missed: Missed) -> None:
        """Remember this of it, whatever was remembered before."""
        same = (missed.appointment_id, missed.time)
        others = [each for each in self.misses if (each.appointment_id, each.time) != same]
        self.misses = (*others, missed)[-MOST_KEPT:]
