"""What scheduling stores: what is taken, holds, and appointments."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import and_

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
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
from .buckets import BUCKET, buckets_of
from .flow import noted, placed, room_of
from .free_slots import SlotDemand
from .held_time import HeldTime
from .overbooked import Overbooked
from .progress import Progress, Status, Step
from .reasons.models import Reason
from .stays import LocalStay


class ResourceDay(Record):
    """What is taken of a provider, room or patient on one UTC day: 5-minute buckets 0–287.

    Booking adds to it unread, and so makes it: the one deliberate upsert (DESIGN §3). `holds` says
    which of the buckets are holds', as texts of HeldTime: a set is added to unread, a map is not.
    `overbooked` has the visits that came where others were, as texts of Overbooked.
    """

    KIND = "day"

    taken = IntegerSetAttribute(null=True)
    holds = UnicodeSetAttribute(null=True)
    overbooked = UnicodeSetAttribute(null=True)

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
    def changing(
        cls,
        *,
        come: Collection[int],
        gone: Collection[int],
        noted: Collection[str],
        struck: Collection[str],
    ) -> list[Action]:
        """Adds buckets or takes some away, and notes of holds likewise: of each pair one is empty.

        What adds may find no day yet, and makes it.
        """
        actions: list[Action] = [cls.version.add(1)]
        if come:
            actions += [cls.kind.set(cls.KIND), cls.schema.set(cls.SCHEMA)]
            actions.append(cls.taken.add(set(come)))
        if gone:
            actions.append(cls.taken.delete(set(gone)))
        if noted:
            actions.append(cls.holds.add(set(noted)))
        if struck:
            actions.append(cls.holds.delete(set(struck)))
        return actions

    @property
    def held(self) -> list[HeldTime]:
        """What holds keep of it, lapsed ones too."""
        return [HeldTime.read(text) for text in sorted(self.holds or ())]

    @property
    def beside(self) -> list[Overbooked]:
        """The visits that came where others were."""
        return [Overbooked.read(text) for text in sorted(self.overbooked or ())]

    def taken_at(self, now: datetime) -> set[int]:
        """What is taken now: what lapsed holds have is free again, but for who came beside them."""
        lapsed = (each.buckets for each in self.held if each.has_lapsed(now))
        beside = (each.buckets for each in self.beside)
        return (self.taken or set()).difference(*lapsed).union(*beside)

    @classmethod
    def spread(
        cls, practice_id: str, resource_ids: Iterable[str], starts: datetime, ends: datetime
    ) -> dict[Key, frozenset[int]]:
        """The buckets of `[starts, ends)` by day-item, resource by resource."""
        days = buckets_of(starts, ends)
        return {
            cls.key(practice_id, resource_id, day): buckets
            for resource_id in resource_ids
            for day, buckets in days.items()
        }


def seat_of(practice_id: str, practitioner_id: str, starts_at: datetime) -> Key:
    """`prc_1#day#pra_2#` / `2026-03-02#168#`: the practitioner's group session at this start."""
    at = starts_at.astimezone(UTC)
    bucket = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)) // BUCKET
    partition = ResourceDay.partition(practice_id, practitioner_id)
    return Key(partition, join(at.date().isoformat(), f"{bucket:03}"))


class RoomInUse(Record):
    """The patient who is in a room now. Made and removed with their progress, never changed."""

    KIND = "room_in_use"

    room_id = IdInKey("rom")
    appointment_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, room_id: str) -> Key:
        """`prc_1#` / `room-in-use#rom_2#`: one Query of `room` has the rooms, and these."""
        return Key(join(practice_id), join("room-in-use", room_id))


@dataclass(frozen=True, slots=True)
class VisitsLeft:
    """Of the authorisation that a visit is under, as it was booked or moved."""

    id: str
    number: str
    visits_left: int


