"""A patient or a guest, by their link: the waiting room, and in once the provider lets them.

A link is for one device. The device chooses a secret and sends it each time; the first one that
comes is the link's own, so that a lost answer or connection costs nothing, and a link that was
forwarded opens nothing twice. Looking at a link changes nothing: previews follow every one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from ..messaging.video_tokens import VideoToken, video_token
from ..messaging.visit_texts import language_of
from ..patients.models import Patient
from ..platform.context import SystemContext
from ..platform.errors import NotFound, invalid_field
from ..platform.store import find_many
from ..practices.models import ACTIVE, Location, Practice
from .errors import VideoEnded, VideoLinkDead, VideoLinkUsed
from .models import ADMITTED, INVITED, PATIENT, REMOVED, WAITING, Person, who_sits
from .places import is_place
from .rooms import Credentials, Room, demand_open, enter, find_room, keep, tell
from .schemas import KnockBody, LeaveBody

ASK_AGAIN_SECONDS = 5
SEEN_AGAIN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class LinkShown:
    """What whoever holds a link may see of the visit."""

    practice: str
    phone: str | None
    language: str
    who: str
    starts_at: datetime
    time_zone: str
    opens_at: datetime
    closes_at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class Knocked:
    """Where somebody stands; with a key once they are let in."""

    state: str
    credentials: Credentials | None

    @property
    def ask_again_seconds(self) -> int | None:
        return None if self.credentials else ASK_AGAIN_SECONDS


def read_link(context: SystemContext, secret: str) -> LinkShown:
    """What a link is for. NotFound for one that we did not make, VideoLinkDead (409)."""
    token = _token(secret)
    with context.entering(token.practice_id, f"link:{token.appointment_id}"):
        room, practice = _room_of(context, token)
        keys = (
            Location.key(token.practice_id, room.appointment.location_id),
            Patient.key(token.practice_id, room.appointment.patient_id),
        )
        location, patient = map(find_many(keys, consistent=True).get, keys)
        spoken = patient.language if isinstance(patient, Patient) else None
        phone = location.phone if isinstance(location, Location) else None
        return LinkShown(
            practice.name,
            phone or practice.phone,
            language_of(spoken, practice.locale),
            who_sits(token.seat),
            room.appointment.local_start,
            room.appointment.time_zone,
            room.opens_at,
            room.closes_at,
            room.is_open(context.now()) and not room.visit.over,
        )


def knock(context: SystemContext, secret: str, body: KnockBody) -> Knocked:
    """Come into the waiting room, or ask whether one is let in: then with a key to the meeting.

    NotFound; VideoLinkDead, VideoNotOpen, VideoEnded, VideoLinkUsed (409); Invalid (422) naming
    what a patient has to say; Unavailable.
    """
    token = _token(secret)
    with context.entering(token.practice_id, f"link:{token.appointment_id}"):
        room, _practice = _room_of(context, token)
        demand_open(context, room)
        if room.visit.over:
            raise VideoEnded
        person = room.visit.person(token.seat) or Person(token.seat, INVITED)
        if person.state == INVITED:
            _come_in(context, room, person, body)
            return Knocked(WAITING, None)
        _demand_same_device(person, body.device)
        if person.state != ADMITTED:
            _note_seen(context, room, person)
            return Knocked(person.state, None)
        return Knocked(ADMITTED, enter(context, room, person))


def leave(context: SystemContext, secret: str, body: LeaveBody) -> None:
    """They have hung up; they may come again by the same link."""
    token = _token(secret)
    with context.entering(token.practice_id, f"link:{token.appointment_id}"):
        room, _practice = _room_of(context, token)
        person = room.visit.person(token.seat)
        if person is None or person.state == INVITED:
            return
        _demand_same_device(person, body.device)
        room.visit.left(person, context.now())
        room.visit.put(person, seen_at=None)
        keep(context, room)


def _token(secret: str) -> VideoToken:
    token = video_token(secret)
    if token is None:
        raise NotFound
    return token


def _room_of(context: SystemContext, token: VideoToken) -> tuple[Room, Practice]:
    """NotFound while nobody works in the practice; VideoLinkDead (409)."""
    room = find_room(context, token.practice_id, token.appointment_id)
    key = Practice.key(token.practice_id)
    practice = find_many([key], consistent=True).get(key)
    if not isinstance(practice, Practice) or practice.status != ACTIVE:
        raise NotFound
    visit = room.visit
    newest = who_sits(token.seat) != PATIENT or token.seat == f"p{visit.patient_seat}"
    person = visit.person(token.seat)
    unknown = person is None and who_sits(token.seat) != PATIENT
    removed = person is not None and person.state == REMOVED
    moved = token.starts_at != room.appointment.starts_at
    if room.off or moved or removed or unknown or not newest:
        raise VideoLinkDead
    return room, practice


def _come_in(context: SystemContext, room: Room, person: Person, body: KnockBody) -> None:
    now = context.now()
    is_patient = person.who == PATIENT
    if is_patient and not body.consents:
        raise invalid_field("consents", "required", "A visit by video needs the patient's consent")
    if (is_patient or body.located_in) and not is_place(body.located_in or ""):
        raise invalid_field("located_in", "unknown", "Say where you are: US-NY, or a country")
    agreed = now if body.consents else None
    room.visit.put(
        person,
        state=WAITING,
        device=_digest(body.device),
        arrived_at=now,
        seen_at=now,
        located_in=body.located_in or "",
        consented_at=agreed,
    )
    keep(context, room)
    if is_patient:
        tell(context, room, "waiting")


def _note_seen(context: SystemContext, room: Room, person: Person) -> None:
    """They still wait: written down now and then, so that nobody lets in who has gone."""
    if person.seen_at is None or context.now() - person.seen_at >= SEEN_AGAIN:
        room.visit.put(person, seen_at=context.now())
        keep(context, room)


def _demand_same_device(person: Person, device: str) -> None:
    if not compare_digest(person.device, _digest(device)):
        raise VideoLinkUsed


def _digest(device: str) -> str:
    return sha256(device.encode()).hexdigest()
