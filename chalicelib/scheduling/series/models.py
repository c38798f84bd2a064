"""What a recurring series stores: the order, and how each occurrence of it stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pynamodb.attributes import UnicodeAttribute

from ...platform.store import IdInKey, IntegerAttribute, Key, Record, ValueAttribute, join
from ..reasons.models import Reason


class Outcome(StrEnum):
    """How an occurrence stands; `refused` and `left` have a code that says why."""

    PLANNED = "planned"
    BOOKED = "booked"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One of a series: its naive local time, the instant if the clock shows it, its appointment.

    `outcome` is of the last order that concerned it.
    """

    number: int
    local: datetime
    starts_at: datetime | None = None
    appointment_id: str | None = None
    outcome: str = Outcome.PLANNED
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with the occurrences from `first` on: book, cancel, or move them."""

    verb: str
    first: int = 1
    reason: str | None = None
    minutes: int = 0
    practitioner_id: str | None = None


class Series(Record):
    """Visits by one rule. While `order` is there, it is being carried out."""

    KIND = "appointment_series"

    id = IdInKey("srs")
    patient_id = UnicodeAttribute()
    practitioner_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    room_id = UnicodeAttribute(null=True)
    type_id = UnicodeAttribute()
    bill_to = UnicodeAttribute(null=True)
    reason = ValueAttribute(Reason, null=True)
    time_zone = UnicodeAttribute()
    rule = UnicodeAttribute()
    occurrences = ValueAttribute(tuple[Occurrence, ...])
    order = ValueAttribute(Order, null=True)
    orders = IntegerAttribute(default=1)

    @classmethod
    def key(cls, practice_id: str, series_id: str) -> Key:
        """`prc_1#srs_2#` / `series#`."""
        return Key(join(practice_id, series_id), "series#")
