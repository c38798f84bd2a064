"""What could be held of a freed time, type by type: its provider's hours and days, rooms and things."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from ..platform.context import Context
from ..platform.store import Key, Record, find_many
from ..practices.models import Location
from ..scheduling.availability import windows_of
from ..scheduling.free_slots import Resource, Slot, SlotDemand, Taken, free_slots
from ..scheduling.local_time import local_day
from ..scheduling.meeting_needs import Things, things_of
from ..scheduling.models import ResourceDay
from ..scheduling.needs import meets
from ..scheduling.sessions.models import GroupSession
from ..scheduling.set_up.models import AppointmentType, Availability, Room
from ..scheduling.within_hours import hours_at
from .matching import Freed, Opening

_ONE_DAY = timedelta(days=1)
STEP = 5
"""Freed visits start on any multiple of five minutes."""


def free_time(context: Context, freed: Freed) -> "FreeTime":
    """A freed time as it stands now. A BatchGet, and one more where rooms or things count."""
    return FreeTime(context, freed)


class FreeTime:
    """What was read of a freed time, and what can be made of it."""

    def __init__(self, context: Context, freed: Freed) -> None:
        self._context, self._freed = context, freed
        self._days = [freed.starts_at.date() + shift * _ONE_DAY for shift in (-1, 0, 1)]
        practice_id = context.practice_id
        keys = [
            Location.key(practice_id, freed.location_id),
            Availability.key(practice_id, freed.practitioner_id),
            GroupSession.key(practice_id, freed.practitioner_id, freed.starts_at),
            *self._keys_of(freed.practitioner_id),
        ]
        found = find_many(keys, consistent=True)
        location, hours, session = (found.get(key) for key in keys[:3])
        self.location = location if isinstance(location, Location) else None
        self._hours = hours if isinstance(hours, Availability) else None
        self._session = session if isinstance(session, GroupSession) else None
        self._taken = self._taken_in(found, freed.practitioner_id)
        self._known: dict[str, list[Opening]] = {}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.location.time_zone if self.location else "UTC")

    def openings_of(self, type_ids: Sequence[str]) -> Mapping[str, Sequence[Opening]]:
        """By type, what touches the freed time and is free now."""
        missing = sorted(set(type_ids) - self._known.keys())
        keys = {each: AppointmentType.key(self._context.practice_id, each) for each in missing}
        kinds = find_many(keys.values()) if keys else {}
        for type_id, key in keys.items():
            kind = kinds.get(key)
            known = isinstance(kind, AppointmentType)
            self._known[type_id] = self._openings(kind) if known else []
        return self._known

    def taken_by(self, found: Mapping[Key, Record], resource_id: str) -> Taken:
        """What is taken of a patient's days, by what was read at `days_of`."""
        return self._taken_in(found, resource_id)

    def days_of(self, resource_id: str) -> list[Key]:
        """The day-items that a visit near the freed time may touch."""
        return self._keys_of(resource_id)

    def _openings(self, kind: Record | None) -> list[Opening]:
        if not isinstance(kind, AppointmentType) or self.location is None or self._hours is None:
            return []
        freed, own = self._freed, kind.demand()
        demand = SlotDemand(own.length, STEP, before=own.before, after=own.after)
        length = timedelta(minutes=own.length)
        slots = free_slots(
            windows_of(
                hours_at(self._hours, self.location, kind.id),
                local_day(freed.starts_at, self.zone) - _ONE_DAY,
                local_day(freed.ends_at, self.zone) + _ONE_DAY,
            ),
            self._taken,
            demand=demand,
            earliest=max(freed.starts_at - length, self._context.now()),
            latest=freed.ends_at,
            resource_sets=self._sets_for(kind),
        )
        return [
            *self._seat_in_session(kind),
            *(
                _opening(each, demand, kind)
                for each in slots
                if freed.touches(each.starts, each.starts + length)
            ),
        ]

    def _seat_in_session(self, kind: AppointmentType) -> Iterator[Opening]:
        """A seat that is free in the group that stands then."""
        session, place = self._session, self._freed.location_id
        if session is None or not session.is_for(type_id=kind.id, location_id=place):
            return
        if session.free_seats(self._context.now()) > 0:
            yield Opening(session.starts_at, session.ends_at)

    def _sets_for(self, kind: AppointmentType) -> list[list[Resource]]:
        """For each need what meets it; a room, too, where one is needed and no need is met by rooms."""
        needs = kind.needs or ()
        if not needs and not kind.needs_room:
            return []
        here = [each for each in self._things if each.location_id == self._freed.location_id]
        sets: list[Things] = [[each for each in here if meets(each, need)] for need in needs]
        rooms = [each for each in here if isinstance(each, Room)]
        if kind.needs_room and not any(each and isinstance(each[0], Room) for each in sets):
            sets.append(rooms)
        return [[self._resource(each.id) for each in members] for members in sets]

    def _resource(self, thing_id: str) -> Resource:
        return Resource(thing_id, self._taken_in(self._days_of_things, thing_id))

    @cached_property
    def _things(self) -> Things:
        return sorted(things_of(self._context), key=lambda each: each.id)

    @cached_property
    def _days_of_things(self) -> Mapping[Key, Record]:
        keys = [key for each in self._things for key in self._keys_of(each.id)]
        return find_many(keys, consistent=True)

    def _keys_of(self, resource_id: str) -> list[Key]:
        return [ResourceDay.key(self._context.practice_id, resource_id, day) for day in self._days]

    def _taken_in(self, found: Mapping[Key, Record], resource_id: str) -> Taken:
        days = (found.get(key) for key in self._keys_of(resource_id))
        now = self._context.now()
        return {day.day: day.taken_at(now) for day in days if isinstance(day, ResourceDay)}


def _opening(slot: Slot, demand: SlotDemand, kind: AppointmentType) -> Opening:
    rooms = [each for each in slot.resource_ids if each.startswith("rom_")]
    room_id = rooms[0] if rooms and kind.needs_room else None
    return Opening(
        slot.starts,
        slot.starts + timedelta(minutes=demand.length),
        demand.before,
        demand.after,
        room_id,
        tuple(each for each in slot.resource_ids if each != room_id),
    )
