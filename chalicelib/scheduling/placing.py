"""Whether a visit can stand where and when it is asked for: what booking and rescheduling share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, NotFound, invalid_field
from ..platform.store import Key, Record
from ..practices.models import Location, Practitioner
from .buckets import instant_of, serial_from
from .free_slots import SlotDemand
from .progress import Entry
from .set_up.models import AppointmentType, Availability, Equipment, Room
from .within_hours import refuse_outside_hours

R = TypeVar("R", bound=Record)
Named = tuple[str, type[Record], Key]
"""A field of a request, and the record it names."""

HORIZON = timedelta(days=5 * 365)
LATEST = {
    Entry.BOOKED: timedelta(0),
    Entry.WALK_IN: timedelta(minutes=15),
    Entry.PAST: timedelta(days=365),
}
"""How long ago a visit may have begun that is entered now."""
EARLIEST = {Entry.WALK_IN: -timedelta(minutes=15), Entry.PAST: timedelta(0)}
"""And at least; a walk-in may wait a quarter of an hour."""


@dataclass(frozen=True, slots=True)
class Place:
    """With whom, where and with what a visit is asked for."""

    practice_id: str
    practitioner_id: str
    location_id: str
    room_id: str | None
    other_practitioner_ids: Sequence[str] = ()
    resource_ids: Sequence[str] = ()

    def keys(self) -> list[Key]:
        """What has to be read to judge it."""
        hours = [self._hours(each) for _, each in self.practitioners()]
        return [key for _, _, key in self._named()] + hours

    def practitioners(self) -> Iterator[tuple[str, str]]:
        """Each with the field that names them."""
        yield "practitioner_id", self.practitioner_id
        for at, practitioner_id in enumerate(self.other_practitioner_ids):
            yield f"other_practitioner_ids.{at}", practitioner_id

    def things(self, found: Mapping[Key, Record]) -> list[Room | Equipment]:
        """The rooms and the equipment that it names, once all is there."""
        records = [found[key] for _, kind, key in self._named() if kind in (Room, Equipment)]
        return [each for each in records if isinstance(each, Room | Equipment)]

    def refuse_doubled(self) -> None:
        """Invalid if somebody or something is named twice: nothing takes part twice."""
        named: set[str] = set()
        things = [("room_id", self.room_id), *_numbered("resource_ids", self.resource_ids)]
        for field, each in [*self.practitioners(), *things]:
            if each in named:
                raise invalid_field(field, "named_twice", "This is named twice")
            named |= {each} if each else set()

    def _named(self) -> Iterator[Named]:
        practice_id = self.practice_id
        for field, practitioner_id in self.practitioners():
            yield field, Practitioner, Practitioner.key(practice_id, practitioner_id)
        yield "location_id", Location, Location.key(practice_id, self.location_id)
        if self.room_id is not None:
            yield "room_id", Room, Room.key(practice_id, self.room_id)
        for field, each in _numbered("resource_ids", self.resource_ids):
            kind = Room if each.startswith("rom_") else Equipment
            yield field, kind, kind.key(practice_id, each)

    def _hours(self, practitioner_id: str) -> Key:
        return Availability.key(self.practice_id, practitioner_id)

    def location(self, found: Mapping[Key, Record]) -> Location:
        """The location, once all is there. Invalid names each id that is not, or a thing elsewhere."""
        self.refuse_doubled()
        refuse_missing(found, *self._named())
        for field, kind, key in self._named():
            thing = found[key]
            if isinstance(thing, Room | Equipment) and thing.location_id != self.location_id:
                what = "room" if kind is Room else "equipment"
                raise invalid_field(field, "elsewhere", f"The {what} is at another location")
        return present(found, Location, Location.key(self.practice_id, self.location_id))

    def refuse_outside_hours(
        self,
        found: Mapping[Key, Record],
        location: Location,
        *,
        demand: SlotDemand,
        starts: datetime,
        type_id: str,
    ) -> None:
        """OutsideAvailability unless all who take part offer the type then, at the location."""
        for field, practitioner_id in self.practitioners():
            hours = found.get(self._hours(practitioner_id))
            known = hours if isinstance(hours, Availability) else None
            named = "starts_at" if field == "practitioner_id" else field
            refuse_outside_hours(
                known, location, demand=demand, starts=starts, type_id=type_id, field=named
            )


def refuse_missing(found: Mapping[Key, Record], *named: Named) -> None:
    """Invalid, naming each field whose record is not there, or is not used any more."""
    missing = [
        FieldError(field, "not_found", "No such record in this practice")
        for field, kind, key in named
        if not isinstance(found.get(key), kind)
    ]
    retired = [
        FieldError(field, "retired", "This is not used any more")
        for field, _, key in named
        if _is_retired(found.get(key))
    ]
    wrong = (*missing, *retired)
    if wrong:
        raise Invalid("Something the request names is not there", errors=wrong)


def _is_retired(record: Record | None) -> bool:
    return isinstance(record, Room | Equipment | AppointmentType) and bool(record.retired)


def refuse_elsewhere(context: Context, location_id: str) -> None:
    """Invalid, as for a location that is not there, where the caller does not work."""
    if not context.allows_at(location_id):
        raise invalid_field("location_id", "not_found", "No such record in this practice")


def present(found: Mapping[Key, Record], kind: type[R], key: Key) -> R:
    """The record at `key`; NotFound if it is not there or of another kind."""
    record = found.get(key)
    if not isinstance(record, kind):
        raise NotFound
    return record


def bookable_start(
    context: Context,
    starts_at: datetime,
    *,
    entry: Entry = Entry.BOOKED,
    field: str = "starts_at",
) -> datetime:
    """`starts_at` in UTC. Invalid: over five years ahead, or not on 5 minutes; past, but for a walk-in
    of the last 15 minutes; a past visit that is not, or is over a year ago.
    """
    now = context.now()
    late = now - starts_at
    if late > LATEST[entry]:
        raise invalid_field(field, "in_the_past", "This time has passed")
    if entry is not Entry.BOOKED and late < EARLIEST[entry]:
        raise invalid_field(field, "in_the_future", "This time is still to come")
    if starts_at > now + HORIZON:
        raise invalid_field(field, "too_far_ahead", "At most five years ahead")
    if instant_of(serial_from(starts_at)) != starts_at:
        raise invalid_field(field, "off_grid", "Visits start on a multiple of 5 minutes")
    return starts_at.astimezone(UTC)


def _numbered(field: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
    for at, value in enumerate(values):
        yield f"{field}.{at}", value
