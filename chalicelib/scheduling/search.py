"""What a search for slots reads: hours, places and types in one BatchGet, days by Query beside it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ..patients.models import Patient
from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.http import WEEKDAYS
from ..platform.overlap import beside
from ..platform.store import find_many, join, query_all
from ..practices.models import Location, Practice
from ..practices.service import list_locations
from .free_slots import Taken
from .meeting_needs import Things, things_of
from .models import ResourceDay
from .needs import meets
from .placing import Named, refuse_elsewhere, refuse_missing
from .schemas import SlotQuery
from .sessions.models import GroupSession
from .set_up.models import AppointmentType, Availability, Room

_ONE_DAY = timedelta(days=1)
AFTER_ALL_OF_IT = "~"
"""Of a day: the day-item, and sessions under it."""


@dataclass(slots=True)
class Days:
    """What is taken of resources from one local day to another, and the sessions of practitioners.

    Each resource is one Query, side by side.
    """

    context: Context
    first: date
    last: date
    _read: dict[str, "Future[tuple[Taken, list[GroupSession]]]"] = field(default_factory=dict)

    def ask(self, resource_ids: Iterable[str]) -> None:
        """Start to read those that are not read yet."""
        for each in resource_ids:
            if each not in self._read:
                self._read[each] = beside(self._asked, each)

    def taken(self, resource_id: str) -> Taken:
        self.ask([resource_id])
        return self._read[resource_id].result()[0]

    def sessions(self, practitioner_id: str) -> list[GroupSession]:
        """The group sessions of one whose days are read."""
        return self._read[practitioner_id].result()[1]

    def _asked(self, resource_id: str) -> tuple[Taken, list[GroupSession]]:
        """The UTC days that local days of any zone, and visits over their ends, lie on."""
        bounds = self.first - _ONE_DAY, self.last + _ONE_DAY
        partition = ResourceDay.partition(self.context.practice_id, resource_id)
        last = join(bounds[1].isoformat()) + AFTER_ALL_OF_IT
        found = list(query_all(partition, between=(join(bounds[0].isoformat()), last)))
        taken = {
            day.day: day.taken_at(self.context.now())
            for day in found
            if isinstance(day, ResourceDay)
        }
        return taken, [each for each in found if isinstance(each, GroupSession)]


@dataclass(frozen=True, slots=True)
class Search:
    """What it needs to know beside what is taken. `rooms`: one of them, where it takes one.

    `sets` are for each need of the type the things that meet it.
    """

    asked: SlotQuery
    kind: AppointmentType
    locations: Mapping[str, Location]
    hours: Mapping[str, Availability]
    rooms: Things | None
    sets: Sequence[Things]

    def things(self) -> set[str]:
        """The ids of all rooms and equipment that it may take."""
        return {each.id for those in (self.rooms or (), *self.sets) for each in those}


def read_search(context: Context, asked: SlotQuery, who: Sequence[str] | None) -> Search:
    """One BatchGet, beside it a Query of all hours or locations where none are named.

    Two more Queries, side by side, where the type needs a room or a thing by kind. Invalid names
    what is not there; a deceased patient.
    """
    practice_id = context.practice_id
    for location_id in _location_ids(asked):
        refuse_elsewhere(context, location_id)
    everywhere = None if asked.location_id else beside(list_locations, context)
    everybody = beside(_all_hours, practice_id) if who is None else None
    named = _named(context, asked)
    keys = [Availability.key(practice_id, each) for each in who or ()]
    found = find_many([*keys, *(key for _, _, key in named)])
    refuse_missing(found, *named)
    records = [*found.values(), *(everywhere.result() if everywhere else ())]
    kind = next(each for each in records if isinstance(each, AppointmentType))
    patients = (each for each in records if isinstance(each, Patient))
    if any(each.deceased for each in patients):
        raise invalid_field("patient_id", "deceased", "The patient is recorded as deceased")
    rooms = [each for each in records if isinstance(each, Room)]
    places = [each for each in records if isinstance(each, Location)]
    hours = [each for each in records if isinstance(each, Availability)]
    hours += everybody.result() if everybody else []
    return Search(
        asked,
        kind,
        {each.id: each for each in places if context.allows_at(each.id)},
        {each.practitioner_id: each for each in hours},
        *_rooms_and_sets(context, kind, rooms),
    )


def preferred(asked: SlotQuery, starts: datetime) -> bool:
    """Whether its weekday and time of day are those asked for, by the location's clock."""
    at = starts.time()
    return (
        (asked.weekdays is None or WEEKDAYS[starts.weekday()] in asked.weekdays.split(","))
        and (asked.starts_from is None or asked.starts_from <= at)
        and (asked.starts_before is None or at < asked.starts_before)
    )


def _rooms_and_sets(
    context: Context, kind: AppointmentType, named: list[Room]
) -> tuple[Things | None, list[Things]]:
    """The room that was asked for comes first in each set: what it meets, nothing else has to."""
    needs = kind.needs or ()
    if not needs and (named or not kind.needs_room):
        return named or None, []
    known = {each.id for each in named}
    things = [*named, *(each for each in things_of(context) if each.id not in known)]
    any_room = [each for each in things if isinstance(each, Room)] if kind.needs_room else None
    return named or any_room, [[each for each in things if meets(each, need)] for need in needs]


def _all_hours(practice_id: str) -> list[Availability]:
    return list(query_all(Practice.key(practice_id).pk, begins="availability#"))


def _location_ids(asked: SlotQuery) -> Collection[str]:
    return dict.fromkeys(asked.location_id.split(",")) if asked.location_id else ()


def _named(context: Context, asked: SlotQuery) -> list[Named]:
    practice_id = context.practice_id
    named: list[Named] = [
        ("type_id", AppointmentType, AppointmentType.key(practice_id, asked.type_id))
    ]
    for location_id in _location_ids(asked):
        named.append(("location_id", Location, Location.key(practice_id, location_id)))
    if asked.room_id:
        named.append(("room_id", Room, Room.key(practice_id, asked.room_id)))
    if asked.patient_id:
        context.concerns(asked.patient_id)
        named.append(("patient_id", Patient, Patient.key(practice_id, asked.patient_id)))
    return named
