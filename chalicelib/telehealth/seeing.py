"""The provider's side of a video visit: who waits, in, letting in and out, and the end."""

from dataclasses import dataclass
from datetime import datetime

from ..platform.context import Context
from ..platform.errors import invalid_field
from .attendance import Stay
from .errors import NotWaiting, NoVideoVisit
from .models import (
    ADMITTED,
    INVITED,
    PATIENT,
    PROVIDER,
    REMOVED,
    WAITING,
    Person,
    VideoVisit,
    who_sits,
)
from .ports import delete_attendee, delete_meeting
from .rooms import Credentials, Room, demand_open, enter, find_room, keep, tell
from .schemas import DecisionBody


@dataclass(frozen=True, slots=True)
class Attended:
    """Somebody's time in the visit."""

    who: str
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoomShown:
    """Who waits and who is in, and when they came and went."""

    appointment_id: str
    version: int
    open: bool
    opens_at: datetime
    closes_at: datetime
    ended_at: datetime | None
    people: list[Person]
    attended: list[Attended]


def read_room(context: Context, appointment_id: str) -> RoomShown:
    """NotFound for what is no video visit."""
    return _shown(context, find_room(context, context.practice_id, appointment_id))


def join(context: Context, appointment_id: str) -> Credentials:
    """A provider comes in. NoVideoVisit, VideoNotOpen (409); Unavailable.

    One that has ended is open again: who was in it waits to be let in.
    """
    room = _room_of(context, appointment_id)
    demand_open(context, room)
    visit = room.visit
    visit.ended_at = None
    seat = str(context.actor.id)
    return enter(context, room, visit.person(seat) or Person(seat, ADMITTED))


def decide(context: Context, appointment_id: str, body: DecisionBody) -> RoomShown:
    """Let in, put out, go, or end it. Invalid (422) where it does not say whom."""
    if body.decision == "leave":
        return leave(context, appointment_id)
    if body.decision == "end":
        return end(context, appointment_id)
    if body.seat is None:
        raise invalid_field("seat", "required", "Say whom")
    act = admit if body.decision == "admit" else remove
    return act(context, appointment_id, body.seat)


def leave(context: Context, appointment_id: str) -> RoomShown:
    """A provider goes; the others stay."""
    room = _room_of(context, appointment_id)
    person = room.visit.person(str(context.actor.id))
    if person is not None and person.attendee:
        room.visit.left(person, context.now())
        keep(context, room)
    return _shown(context, room)


def admit(context: Context, appointment_id: str, seat: str) -> RoomShown:
    """Let in who waits. NotWaiting (409); the same again changes nothing."""
    room = _room_of(context, appointment_id)
    person = room.visit.person(seat)
    if person is not None and person.state == ADMITTED:
        return _shown(context, room)
    if person is None or person.state != WAITING:
        raise NotWaiting
    room.visit.put(person, state=ADMITTED, admitted_at=context.now())
    keep(context, room)
    if person.who == PATIENT:
        tell(context, room, "admitted")
    return _shown(context, room)


def remove(context: Context, appointment_id: str, seat: str) -> RoomShown:
    """Put somebody out, whose link is good no more. NotWaiting (409) for nobody, or a provider."""
    room = _room_of(context, appointment_id)
    person = room.visit.person(seat)
    if person is None or person.who == PROVIDER:
        raise NotWaiting
    if person.state != REMOVED:
        put_out(context, room, person)
        keep(context, room)
    return _shown(context, room)


def put_out(context: Context, room: Room, person: Person) -> None:
    """They are in no more, and their link is dead. Unavailable, with nothing changed."""
    if room.visit.meeting is not None and person.attendee:
        delete_attendee(room.visit.meeting, person.attendee)
        room.visit.left(person, context.now())
    room.visit.put(person, state=REMOVED, attendee="")


def end(context: Context, appointment_id: str) -> RoomShown:
    """Everybody is put out; a provider who joins again opens it again. Unavailable."""
    room = _room_of(context, appointment_id)
    visit = room.visit
    if not visit.over:
        if visit.meeting is not None:
            delete_meeting(visit.meeting)
            visit.end_meeting(context.now())
        _close(visit, context.now())
        keep(context, room)
    return _shown(context, room)


def _close(visit: VideoVisit, now: datetime) -> None:
    """Who was in it waits, should it be opened again."""
    visit.ended_at = now
    for person in visit.people:
        if person.who != PROVIDER and person.state == ADMITTED:
            visit.put(person, state=WAITING)


def _room_of(context: Context, appointment_id: str) -> Room:
    room = find_room(context, context.practice_id, appointment_id)
    if room.off:
        raise NoVideoVisit
    return room


def _shown(context: Context, room: Room) -> RoomShown:
    visit = room.visit
    return RoomShown(
        visit.appointment_id,
        visit.version,
        room.is_open(context.now()) and not room.off and not visit.over,
        room.opens_at,
        room.closes_at,
        visit.ended_at,
        sorted(visit.people, key=_by_arrival),
        [_attended(stay) for stay in visit.stays],
    )


def _by_arrival(person: Person) -> tuple[bool, str, str]:
    """Whoever has come before who was only invited."""
    came = person.arrived_at.isoformat() if person.arrived_at else ""
    return person.state == INVITED, came, person.seat


def _attended(stay: Stay) -> Attended:
    return Attended(who_sits(stay.seat), stay.joined_at, stay.left_at)
