"""Free slots: rules and day-items of each provider, read side by side."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..platform.context import Context
from ..platform.errors import NotFound, invalid_field
from ..platform.overlap import beside
from ..platform.store import Key, Record, find_many, join, query_all
from ..practices.models import Location
from ..practices.service import list_locations, zone_of
from .availability import windows_of
from .free_slots import Resource, Slot, Taken, free_slots
from .local_time import day_bounds
from .models import AppointmentType, Availability, ResourceDay, Room
from .placing import HORIZON, refuse_missing
from .schemas import SlotQuery

MOST_DAYS = 28
MOST_SLOTS = 5_000
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class FreeSlot:
    """A start that can be booked; both times in the location's zone."""

    starts_at: datetime
    ends_at: datetime
    practitioner_id: str
    location_id: str


@dataclass(frozen=True, slots=True)
class FreeSlots:
    """Sorted by time; `more` if later ones were left out."""

    items: list[FreeSlot]
    more: bool


def find_slots(context: Context, asked: SlotQuery) -> FreeSlots:
    """The starts at which a visit of this type can be booked, from now on.

    Invalid (422): a range that is empty, over 28 days or over five years away; a type, location
    or room that is not there. A practitioner without hours has no slots. Reads are eventually
    consistent and decide nothing: booking checks again.
    """
    _refuse_range(context, asked)
    search = _read(context, asked)
    found = sorted(
        slot
        for practitioner_id in sorted(search.hours)
        for slot in _slots_of(context, search, practitioner_id)
    )
    return FreeSlots(found[:MOST_SLOTS], len(found) > MOST_SLOTS)


@dataclass(frozen=True, slots=True)
class _Search:
    asked: SlotQuery
    kind: AppointmentType
    room: Room | None
    locations: dict[str, Location]
    hours: dict[str, Availability]
    taken: dict[str, Taken]


def _refuse_range(context: Context, asked: SlotQuery) -> None:
    if asked.until < asked.from_day:
        raise invalid_field("until", "before_from", "The range ends before it begins")
    if (asked.until - asked.from_day).days >= MOST_DAYS:
        raise invalid_field("until", "too_long", f"At most {MOST_DAYS} days at once")
    if abs(asked.from_day - context.today()) > HORIZON:
        raise invalid_field("from", "too_far", "At most five years from today")


def _read(context: Context, asked: SlotQuery) -> _Search:
    """One round trip: a BatchGet, beside it a Query of each resource's days (and of locations)."""
    practice_id = context.practice_id
    hours = {each: Availability.key(practice_id, each) for each in asked.practitioner_id.split(",")}
    resources = [*hours, *([asked.room_id] if asked.room_id else [])]
    days = {each: beside(_taken, practice_id, each, asked) for each in resources}
    everywhere = None if asked.location_id else beside(list_locations, context)
    named = list(_named(practice_id, asked))
    found = find_many([*hours.values(), *(key for _, _, key in named)])
    refuse_missing(found, *named)
    return _Search(
        asked,
        kind=_of(AppointmentType, found),
        room=_of(Room, found) if asked.room_id else None,
        locations=_by_id(everywhere, found),
        hours={
            each: record
            for each, key in hours.items()
            if isinstance(record := found.get(key), Availability)
        },
        taken={each: read.result() for each, read in days.items()},
    )
