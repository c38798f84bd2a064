"""Free slots: rules and day-items of each provider, read side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.overlap import beside
from ..platform.store import find_many, join, query_all
from ..practices.models import Location
from ..practices.service import list_locations, zone_of
from .availability import windows_of
from .free_slots import Resource, SlotDemand, Taken, free_slots
from .local_time import day_bounds
from .meeting_needs import things_of
from .models import ResourceDay
from .needs import Need, meets
from .placing import HORIZON, Named, refuse_elsewhere, refuse_missing
from .schemas import SlotQuery
from .set_up.models import AppointmentType, Availability, Room
from .within_hours import hours_at

MOST_DAYS = 28
MOST_SLOTS = 5_000
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A start that can be booked; both times in the location's zone."""

    starts_at: datetime
    ends_at: datetime
    practitioner_id: str
    location_id: str
    resource_ids: tuple[str, ...] = ()


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
    if asked.location_id:
        refuse_elsewhere(context, asked.location_id)
    search = _read(context, asked)
    found = sorted(
        (
            slot
            for practitioner_id in search.hours
            for slot in _slots_of(context, search, practitioner_id)
        ),
        key=_in_order,
    )
    return FreeSlots(found[:MOST_SLOTS], len(found) > MOST_SLOTS)


@dataclass(frozen=True, slots=True)
class _Search:
    """What was read for it."""

    asked: SlotQuery
    demand: SlotDemand
    locations: dict[str, Location]
    hours: dict[str, Availability]
    taken: dict[str, Taken]
    rooms: list[Room]
    sets: list[list[Resource]]


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
    resources = [*hours, *filter(None, [asked.room_id])]
    days = {each: beside(_taken, context, each, asked) for each in resources}
    everywhere = None if asked.location_id else beside(list_locations, context)
    named = _named(practice_id, asked)
    found = find_many([*hours.values(), *(key for _, _, key in named)])
    refuse_missing(found, *named)
    records = list(found.values())
    if everywhere is not None:
        records += everywhere.result()
    kind = next(each for each in records if isinstance(each, AppointmentType))
    rooms = [each for each in records if isinstance(each, Room)]
    return _Search(
        asked,
        demand=kind.demand(),
        locations={
            each.id: each
            for each in records
            if isinstance(each, Location) and context.allows_at(each.id)
        },
        hours={each.practitioner_id: each for each in records if isinstance(each, Availability)},
        taken={resource_id: read.result() for resource_id, read in days.items()},
        rooms=rooms,
        sets=_sets(context, asked, _left_of(kind.needs or (), rooms)),
    )


def _left_of(needs: Sequence[Need], rooms: Sequence[Room]) -> list[Need]:
    """What the room that was asked for does not meet already."""
    left = list(needs)
    for room in rooms:
        first = next((need for need in left if meets(room, need)), None)
        if first is not None:
            left.remove(first)
    return left


def _sets(context: Context, asked: SlotQuery, needs: Sequence[Need]) -> list[list[Resource]]:
    """For each need the things that meet it and when they are taken: two round trips more."""
    if not needs:
        return []
    things = [each for each in things_of(context) if each.id != asked.room_id]
    wanted = {each.id: each for each in things if any(meets(each, need) for need in needs)}
    days = {each: beside(_taken, context, each, asked) for each in wanted}
    return [
        [
            Resource(each.id, days[each.id].result(), each.location_id)
            for each in wanted.values()
            if meets(each, need)
        ]
        for need in needs
    ]


def _named(practice_id: str, asked: SlotQuery) -> list[Named]:
    named: list[Named] = [
        ("type_id", AppointmentType, AppointmentType.key(practice_id, asked.type_id))
    ]
    if asked.location_id:
        named.append(("location_id", Location, Location.key(practice_id, asked.location_id)))
    if asked.room_id:
        named.append(("room_id", Room, Room.key(practice_id, asked.room_id)))
    return named


def _taken(context: Context, resource_id: str, asked: SlotQuery) -> Taken:
    """The UTC days that local days of any zone, and visits over their ends, lie on."""
    first, last = asked.from_day - _ONE_DAY, asked.until + _ONE_DAY
    days = query_all(
        ResourceDay.partition(context.practice_id, resource_id),
        between=(join(first.isoformat()), join(last.isoformat())),
    )
    return {day.day: day.taken_at(context.now()) for day in days}


def _slots_of(context: Context, search: _Search, practitioner_id: str) -> Iterator[FreeSlot]:
    hours, asked = search.hours[practitioner_id], search.asked
    rooms = [Resource(room.id, search.taken[room.id], room.location_id) for room in search.rooms]
    for location_id in hours.location_ids & search.locations.keys():
        location = search.locations[location_id]
        zone = zone_of(location.time_zone)
        windows = windows_of(
            hours_at(hours, location, asked.type_id),
            asked.from_day - _ONE_DAY,
            asked.until + _ONE_DAY,
        )
        for slot in free_slots(
            windows,
            search.taken[practitioner_id],
            demand=search.demand,
            earliest=max(context.now(), day_bounds(asked.from_day, zone)[0]),
            latest=day_bounds(asked.until, zone)[1],
            resource_sets=[*([rooms] if rooms else []), *search.sets],
        ):
            starts = slot.starts.astimezone(zone)
            ends = (slot.starts + timedelta(minutes=search.demand.length)).astimezone(zone)
            needed = slot.resource_ids[1 if rooms else 0 :]
            yield FreeSlot(starts, ends, practitioner_id, location_id, needed)


def _in_order(slot: FreeSlot) -> tuple[datetime, str, str]:
    """By instant: times of one zone compare by their wall clock, which an hour shows twice."""
    return slot.starts_at.astimezone(UTC), slot.practitioner_id, slot.location_id
