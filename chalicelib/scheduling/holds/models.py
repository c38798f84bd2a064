"""A slot that is held."""

from datetime import UTC, datetime, timedelta

from pynamodb.attributes import UnicodeAttribute

from ...platform.store import (
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)
from ..free_slots import SlotDemand
from ..models import ResourceDay, seat_of
from ..stays import Stay


class SlotHold(Stay, Record):
    """A slot kept until `until`; its buckets lie in the day-items as a booking's do.

    It is there exactly as long as its buckets are. `reason_id` is whose it is: an offer, a session.
    """

    KIND = "slot_hold"

    id = IdInKey("slh")
    practice_id = PracticeInKey()
    practitioner_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    room_id = UnicodeAttribute(null=True)
    with_ids = ValueAttribute(tuple[str, ...], null=True)
    patient_id = UnicodeAttribute(null=True)
    type_id = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute()
    minutes_before = IntegerAttribute(null=True)
    minutes_after = IntegerAttribute(null=True)
    until = InstantAttribute()
    held_by = UnicodeAttribute()
    reason_id = UnicodeAttribute(null=True)
    group_session_id = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, hold_id: str) -> Key:
        """`prc_1#slh_2#` / `slot_hold#`."""
        return Key(join(practice_id, hold_id), "slot_hold#")

    def stand(self, starts_at: datetime, demand: SlotDemand) -> None:
        """Set when it is."""
        self.starts_at = starts_at.astimezone(UTC)
        self.ends_at = self.starts_at + timedelta(minutes=demand.length)
        self.minutes_before, self.minutes_after = demand.before or None, demand.after or None

    def has_lapsed(self, now: datetime) -> bool:
        return self.until <= now

    def holds(self) -> dict[Key, frozenset[int]]:
        """The buckets it takes, buffers included, by day-item: provider, room, others, patient.

        A seat in a group session takes its patient's alone.
        """
        others = (self.practitioner_id, self.room_id, *(self.with_ids or ()))
        resources = filter(None, (*(() if self.group_session_id else others), self.patient_id))
        return ResourceDay.spread(self.practice_id, resources, *self.demand.claim(self.starts_at))

    @property
    def seat(self) -> Key | None:
        """The group session in which it keeps a seat."""
        at = self.practice_id, self.practitioner_id, self.starts_at
        return seat_of(*at) if self.group_session_id else None
