"""What recalls store: a practice's rules, and whom it calls in."""

from dataclasses import dataclass
from datetime import date, datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from ..platform.due import clear_due, set_due
from ..platform.ids import derived_id
from ..platform.store import (
    DateAttribute,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)
from .due_dates import BOOKED, CLOSED, DECLINED, DUE, OPEN, ContactPlan, Interval

CONTACT = "recall_contact"
"""What falls due: the next attempt to reach a patient."""


class RecallRule(Record):
    """Whoever had a visit of `after_type_id` is due for one of `type_id` after an interval."""

    KIND = "recall_rule"
    BEGINS = "recall-rule#"

    id = IdInKey("rul")
    name = UnicodeAttribute()
    after_type_id = UnicodeAttribute()
    type_id = UnicodeAttribute()
    interval = ValueAttribute(Interval)
    plan = ValueAttribute(ContactPlan)
    enabled = BooleanAttribute(default=True)

    @classmethod
    def key(cls, practice_id: str, rule_id: str) -> Key:
        """`prc_1#` / `recall-rule#rul_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("recall-rule", rule_id))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to reach them: how, when, by whom, and what came of it."""

    at: datetime
    how: str
    by: str
    result: str


class Recall(Record):
    """A patient who is due. One a rule and patient: a later visit begins it anew (`cycle`).

    `since` is the visit's start that it counts from, or when it was entered by hand. While open it is
    on the list by its due day; it falls due with the next attempt.
    """

    KIND = "recall"

    id = IdInKey("rcl")
    practice_id = PracticeInKey()
    status = UnicodeAttribute(default=DUE)
    reason = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute()
    rule_id = UnicodeAttribute(null=True)
    type_id = UnicodeAttribute()
    since = InstantAttribute()
    due_on = DateAttribute()
    plan = ValueAttribute(ContactPlan)
    cycle = IntegerAttribute(default=1)
    attempts = IntegerAttribute(default=0)
    history = ValueAttribute(tuple[Attempt, ...], default=())
    appointment_id = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, recall_id: str) -> Key:
        """`prc_1#rcl_2#` / `recall#`."""
        return Key(join(practice_id, recall_id), "recall#")

    @classmethod
    def open_at(cls, practice_id: str) -> str:
        """gs1 `prc_1#recalls#` / `2026-09-02#rcl_2#`: who is due first."""
        return join(practice_id, "recalls")

    @classmethod
    def of_patient(cls, practice_id: str, patient_id: str) -> str:
        """gs2 `prc_1#pat_3#recalls#` / `2026-09-02#rcl_2#`: past ones too."""
        return join(practice_id, patient_id, "recalls")

    @property
    def over(self) -> bool:
        return self.status in (DECLINED, CLOSED)

    def become(self, status: str, reason: str | None = None) -> None:
        """Its status from now on, and the lists it belongs on; what is not to be contacted waits for nothing."""
        self.status, self.reason = status, reason
        place = join(self.due_on.isoformat(), self.id)
        self.gs2pk, self.gs2sk = self.of_patient(self.practice_id, self.patient_id), place
        is_open = status in OPEN
        self.gs1pk = self.open_at(self.practice_id) if is_open else None
        self.gs1sk = place if is_open else None
        if not is_open:
            clear_due(self)
        if status != BOOKED:
            self.appointment_id = None

    def begin(self, since: datetime, due_on: date) -> None:
        """It counts anew from a visit."""
        self.since, self.due_on, self.attempts = since, due_on, 0
        self.become(DUE)

    def contact_at(self, at: datetime) -> None:
        """The next attempt is made then."""
        set_due(self, CONTACT, at)

    def rest(self) -> None:
        """No further attempt is made by itself."""
        clear_due(self)

    def note(self, at: datetime, how: str, by: str, result: str) -> None:
        """One attempt more."""
        self.attempts += 1
        self.history = (*self.history, Attempt(at.replace(microsecond=0), how, by, result))


def recall_id_of(rule_id: str, patient_id: str) -> str:
    """Exactly one a rule and patient."""
    return derived_id("rcl", rule_id, patient_id)
