"""Further links to a video visit: a new one for the patient, and those for guests."""

from ..messaging.video_tokens import VideoToken
from ..platform.config import settings
from ..platform.context import Context
from .errors import NoVideoVisit, TooManyVideoLinks
from .models import GUEST, INVITED, PATIENT, REMOVED, Person
from .rooms import Room, find_room, keep
from .schemas import VideoLinkBody
from .seeing import put_out

MOST_GUESTS, MOST_NUMBERS = 4, 12
"""Guests with a good link at once; links of a kind that a visit ever has."""


def make_link(context: Context, appointment_id: str, body: VideoLinkBody) -> str:
    """The URL of a new link, which nobody shows again. NoVideoVisit, TooManyVideoLinks (409).

    One for the patient takes the place of the one before, and of who came by that.
    """
    room = find_room(context, context.practice_id, appointment_id)
    if room.off:
        raise NoVideoVisit
    seat = _patients(context, room) if body.for_whom == PATIENT else _guests(room, body)
    keep(context, room)
    token = VideoToken(room.visit.practice_id, appointment_id, room.appointment.starts_at, seat)
    return f"{settings().app_url}/video/{token.secret()}"


def _patients(context: Context, room: Room) -> str:
    visit = room.visit
    if visit.patient_seat >= MOST_NUMBERS:
        raise TooManyVideoLinks
    before = visit.patient
    if before is not None:
        put_out(context, room, before)
    visit.patient_seat += 1
    return f"p{visit.patient_seat}"


def _guests(room: Room, body: VideoLinkBody) -> str:
    guests = [each for each in room.visit.people if each.who == GUEST]
    good = [each for each in guests if each.state != REMOVED]
    if len(good) >= MOST_GUESTS or len(guests) >= MOST_NUMBERS:
        raise TooManyVideoLinks
    seat = f"g{len(guests) + 1}"
    room.visit.put(Person(seat, INVITED, relation=body.relation or ""))
    return seat
