"""What operations keep: the directory of practices, support grants, recoveries of owners."""

from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute

from ..platform.store import (
    SYSTEM,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    join,
)

ASKED, OPEN, ENDED = "asked", "open", "ended"
"""A support grant's status; an open one ends by itself as well."""

OPENED, APPROVED, DONE, CANCELLED = "opened", "approved", "done", "cancelled"
"""A recovery's status."""

SUPPORT_LASTS = timedelta(hours=4)
RECOVERY_WAITS = timedelta(hours=24)


class DirectoryEntry(Record):
    """A practice as operations know it: who it is and how it stands, no more.

    `storage_mark`: 80 or 100 once so many percent of its plan's storage are used.
    """

    KIND = "directory_entry"

    practice_id = PracticeInKey()
    name = UnicodeAttribute()
    status = UnicodeAttribute()
    country = UnicodeAttribute()
    practice_version = IntegerAttribute()
    storage_mark = IntegerAttribute(default=0)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`sys#directory#` / `prc_1#`: all practices in one Query, the newest last."""
        return Key(join(SYSTEM, "directory"), join(practice_id))


class SupportGrant(Record):
    """An operator asked to look at a practice's set-up, and its owner agreed, for four hours."""

    KIND = "support_grant"

    id = IdInKey("sup")
    practice_id = PracticeInKey()
    operator_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    status = UnicodeAttribute(default=ASKED)
    asked_at = InstantAttribute()
    consented_by = UnicodeAttribute(null=True)
    consented_at = InstantAttribute(null=True)
    ends_at = InstantAttribute(null=True)
    ended_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, grant_id: str) -> Key:
        """`prc_1#` / `support-grant#sup_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("support-grant", grant_id))

    def is_open(self, now: datetime) -> bool:
        return self.status == OPEN and now < self.ends_at


class Recovery(Record):
    """A sole owner who lost their second factor: two operators, proof of identity, a day's wait."""

    KIND = "owner_recovery"

    user_id = IdInKey("usr")
    practice_id = UnicodeAttribute()
    evidence = UnicodeAttribute()
    opened_by = UnicodeAttribute()
    opened_at = InstantAttribute()
    approved_by = UnicodeAttribute(null=True)
    approved_at = InstantAttribute(null=True)
    status = UnicodeAttribute(default=OPENED)

    @classmethod
    def key(cls, user_id: str) -> Key:
        """`sys#recoveries#` / `usr_1#`: one of a person at a time; all in one Query."""
        return Key(join(SYSTEM, "recoveries"), join(user_id))
