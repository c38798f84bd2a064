"""A group session goes to another practitioner whole: its seats, its room and its things with it."""

from dataclasses import replace
from datetime import timedelta

from ...platform.context import Context
from ...platform.store import find_many, join, query_all
from ...practices.models import Location
from ..coming import FOREVER
from ..errors import ScheduleChanged, SessionTooLarge, SlotTaken
from ..events import tell
from ..holds.lapsing import end_hold, occupant_of as occupant_of_hold
from ..holds.models import SlotHold
from ..models import Appointment, ResourceDay
from ..occupants import Occupant
from ..placing import Place
from ..taking import exchange
from .joining import SeatWanted, new_session
from .models import GroupSession

MOST_ITEMS, OF_A_SEAT, OF_A_HOLD = 72, 3, 4
"""What one transaction moves beside the session itself. Of a seat: the appointment, its event and a
line of the report; of a hold: its end, two events and its patient's day."""
HANDED_OVER = "rescheduled"


def sessions_with(context: Context, practitioner_id: str) -> list[GroupSession]:
    """Their open sessions to come, by time."""
    since = (context.now() - timedelta(days=1)).date()
    partition = ResourceDay.partition(context.practice_id, practitioner_id)
    found = query_all(partition, between=(join(since.isoformat()), FOREVER), consistent=True)
    sessions = (each for each in found if isinstance(each, GroupSession))
    return [each for each in sessions if each.is_open and each.starts_at > context.now()]


def hand_over_session(
    context: Context, session: GroupSession, to_practitioner_id: str
) -> list[Appointment]:
    """Stage that it is theirs, at the same time, with all who sit in it; what is held there lapses.

    SlotTaken; OutsideAvailability; SessionTooLarge (409) for over 24 seats, held ones counting more.
    """
    others = [each for each in session.other_practitioner_ids if each != to_practitioner_id]
    place = Place(
        context.practice_id,
        to_practitioner_id,
        session.location_id,
        session.room_id,
        others,
        session.resource_ids,
    )
    seats = {Appointment.key(context.practice_id, each) for each in session.seated or ()}
    holds = {SlotHold.key(context.practice_id, each.hold_id) for each in session.held_seats}
    if OF_A_SEAT * len(seats) + OF_A_HOLD * len(holds) > MOST_ITEMS:
        raise SessionTooLarge
    found = find_many([*place.keys(), *seats, *holds], consistent=True)
    location = place.location(found)
    place.refuse_outside_hours(
        found,
        location,
        demand=session.demand,
        starts=session.starts_at,
        type_id=session.type_id,
    )
    moved = _like(context, session, place, location)
    context.work.remove(session, refusal=ScheduleChanged())
    taken = SlotTaken.by(to_practitioner_id)
    context.work.create(moved, refusal=taken, unless=GroupSession.is_over())
    ended = [each for each in found.values() if isinstance(each, SlotHold)]
    for hold in ended:
        end_hold(context, hold)
    exchange(
        context,
        come=[Occupant(moved.id, moved.holds())],
        gone=[
            Occupant(session.id, session.holds()),
            *(replace(occupant_of_hold(each), seat=None) for each in ended),
        ],
    )
    appointments = [each for each in found.values() if isinstance(each, Appointment)]
    for appointment in appointments:
        _sit_in(context, appointment, moved)
    return appointments


def _like(
    context: Context, session: GroupSession, place: Place, location: Location
) -> GroupSession:
    """The same with somebody else, and with all who sit in it."""
    wanted = SeatWanted(place.practitioner_id, place.location_id, place.room_id, session.type_id)
    moved = new_session(
        context,
        wanted,
        title=session.title,
        capacity=session.capacity,
        demand=session.demand,
        location=location,
        starts=session.starts_at,
        with_ids=(*place.other_practitioner_ids, *place.resource_ids),
    )
    moved.seated, moved.kept = session.seated, session.kept
    moved.seats_left = session.capacity - len(session.seated or ())
    return moved


def _sit_in(context: Context, appointment: Appointment, session: GroupSession) -> None:
    appointment.practitioner_id, appointment.group_session_id = session.practitioner_id, session.id
    appointment.with_ids = session.with_ids
    appointment.step(HANDED_OVER, context.now(), context.actor.id)
    context.concerns(appointment.patient_id)
    context.work.save(appointment)
    tell(context, "rescheduled", appointment)
