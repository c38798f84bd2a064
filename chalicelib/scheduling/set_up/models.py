"""What a practice sets up: rooms, equipment, appointment types, hours."""

from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute

from ...platform.store import IdInKey, IntegerAttribute, Key, Record, ValueAttribute, join
from ..availability import AvailabilityException, ExceptionKind, WeeklyRule
from ..free_slots import SlotDemand
from ..needs import Need

LEAVE = "leave"
NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class HoursException:
    """As the practice states it: `closed`, `extra` or `leave`, over naive local times."""

    kind: str
    starts: datetime
    ends: datetime
    location_id: str | None = None
    type_ids: tuple[str, ...] = ()

    def rule(self) -> AvailabilityException:
        """Leave closes every location. ValueError as AvailabilityException's."""
        if self.kind == LEAVE:
            return AvailabilityException(ExceptionKind.CLOSED, self.starts, self.ends)
        kind = ExceptionKind(self.kind)
        return AvailabilityException(kind, self.starts, self.ends, self.location_id)


class Room(Record):
    """A room at a location: one visit at a time; none any more, once it is `retired`."""

    KIND = "room"

    id = IdInKey("rom")
    name = UnicodeAttribute()
    location_id = UnicodeAttribute()
    of_kind = UnicodeAttribute(null=True)
    features = UnicodeSetAttribute(null=True)
    retired = BooleanAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, room_id: str) -> Key:
        """`prc_1#` / `room#rom_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("room", room_id))


class Equipment(Record):
    """A device that moves between the rooms of a location: one visit at a time."""

    KIND = "equipment"

    id = IdInKey("eqp")
    name = UnicodeAttribute()
    location_id = UnicodeAttribute()
    of_kind = UnicodeAttribute(null=True)
    features = UnicodeSetAttribute(null=True)
    retired = BooleanAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, equipment_id: str) -> Key:
        """`prc_1#` / `equipment#eqp_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("equipment", equipment_id))


class AppointmentType(Record):
    """What can be booked: its length and buffers in minutes, what it needs, and its policy.

    `online` says who books it online; the hours count before its start; amounts are minor units. A
    `retired` one stays for what is booked, and nothing more is.
    """

    KIND = "appointment-type"

    id = IdInKey("typ")
    name = UnicodeAttribute()
    minutes = IntegerAttribute()
    minutes_before = IntegerAttribute(default=0)
    minutes_after = IntegerAttribute(default=0)
    modality = UnicodeAttribute()
    needs_room = BooleanAttribute(default=False)
    bill_to = UnicodeAttribute()
    price_code = UnicodeAttribute(null=True)
    needs = ValueAttribute(tuple[Need, ...], null=True)
    colour = UnicodeAttribute(null=True)
    capacity = IntegerAttribute(default=1)
    form_ids = ValueAttribute(tuple[str, ...], null=True)
    online = UnicodeAttribute(default=NOBODY)
    notice_hours = IntegerAttribute(default=0)
    bookable_days = IntegerAttribute(default=365)
    cancel_hours = IntegerAttribute(default=24)
    deposit = IntegerAttribute(default=0)
    retired = BooleanAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, type_id: str) -> Key:
        """`prc_1#` / `appointment-type#typ_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("appointment-type", type_id))

    def demand(self) -> SlotDemand:
        return SlotDemand(self.minutes, before=self.minutes_before, after=self.minutes_after)


class Availability(Record):
    """When one practitioner works, whole: one read answers it."""

    KIND = "availability"

    practitioner_id = IdInKey("pra")
    rules = ValueAttribute(tuple[WeeklyRule, ...])
    exceptions = ValueAttribute(tuple[HoursException, ...])

    @classmethod
    def key(cls, practice_id: str, practitioner_id: str) -> Key:
        """`prc_1#` / `availability#pra_2#`."""
        return Key(join(practice_id), join("availability", practitioner_id))

    @property
    def location_ids(self) -> set[str]:
        """Where they work: all locations that rules and exceptions name."""
        named = {rule.location_id for rule in self.rules}
        return named | {each.location_id for each in self.exceptions if each.location_id}

    def rules_at(self, location_id: str, type_id: str | None) -> tuple[WeeklyRule, ...]:
        """Their weekly hours at one location in which the type is offered; any type where None."""
        return tuple(
            rule
            for rule in self.rules
            if rule.location_id == location_id and _is_for(rule.type_ids, type_id)
        )

    def exceptions_at(
        self, location_id: str, type_id: str | None
    ) -> tuple[AvailabilityException, ...]:
        """What departs from them; extra hours where the type is offered."""
        return tuple(
            each.rule()
            for each in self.exceptions
            if each.location_id in (None, location_id) and _is_for(each.type_ids, type_id)
        )


def _is_for(type_ids: tuple[str, ...], type_id: str | None) -> bool:
    return not type_ids or type_id is None or type_id in type_ids
