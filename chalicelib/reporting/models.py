"""Rollups: what happened on a day, kept as events come; nothing is counted when it is asked for."""

from datetime import date, datetime, timedelta

from ..platform.store import IntegerAttribute, Key, Record, join
from .figures import COUNTERS, Counts

REMEMBERED = timedelta(days=30)


class DayRollup(Record):
    """A practice's local day. Stored names are short, so that a year is one small Query.

    Attributes are those of `Counts`; ≤336 bytes with every counter at its largest.
    """

    KIND = "rollup"

    booked = IntegerAttribute(attr_name="bk", default=0)
    rescheduled = IntegerAttribute(attr_name="rs", default=0)
    cancelled = IntegerAttribute(attr_name="cn", default=0)
    no_show = IntegerAttribute(attr_name="ns", default=0)
    checked_in = IntegerAttribute(attr_name="ci", default=0)
    completed = IntegerAttribute(attr_name="cp", default=0)
    claims_ready = IntegerAttribute(attr_name="lr", default=0)
    claims_submitted = IntegerAttribute(attr_name="ls", default=0)
    claims_rejected = IntegerAttribute(attr_name="lx", default=0)
    claims_accepted = IntegerAttribute(attr_name="la", default=0)
    claims_paid = IntegerAttribute(attr_name="lp", default=0)
    claims_denied = IntegerAttribute(attr_name="ld", default=0)
    first_submissions = IntegerAttribute(attr_name="fs", default=0)
    first_rejections = IntegerAttribute(attr_name="fx", default=0)
    charged = IntegerAttribute(attr_name="ch", default=0)
    insurance_paid = IntegerAttribute(attr_name="ip", default=0)
    adjusted = IntegerAttribute(attr_name="ad", default=0)
    patient_responsibility = IntegerAttribute(attr_name="pr", default=0)
    patient_paid = IntegerAttribute(attr_name="pp", default=0)
    fees = IntegerAttribute(attr_name="fe", default=0)

    @classmethod
    def key(cls, practice_id: str, day: date) -> Key:
        """`prc_1#rollup#` / `2026-03-02#`: any range of days is one Query."""
        return Key(join(practice_id, "rollup"), join(day.isoformat()))

    @classmethod
    def between(cls, first: date, last: date) -> tuple[str, str]:
        """The sort keys of a range of days, both included."""
        return join(first.isoformat()), join(last.isoformat())

    @property
    def day(self) -> date:
        return date.fromisoformat(self.sk.removesuffix("#"))

    @property
    def counts(self) -> Counts:
        return Counts(**{name: getattr(self, name) for name in COUNTERS})


class ReceivablesMonth(Record):
    """By how much a practice's receivables grew in a month: the balance at any day needs no history."""

    KIND = "receivables_month"

    change = IntegerAttribute(default=0)

    @classmethod
    def key(cls, practice_id: str, day: date) -> Key:
        """`prc_1#receivables#` / `2026-03#`."""
        return Key(join(practice_id, "receivables"), join(day.isoformat()[:7]))

    @classmethod
    def before(cls, day: date) -> tuple[str, str]:
        """The sort keys of all months before the one of `day`: without its `#` that one is past it."""
        return "0", day.isoformat()[:7]


class CountedEvent(Record):
    """The mark of an event that is in the rollups, kept longer than a queue can bring it again."""

    KIND = "counted_event"

    @classmethod
    def key(cls, practice_id: str, event_id: str) -> Key:
        """`prc_1#counted#evt_2#` / `seen#`."""
        return Key(join(practice_id, "counted", event_id), "seen#")

    @classmethod
    def of(cls, practice_id: str, event_id: str, now: datetime) -> "CountedEvent":
        """A mark that the table forgets 30 days on: SQS keeps 4 days, the dead letters 14 more."""
        made = cls(*cls.key(practice_id, event_id))
        made.expires_at = int((now + REMEMBERED).timestamp())
        return made