class Appointment(LocalStay, Record):
    """A booked visit. Its buffers are those of its type when it was booked.

    `with_ids` are the other practitioners, rooms and equipment that it takes: with a
    `group_session_id` it is a seat, and the session takes them. `modality` is stored where it is
    not in person.
    """

    KIND = "appointment"

    id = IdInKey("apt")
    practice_id = PracticeInKey()
    status = UnicodeAttribute(default=Status.BOOKED)
    progress = UnicodeAttribute(default=Progress.NONE)
    patient_id = UnicodeAttribute()
    patient_name = UnicodeAttribute()
    practitioner_id = UnicodeAttribute(attr_name="provider_id")
    room_id = UnicodeAttribute(null=True)
    with_ids = ValueAttribute(tuple[str, ...], null=True)
    time_zone = UnicodeAttribute()
    type_id = UnicodeAttribute()
    title = UnicodeAttribute()
    bill_to = UnicodeAttribute()
    modality = UnicodeAttribute(null=True)
    starts_at = InstantAttribute()
    ends_at = InstantAttribute()
    confirmed_at = InstantAttribute(null=True)
    confirmed_by = UnicodeAttribute(null=True)
    minutes_before = IntegerAttribute(null=True)
    minutes_after = IntegerAttribute(null=True)
    overbooked = UnicodeAttribute(null=True)
    flow = UnicodeAttribute(null=True)
    series_id = UnicodeAttribute(null=True)
    group_session_id = UnicodeAttribute(null=True)
    cancel_hours = IntegerAttribute(null=True)
    late = BooleanAttribute(null=True)
    reason = ValueAttribute(Reason, null=True)
    authorization_id = UnicodeAttribute(null=True)
    steps = ValueAttribute(tuple[Step, ...])

    visits_left: VisitsLeft | None = None
    """Told with a booking, and not stored."""

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
        """Set when and where it is, and the index keys that say so.

        What the patient confirmed was the time and the place: neither is, where one changes.
        """
        was = self.starts_at, self.gs1pk
        self.starts_at = starts_at.astimezone(UTC)
        self.ends_at = self.starts_at + timedelta(minutes=demand.length)
        self.minutes_before, self.minutes_after = demand.before or None, demand.after or None
        self.time_zone = time_zone
        stamp = self.starts_at.strftime("%Y-%m-%dT%H:%MZ")
        self.gs1pk = self.on_day(self.practice_id, location_id, self.day)
        self.gs1sk = join(stamp, self.id)
        self.gs2pk, begins = self.of_patient(self.practice_id, self.patient_id)
        self.gs2sk = begins + join(stamp, self.id)
        if was != (self.starts_at, self.gs1pk):
            self.confirmed_at = self.confirmed_by = None

    def step(self, to: str, at: datetime, by: str, *, reason: str | None = None) -> None:
        """Note a change of status or progress."""
        self.steps = (*(self.steps or ()), Step(to, at.replace(microsecond=0), by, reason))

    def advance(self, progress: Progress, at: datetime, by: str) -> None:
        """The patient has come further; the day's index has the time too."""
        if progress != self.progress:
            self.flow = noted(self.flow, progress, at, self.starts_at)
        self.progress = progress
        self.step(progress, at, by)

    @property
    def in_room_id(self) -> str | None:
        """Where the patient is now, as the day's index tells it."""
        return room_of(self.flow)

    @in_room_id.setter
    def in_room_id(self, room_id: str | None) -> None:
        self.flow = placed(self.flow, room_id)

    @property
    def location_id(self) -> str:
        """Read off the index key, as an id is off the table's."""
        return str(self.gs1pk).split("#")[1]

    def holds(self, starts_at: datetime | None = None) -> dict[Key, frozenset[int]]:
        """The buckets it takes, or would at another start, buffers included, by day-item.

        Provider first, then room, others and patient; a seat takes its patient's alone.
        """
        others = (self.practitioner_id, self.room_id, *(self.with_ids or ()))
        resources = filter(None, (*(() if self.group_session_id else others), self.patient_id))
        starts, ends = self.demand.claim(starts_at or self.starts_at)
        return ResourceDay.spread(self.practice_id, resources, starts, ends)

    @property
    def seat(self) -> Key | None:
        """The group session in which it has a seat."""
        at = self.practice_id, self.practitioner_id, self.starts_at
        return seat_of(*at) if self.group_session_id else None
