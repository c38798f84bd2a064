"""What is stored of calendars that are subscribed to: the feeds, and what a practitioner's shows."""

from datetime import UTC, datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute

from ..platform.clock import iso
from ..platform.store import (
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    join,
)

PURPOSE = "calendar"
"""Of the secrets in feeds' URLs."""


class CalendarFeed(Record):
    """A calendar that whoever has its URL may read. The URL follows from the id: it is stored nowhere.

    `named`: names and types are shown, not initials alone. `locations` are those that who made it is
    limited to. `read_until` is the last change that a reader has been shown.
    """

    KIND = "calendar_feed"

    id = IdInKey("cal")
    practice_id = PracticeInKey()
    owner_id = UnicodeAttribute()
    named = BooleanAttribute(default=False)
    created_by = UnicodeAttribute()
    locations = UnicodeSetAttribute(null=True)
    read_until = InstantAttribute(null=True)

    @classmethod
    def partition(cls, practice_id: str, owner_id: str) -> str:
        """`prc_1#calendar#pra_2#`, or `prc_1#calendar#pat_3#`: all of an owner's in one Query."""
        return join(practice_id, "calendar", owner_id)

    @classmethod
    def key(cls, practice_id: str, owner_id: str, feed_id: str) -> Key:
        """`prc_1#calendar#pra_2#` / `feed#cal_4#`."""
        return Key(cls.partition(practice_id, owner_id), join("feed", feed_id))


class CalendarEntry(Record):
    """An appointment as a practitioner's calendar shows it: made anew from the appointment at will.

    Who takes part beside its practitioner has one of their own.
    """

    KIND = "calendar_entry"

    practice_id = PracticeInKey()
    appointment_id = IdInKey("apt")
    appointment_version = IntegerAttribute()
    status = UnicodeAttribute()
    practitioner_id = UnicodeAttribute(attr_name="provider_id")
    patient_id = UnicodeAttribute()
    patient_name = UnicodeAttribute()
    title = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, appointment_id: str, *, beside: str = "") -> Key:
        """`prc_1#apt_2#` / `calendar#`, or `calendar#pra_3#`: with its appointment."""
        named = join("calendar", beside) if beside else join("calendar")
        return Key(join(practice_id, appointment_id), named)

    @classmethod
    def of_practitioner(cls, practice_id: str, practitioner_id: str) -> str:
        """gs1 `prc_1#pra_2#calendar#` / `2026-03-02T14:00Z#loc_3#apt_4#`: by time."""
        return join(practice_id, practitioner_id, "calendar")

    @classmethod
    def changes_of(cls, practice_id: str, practitioner_id: str) -> str:
        """gs2 `prc_1#pra_2#changes#` / `<changed at>#pat_5#apt_4#`: what a reader has not seen."""
        return join(practice_id, practitioner_id, "changes")

    def stand(self, location_id: str, changed_at: datetime) -> None:
        """On both lists."""
        self.gs1pk = self.of_practitioner(self.practice_id, self.practitioner_id)
        self.gs1sk = join(moment(self.starts_at), location_id, self.appointment_id)
        self.gs2pk = self.changes_of(self.practice_id, self.practitioner_id)
        self.gs2sk = join(iso(changed_at), self.patient_id, self.appointment_id)

    @property
    def location_id(self) -> str:
        """Read off the index key."""
        return str(self.gs1sk).split("#")[1]


def moment(instant: datetime) -> str:
    """`2026-03-02T14:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
