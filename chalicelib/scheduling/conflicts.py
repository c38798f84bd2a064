"""The visits that leave, holidays or changed hours hit, each with a time to which it may move."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..platform.context import Context
from ..platform.errors import invalid_field
from ..platform.store import find_many
from ..practices.models import Location, Practitioner
from ..practices.service import list_locations, read_practitioner
from .coming import booked_with
from .errors import OutsideAvailability
from .finding import MOST_DAYS, find_slots
from .found_slots import FreeSlot
from .models import Appointment
from .placing import HORIZON
from .schemas import ConflictQuery, SlotQuery
from .set_up.models import AppointmentType, Availability
from .within_hours import refuse_outside_hours


@dataclass(frozen=True, slots=True)
class Conflict:
    """A visit at a time at which its practitioner does not work, and a free slot of theirs, if any."""

    appointment: Appointment
    offer: FreeSlot | None


def find_conflicts(context: Context, practitioner_id: str, asked: ConflictQuery) -> list[Conflict]:
    """Booked visits to come outside the practitioner's hours, where the caller works, by time.

    No slot is offered twice; it is not held. NotFound; Invalid for a range that is empty, over 28
    days, or over five years away.
    """
    if not 0 <= (asked.until - asked.from_day).days < MOST_DAYS:
        raise invalid_field("until", "bad_range", f"From one day to {MOST_DAYS}")
    if abs(asked.from_day - context.today()) > HORIZON:
        raise invalid_field("from", "too_far", "At most five years from today")
    practitioner = read_practitioner(context, practitioner_id)
    places = {each.id: each for each in list_locations(context)}
    booked = booked_with(context, practitioner_id, first=asked.from_day, last=asked.until)
    mine = [each for each in booked if context.allows_at(each.location_id)]
    hours = find_many([Availability.key(context.practice_id, practitioner_id)], consistent=True)
    known = next((each for each in hours.values() if isinstance(each, Availability)), None)
    hit = [each for each in mine if not _fits(known, places[each.location_id], each)]
    context.concerns(*(each.patient_id for each in hit))
    return list(_with_offers(context, practitioner, hit))


def _fits(hours: Availability | None, location: Location, visit: Appointment) -> bool:
    try:
        refuse_outside_hours(
            hours,
            location,
            demand=visit.demand,
            starts=visit.starts_at,
            type_id=visit.type_id,
        )
    except OutsideAvailability:
        return False
    return True


def _with_offers(
    context: Context, practitioner: Practitioner, hit: Sequence[Appointment]
) -> Iterator[Conflict]:
    """The first free slot of the type, from the visit's day on, that meets no other offer but of a
    seat beside.
    """
    kinds = find_many({AppointmentType.key(context.practice_id, each.type_id) for each in hit})
    offered: list[FreeSlot] = []
    slots: dict[tuple[str, str], list[FreeSlot]] = {}
    for visit in hit:
        asked = (visit.type_id, visit.location_id)
        if AppointmentType.key(context.practice_id, visit.type_id) not in kinds:
            yield Conflict(visit, None)
            continue
        if asked not in slots:
            slots[asked] = _slots(context, practitioner, visit)
        free = (
            each
            for each in slots[asked]
            if each.starts_at >= visit.starts_at and _is_left(each, offered)
        )
        offer = next(free, None)
        offered += [offer] if offer else []
        yield Conflict(visit, offer)


def _is_left(slot: FreeSlot, offered: Sequence[FreeSlot]) -> bool:
    """Of a session as often as it has seats."""
    met = [one for one in offered if _meet(slot, one)]
    return len(met) < slot.seats_left and all(one == slot for one in met)


def _slots(context: Context, practitioner: Practitioner, visit: Appointment) -> list[FreeSlot]:
    query = {
        "practitioner_id": practitioner.id,
        "type_id": visit.type_id,
        "location_id": visit.location_id,
        "from": visit.day,
        "until": visit.day + timedelta(days=MOST_DAYS - 1),
    }
    return find_slots(context, SlotQuery.model_validate(query)).items


def _meet(one: FreeSlot, other: FreeSlot) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
