"""What a booking or a hold asks for: read in one round trip and judged, all but what is taken."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from ..patients.models import Patient
from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.store import Key, Record, find_many
from ..practices.models import Location
from ..practices.service import zone_of
from .buckets import BUCKET, MOST_BUCKETS
from .free_slots import SlotDemand
from .local_time import local_day
from .meeting_needs import Things, with_what_it_needs
from .models import ResourceDay
from .placing import (
    Place,
    bookable_start,
    present,
    refuse_elsewhere,
    refuse_missing,
)
from .progress import Entry
from .reasons.checking import keys_of as keys_of_reason, reason_of
from .reasons.models import Reason
from .reasons.schemas import ReasonBody
from .sessions.joining import new_session, standing_session
from .sessions.models import GroupSession
from .set_up.models import AppointmentType

LONGEST = MOST_BUCKETS * BUCKET


class Asked(Protocol):
    """Who sees whom, where, for what, and when."""

    @property
    def practitioner_id(self) -> str: ...
    @property
    def location_id(self) -> str: ...
    @property
    def room_id(self) -> str | None: ...
    @property
    def type_id(self) -> str: ...
    @property
    def patient_id(self) -> str | None: ...
    @property
    def other_practitioner_ids(self) -> Sequence[str]: ...
    @property
    def resource_ids(self) -> Sequence[str]: ...
    @property
    def starts_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """It can be, if nobody has taken it; `found` has the day-items and whatever else was wanted.

    `with_ids` are all who take part beside the practitioner and the patient, and all that is used
    beside the room: what the type needs by kind was chosen where it was not named. Of a type with
    seats there is the `session` that the patient joins: of version 0 it is yet to be opened.
    """

    starts: datetime
    kind: AppointmentType
    location: Location
    patient: Patient | None
    with_ids: tuple[str, ...]
    found: dict[Key, Record]
    reason: Reason | None = None
    session: GroupSession | None = None

    @property
    def demand(self) -> SlotDemand:
        """Who joins a session stays as long as it takes, whatever its type says now."""
        return self.session.demand if self.session else self.kind.demand()


def judge(
    context: Context,
    asked: Asked,
    *others: Key,
    entry: Entry = Entry.BOOKED,
    reason: ReasonBody | None = None,
    newcomer: Patient | None = None,
    opened: Mapping[Key, Record] | None = None,
) -> Judged:
    """Invalid (422): a record that is not there, a room that is missing or elsewhere, a deceased
    patient, a start in the past or off the grid; OutsideAvailability, but for who walks in and for
    a past visit; a reason that is none. SlotTaken (409) if nothing that the type needs is free. A
    `newcomer` is registered in the same unit of work, and `opened` are sessions that it opens.
    """
    place = Place(
        context.practice_id,
        asked.practitioner_id,
        asked.location_id,
        asked.room_id,
        asked.other_practitioner_ids,
        asked.resource_ids,
    )
    named = list(_named(context, asked, newcomer))
    refuse_elsewhere(context, asked.location_id)
    starts = bookable_start(context, asked.starts_at, entry=entry)
    seat = GroupSession.key(context.practice_id, asked.practitioner_id, starts)
    keys = [*place.keys(), *(key for _, _, key in named), *_days_around(context, asked, starts)]
    found = find_many([*keys, seat, *others, *keys_of_reason(context, reason)], consistent=True)
    found |= opened or {}
    refuse_missing(found, *named)
    location = place.location(found)
    kind = present(found, AppointmentType, AppointmentType.key(context.practice_id, asked.type_id))
    session = standing_session(found.get(seat), asked) if kind.capacity > 1 else None
    if session is None:
        _refuse_without_room(kind, asked)
    if entry is Entry.BOOKED:
        demand = session.demand if session else kind.demand()
        place.refuse_outside_hours(found, location, demand=demand, starts=starts, type_id=kind.id)
    patient = next((each for each in found.values() if isinstance(each, Patient)), newcomer)
    if patient is not None and patient.deceased:
        raise invalid_field("patient_id", "deceased", "The patient is recorded as deceased")
    day = local_day(starts, zone_of(location.time_zone))
    given = reason_of(context, reason, found, day)
    judged = Judged(starts, kind, location, patient, (), found, given, session)
    if session is None:
        return _with_what_it_takes(context, asked, judged, place.things(found))
    return replace(judged, with_ids=session.with_ids or ())


def _with_what_it_takes(context: Context, asked: Asked, judged: Judged, things: Things) -> Judged:
    """The things that it uses, of which its type's needs are met; of a type with seats, in a session."""
    kind, location, starts = judged.kind, judged.location, judged.starts
    met = with_what_it_needs(
        context, kind, things, location_id=location.id, starts=starts, demand=kind.demand()
    )
    everybody = dict.fromkeys([*asked.other_practitioner_ids, *asked.resource_ids, *met.ids])
    with_ids = tuple(each for each in everybody if each != asked.room_id)
    judged = replace(judged, with_ids=with_ids, found=judged.found | met.days)
    if kind.capacity == 1:
        return judged
    session = new_session(
        context,
        asked,
        title=kind.name,
        capacity=kind.capacity,
        demand=kind.demand(),
        location=location,
        starts=starts,
        with_ids=with_ids,
    )
    return replace(judged, session=session, found={**judged.found, session.item_key: session})


def _named(
    context: Context, asked: Asked, newcomer: Patient | None
) -> Iterator[tuple[str, type[Record], Key]]:
    practice_id = context.practice_id
    yield "type_id", AppointmentType, AppointmentType.key(practice_id, asked.type_id)
    if asked.patient_id is not None:
        context.concerns(asked.patient_id)
    if asked.patient_id is not None and newcomer is None:
        yield "patient_id", Patient, Patient.key(practice_id, asked.patient_id)


def _days_around(context: Context, asked: Asked, starts: datetime) -> Iterable[Key]:
    """The day-items that a visit of any length may touch: its type is not read yet."""
    days = sorted({(starts + shift).date() for shift in (-LONGEST, LONGEST)})
    others = (*asked.other_practitioner_ids, *asked.resource_ids)
    resources = filter(None, (asked.practitioner_id, asked.room_id, *others, asked.patient_id))
    return [ResourceDay.key(context.practice_id, each, day) for each in resources for day in days]


def _refuse_without_room(kind: AppointmentType, asked: Asked) -> None:
    if kind.needs_room and asked.room_id is None:
        raise invalid_field("room_id", "missing", "This type of appointment needs a room")
