"""A group session: what it takes, and who sits in it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

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
from ..models import Appointment, ResourceDay, seat_of
from ..stays import LocalStay
from .held_seat import HeldSeat

OPEN, CANCELLED = "open", "cancelled"


class SeatFate(StrEnum):
    """What became of a seat whose session was cancelled; `left` has a code that says why."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class SeatReport:
    """A seat of a session that was cancelled."""

    appointment_id: str
    fate: str = SeatFate.PLANNED
    code: str | None = None


class GroupSession(LocalStay, Record):
    """One visit of a practitioner for several patients, with a seat for each.

    It takes provider, room and equipment, once. A seat is an appointment, or a hold, that takes its
    patient alone, and is told here: `seated` has appointments, `held` holds, as texts of HeldSeat.
    `seats_left` goes with them in one update, so that no reader has to count. It is there as long
    as it takes its time: the last seat that leaves ends it, unless it is `kept`. One that was
    cancelled stays for its `report`, until another stands at its time.
    """

    KIND = "group_session"

    practice_id = PracticeInKey()
    practitioner_id = IdInKey("pra")
    status = UnicodeAttribute(default=OPEN)
    room_id = UnicodeAttribute(null=True)
    with_ids = ValueAttribute(tuple[str, ...], null=True)
    time_zone = UnicodeAttribute()
    type_id = UnicodeAttribute()
    title = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute()
    minutes_before = IntegerAttribute(null=True)
    minutes_after = IntegerAttribute(null=True)
    capacity = IntegerAttribute()
    seats_left = IntegerAttribute()
    seated = UnicodeSetAttribute(null=True)
    held = UnicodeSetAttribute(null=True)
    kept = BooleanAttribute(null=True)
    report = ValueAttribute(tuple[SeatReport, ...], null=True)
    reason = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, practitioner_id: str, starts_at: datetime) -> Key:
        """`prc_1#day#pra_2#` / `2026-03-02#168#`: beside the day that it takes, by its first bucket."""
        return seat_of(practice_id, practitioner_id, starts_at)

    @classmethod
    def by_id(cls, practice_id: str, group_session_id: str) -> str:
        """gs2 `prc_1#gss_3#` / `session#`."""
        return join(practice_id, group_session_id)

    def stand(
        self, group_session_id: str, starts_at: datetime, demand: SlotDemand, *, location_id: str
    ) -> None:
        """Set when and where it is, and the index keys that say so."""
        self.starts_at = starts_at.astimezone(UTC)
        self.ends_at = self.starts_at + timedelta(minutes=demand.length)
        self.minutes_before, self.minutes_after = demand.before or None, demand.after or None
        self.gs1pk = Appointment.on_day(self.practice_id, location_id, self.day)
        self.gs1sk = join(self.starts_at.strftime("%Y-%m-%dT%H:%MZ"), group_session_id)
        self.gs2pk, self.gs2sk = self.by_id(self.practice_id, group_session_id), join("session")

    @property
    def id(self) -> str:
        """Read off the index key: the table's says when it is, and with whom."""
        return str(self.gs1sk).split("#")[1]

    @property
    def location_id(self) -> str:
        return str(self.gs1pk).split("#")[1]

    @property
    def is_open(self) -> bool:
        return self.status == OPEN

    @property
    def takes_time(self) -> bool:
        """Whether it stands: one that was cancelled does until the last seat is cancelled too."""
        return self.is_open or self.seats_taken != 0

    @property
    def seats_taken(self) -> int:
        """Of appointments and holds, lapsed ones too; more than there are, where it is overbooked."""
        return int(self.capacity - self.seats_left)

    @property
    def held_seats(self) -> list[HeldSeat]:
        return [HeldSeat.read(text) for text in sorted(self.held or ())]

    def free_seats(self, now: datetime) -> int:
        """What is left now: what lapsed holds have is free again."""
        lapsed = sum(each.has_lapsed(now) for each in self.held_seats)
        return max(0, self.seats_left + lapsed)

    def is_for(self, *, type_id: str, location_id: str) -> bool:
        """Whether a visit of this type, at this place, joins it."""
        return self.is_open and (self.type_id, self.location_id) == (type_id, location_id)

    def holds(self) -> dict[Key, frozenset[int]]:
        """The buckets that it takes, buffers included, by day-item: provider, room, others."""
        resources = filter(None, (self.practitioner_id, self.room_id, *(self.with_ids or ())))
        return ResourceDay.spread(self.practice_id, resources, *self.demand.claim(self.starts_at))

    @classmethod
    def is_over(cls) -> Condition:
        """It was cancelled and takes no time: another may stand in its place."""
        nobody = cls.seated.does_not_exist() & cls.held.does_not_exist()
        over: Condition = (cls.status == CANCELLED) & nobody
        return over

    @classmethod
    def changing(cls, *, come: Collection[str], gone: Collection[str]) -> list[Action]:
        """Seats that are taken and seats that are left, by what sits there."""
        actions: list[Action] = [cls.version.add(1)]
        if len(gone) != len(come):
            actions.append(cls.seats_left.add(len(gone) - len(come)))
        for attribute, holds in ((cls.seated, False), (cls.held, True)):
            coming = {each for each in come if HeldSeat.is_text(each) is holds}
            going = {each for each in gone if HeldSeat.is_text(each) is holds}
            actions += [attribute.add(coming)] if coming else []
            actions += [attribute.delete(going)] if going else []
        return actions
