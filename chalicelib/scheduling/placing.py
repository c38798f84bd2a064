"""Whether a visit can stand where and when it is asked for: what booking and rescheduling share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, NotFound, invalid_field
from ..platform.store import Key, Record
from ..practices.models import Location, Practitioner
from ..practices.service import zone_of
from .availability import windows_of
from .buckets import BUCKET, instant_of, serial_from
from .errors import OutsideAvailability
from .free_slots import SlotDemand, free_slots
from .local_time import local_day
from .models import Availability, Room

R = TypeVar("R", bound=Record)
Named = tuple[str, type[Record], Key]
"""A field of a request, and the record it names."""

HORIZON = timedelta(days=5 * 365)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """With whom, where and in which room a visit is asked for."""

    practice_id: str
    practitioner_id: str
    location_id: str
    room_id: str | None

    def keys(self) -> list[Key]:
        """What has to be read to judge it."""
        return [key for _, _, key in self._named()] + [self._availability]

    def _named(self) -> Iterator[Named]:
        practice_id = self.practice_id
        yield "practitioner_id", Practitioner, Practitioner.key(practice_id, self.practitioner_id)
        yield "location_id", Location, Location.key(practice_id, self.location_id)
        if self.room_id is not None:
            yield "room_id", Room, Room.key(practice_id, self.room_id)

    @property
    def _availability(self) -> Key:
        return Availability.key(self.practice_id, self.practitioner_id)

    def location(self, found: Mapping[Key, Record]) -> Location:
        """The location, once all is there. Invalid names each id that is not, or a room elsewhere."""
        refuse_missing(found, *self._named())
        if self.room_id is not None:
            room = present(found, Room, Room.key(self.practice_id, self.room_id))
            if room.location_id != self.location_id:
                raise invalid_field("room_id", "elsewhere", "The room is at another location")
        return present(found, Location, Location.key(self.practice_id, self.location_id))

    def availability(self, found: Mapping[Key, Record]) -> Availability | None:
        hours = found.get(self._availability)
        return hours if isinstance(hours, Availability) else None


def refuse_missing(found: Mapping[Key, Record], *named: Named) -> None:
    """Invalid, naming each field whose record is not there."""
    wrong = tuple(
        FieldError(field, "not_found", "No such record in this practice")
        for field, kind, key in named
        if not isinstance(found.get(key), kind)
    )
    if wrong:
        raise Invalid("Something the request names is not there", errors=wrong)


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


def bookable_start(context: Context, starts_at: datetime) -> datetime:
    """`starts_at` in UTC. Invalid: past, over five years ahead, or not on 5 minutes."""
    now = context.now()
    if starts_at < now:
        raise invalid_field("starts_at", "in_the_past", "This time has passed")
    if starts_at > now + HORIZON:
        raise invalid_field("starts_at", "too_far_ahead", "At most five years ahead")
    if instant_of(serial_from(starts_at)) != starts_at:
        raise invalid_field("starts_at", "off_grid", "Visits start on a multiple of 5 minutes")
    return starts_at.astimezone(UTC)


def refuse_outside_hours(
    availability: Availability | None, location: Location, *, demand: SlotDemand, starts: datetime
) -> None:
    """OutsideAvailability unless the visit with its buffers lies within the provider's hours.

    The hours are not locked: leave entered at the same moment meets what is booked already.
    """
    zone = zone_of(location.time_zone)
    day = local_day(starts, zone)
    if availability is not None:
        hours = availability.hours_at(location.id, zone)
        fits = free_slots(
            windows_of(hours, day - _ONE_DAY, day + _ONE_DAY),
            {},
            demand=SlotDemand(demand.length, 5, before=demand.before, after=demand.after),
            earliest=starts,
            latest=starts + BUCKET,
        )
        if fits:
            return
    raise OutsideAvailability(
        errors=(FieldError("starts_at", "outside_availability", OutsideAvailability.title),)
    )
