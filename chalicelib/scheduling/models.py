"""What scheduling stores: rooms, appointment types, hours, what is taken, and appointments."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import and_
from zoneinfo import ZoneInfo

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ..platform.store import (
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    IntegerSetAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)
from .availability import AvailabilityException, ExceptionKind, WeeklyRule, WorkingHours
from .buckets import buckets_of
from .free_slots import SlotDemand
from .local_time import local_day
from .progress import Progress, Status, Step

LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class HoursException:
    """As the practice states it: `closed`, `extra` or `leave`, over naive local times."""

    kind: str
    starts: datetime
    ends: datetime
    location_id: str | None = None

    def rule(self) -> AvailabilityException:
        """Leave closes every location. ValueError as AvailabilityException's."""
        if self.kind == LEAVE:
            return AvailabilityException(ExceptionKind.CLOSED, self.starts, self.ends)
        kind = ExceptionKind(self.kind)
        return AvailabilityException(kind, self.starts, self.ends, self.location_id)


class Room(Record):
    """A room at a location: one visit at a time."""

    KIND = "room"

    id = IdInKey("rom")
    name = UnicodeAttribute()
    location_id = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, room_id: str) -> Key:
        """`prc_1#` / `room#rom_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("room", room_id))


class AppointmentType(Record):
    """What can be booked: its length and buffers in minutes, and what it needs."""

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

    def hours_at(self, location_id: str, zone: ZoneInfo) -> WorkingHours:
        """Their hours at one location, in its zone."""
        return WorkingHours(
            zone,
            tuple(rule for rule in self.rules if rule.location_id == location_id),
            tuple(
                exception.rule()
                for exception in self.exceptions
                if exception.location_id in (None, location_id)
            ),
        )


class ResourceDay(Record):
    """What is taken of a provider, room or patient on one UTC day: 5-minute buckets 0–287.

    Booking adds to it unread, and so makes it: the one deliberate upsert (DESIGN §3).
    """

    KIND = "day"

    taken = IntegerSetAttribute(null=True)

    @classmethod
    def partition(cls, practice_id: str, resource_id: str) -> str:
        """`prc_1#day#pra_2#`: what is taken of one resource."""
        return join(practice_id, "day", resource_id)

    @classmethod
    def key(cls, practice_id: str, resource_id: str, day: date) -> Key:
        """`prc_1#day#pra_2#` / `2026-03-02#`: weeks of one resource in one Query."""
        return Key(cls.partition(practice_id, resource_id), join(day.isoformat()))

    @property
    def day(self) -> date:
        return date.fromisoformat(self.sk[:10])

    @classmethod
    def is_free(cls, buckets: Collection[int]) -> Condition:
        """None of `buckets` is taken; true of a day that is not there."""
        free: Condition = reduce(and_, (~cls.taken.contains(each) for each in sorted(buckets)))
        return free

    @classmethod
    def taking(cls, buckets: Collection[int]) -> list[Action]:
        """Adds `buckets`, on a day that may not be there yet."""
        return [
            cls.kind.set(cls.KIND),
            cls.schema.set(cls.SCHEMA),
            cls.version.add(1),
            cls.taken.add(set(buckets)),
        ]

    @classmethod
    def freeing(cls, buckets: Collection[int]) -> list[Action]:
        """Takes `buckets` away."""
        return [cls.version.add(1), cls.taken.delete(set(buckets))]


class Appointment(Record):
    """A booked visit. Its buffers are those of its type when it was booked."""

    KIND = "appointment"

    id = IdInKey("apt")
    practice_id = PracticeInKey()
    status = UnicodeAttribute(default=Status.BOOKED)
    progress = UnicodeAttribute(default=Progress.NONE)
    patient_id = UnicodeAttribute()
    patient_name = UnicodeAttribute()
    practitioner_id = UnicodeAttribute(attr_name="provider_id")
    room_id = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute()
    type_id = UnicodeAttribute()
    title = UnicodeAttribute()
    bill_to = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute()
    minutes_before = IntegerAttribute(null=True)
    minutes_after = IntegerAttribute(null=True)
    steps = ValueAttribute(tuple[Step, ...])

    @classmethod
    def key(cls, practice_id: str, appointment_id: str) -> Key:
        """`prc_1#apt_2#` / `appointment#`."""
        return Key(join(practice_id, appointment_id), "appointment#")

    @classmethod
    def on_day(cls, practice_id: str, location_id: str, day: date) -> str:
        """gs1 `prc_1#loc_3#2026-03-02#` / `2026-03-02T14:00Z#apt_2#`: a local day at a location."""
        return join(practice_id, location_id, day.isoformat())

    @classmethod
    def of_patient(cls, practice_id: str, patient_id: str) -> tuple[str, str]:
        """gs2 `prc_1#pat_4#` / `apt#2026-03-02T14:00Z#apt_2#`: partition, and how its keys begin."""
        return join(practice_id, patient_id), join("apt")

    def stand(
        self, starts_at: datetime, demand: SlotDemand, *, location_id: str, time_zone: str
    ) -> None:
        """Set when and where it is, and the index keys that say so."""
        self.starts_at = starts_at.astimezone(UTC)
        self.ends_at = self.starts_at + timedelta(minutes=demand.length)
        self.minutes_before, self.minutes_after = demand.before or None, demand.after or None
        self.time_zone = time_zone
        stamp = self.starts_at.strftime("%Y-%m-%dT%H:%MZ")
        self.gs1pk = self.on_day(self.practice_id, location_id, self.day)
        self.gs1sk = join(stamp, self.id)
        self.gs2pk, begins = self.of_patient(self.practice_id, self.patient_id)
        self.gs2sk = begins + join(stamp, self.id)

    def step(self, to: str, at: datetime, by: str, *, reason: str | None = None) -> None:
        """Note a change of status or progress."""
        self.steps = (*(self.steps or ()), Step(to, at.replace(microsecond=0), by, reason))

    @property
    def location_id(self) -> str:
        """Read off the index key, as an id is off the table's."""
        return str(self.gs1pk).split("#")[1]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def day(self) -> date:
        """The local day at the location."""
        return local_day(self.starts_at, self.zone)

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(self.zone)

    @property
    def demand(self) -> SlotDemand:
        """Its length and buffers as booked."""
        length = (self.ends_at - self.starts_at) // timedelta(minutes=1)
        before, after = self.minutes_before or 0, self.minutes_after or 0
        return SlotDemand(length, before=before, after=after)

    def holds(self, starts_at: datetime | None = None) -> dict[Key, frozenset[int]]:
        """The buckets it takes, or would at another start, buffers included, by day-item.

        Provider first, then room and patient.
        """
        days = buckets_of(*self.demand.claim(starts_at or self.starts_at))
        resources = [each for each in (self.practitioner_id, self.room_id, self.patient_id) if each]
        return {
            ResourceDay.key(self.practice_id, resource_id, day): buckets
            for resource_id in resources
            for day, buckets in days.items()
        }
