"""What is stored of downtime packs: how a practice wants them, the packs of a location, their links."""

from datetime import date

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

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

WANTED, READY, FAILED = "wanted", "ready", "failed"
NIGHT, LATE = "downtime_night", "downtime_pack_late"
"""What falls due: a practice's next night; a pack that ought to be there by now."""
PURPOSE = "downtime"
"""Of the secrets in links' URLs."""


class DowntimePlan(Record):
    """How a practice wants its packs; due with the next night at one of its locations.

    `passphrase` is sealed under the deployment's key. Nights up to `told_until` have been asked for.
    """

    KIND = "downtime_plan"

    practice_id = PracticeInKey()
    passphrase = UnicodeAttribute()
    hour = IntegerAttribute()
    kept_days = IntegerAttribute()
    told_until = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `downtime-plan#`."""
        return Key(join(practice_id), "downtime-plan#")


class DowntimePack(Record):
    """The pack of a location and night: one, whatever the queue does. `days` are those it shows.

    `patients` are whom it tells of: whoever fetches it is in their lists of accesses.
    """

    KIND = "downtime_pack"
    BEGINS = "pack#"

    practice_id = PracticeInKey()
    status = UnicodeAttribute(default=WANTED)
    night = DateAttribute()
    days = ValueAttribute(tuple[date, ...], default=())
    made_at = InstantAttribute(null=True)
    size = IntegerAttribute(default=0)
    sha256 = UnicodeAttribute(null=True)
    visits = IntegerAttribute(default=0)
    patients = UnicodeSetAttribute(null=True)

    @classmethod
    def partition(cls, practice_id: str, location_id: str) -> str:
        """`prc_1#downtime#loc_2#`: packs and links of a location, one Query each."""
        return join(practice_id, "downtime", location_id)

    @classmethod
    def key(cls, practice_id: str, location_id: str, night: date) -> Key:
        """`prc_1#downtime#loc_2#` / `pack#2026-03-02#`: by night."""
        return Key(
            cls.partition(practice_id, location_id), f"{cls.BEGINS}{join(night.isoformat())}"
        )

    @property
    def location_id(self) -> str:
        return self.pk.split("#")[2]

    @property
    def file_key(self) -> str:
        """`prc_1/downtime/loc_2/2026-03-02.html`: where its file lies, which names nobody."""
        return f"{self.practice_id}/downtime/{self.location_id}/{self.night.isoformat()}.html"


class DowntimeLink(Record):
    """Whoever has its URL fetches the newest pack of its location. The URL is stored nowhere."""

    KIND = "downtime_link"
    BEGINS = "link#"

    id = IdInKey("dtl")
    practice_id = PracticeInKey()
    label = UnicodeAttribute()
    created_by = UnicodeAttribute()
    created_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, location_id: str, link_id: str) -> Key:
        """`prc_1#downtime#loc_2#` / `link#dtl_3#`."""
        return Key(DowntimePack.partition(practice_id, location_id), f"{cls.BEGINS}{join(link_id)}")
