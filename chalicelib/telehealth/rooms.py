"""The room of a video visit: found, entered, kept. Its meeting is made when the first one enters.

A meeting's request token follows from the visit and how many meetings it has had: whoever dies
between Chime's answer and our commit finds the same meeting when they come again.
"""

from dataclasses import dataclass
from datetime import datetime

from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.errors import NotFound, Unavailable
from ..platform.store import find_many
from ..scheduling.models import Appointment
from ..scheduling.progress import VIDEO, Status
from .attendance import By, Report, Stay, What
from .errors import VideoNotOpen
from .models import CLOSES_AFTER, OPENS_BEFORE, PATIENT, Meeting, Person, VideoVisit, who_sits
from .ports import Attendee, MeetingGone, create_attendee, create_meeting, delete_attendee

OFF = frozenset({Status.CANCELLED, Status.NO_SHOW, Status.ENTERED_IN_ERROR})


@dataclass(frozen=True, slots=True)
class Room:
    """An appointment and its video visit; `was` are the stays that were known when it was read."""

    appointment: Appointment
    visit: VideoVisit
    was: tuple[Stay, ...]

    @property
    def opens_at(self) -> datetime:
        at: datetime = self.appointment.starts_at - OPENS_BEFORE
        return at

    @property
    def closes_at(self) -> datetime:
        at: datetime = self.appointment.ends_at + CLOSES_AFTER
        return at

    @property
    def off(self) -> bool:
        return self.appointment.status in OFF

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client of Chime needs to come in; nobody else may see it."""

    meeting: Meeting
    attendee: Attendee


def find_room(context: Context, practice_id: str, appointment_id: str) -> Room:
    """One BatchGet. NotFound without such an appointment, where it is not by video, and where the
    caller does not work. A visit that has moved since is as new."""
    keys = (
        Appointment.key(practice_id, appointment_id),
        VideoVisit.key(practice_id, appointment_id),
    )
    appointment, visit = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(appointment, Appointment) or appointment.modality != VIDEO:
        raise NotFound
    if not context.allows_at(appointment.location_id):
        raise NotFound
    context.concerns(appointment.patient_id)
    if not isinstance(visit, VideoVisit):
        visit = VideoVisit(*keys[1], starts_at=appointment.starts_at)
    elif visit.starts_at != appointment.starts_at:
        visit.begin_anew(appointment.starts_at)
    visit.patient_id = appointment.patient_id
    return Room(appointment, visit, visit.stays)


def demand_open(context: Context, room: Room) -> None:
    """VideoNotOpen (409) out of its time."""
    if not room.is_open(context.now()):
        raise VideoNotOpen


def enter(context: Context, room: Room, person: Person) -> Credentials:
    """A key to the meeting for this person, in place of one they had. Unavailable (503).

    A meeting that Chime has ended is made anew.
    """
    visit, now = room.visit, context.now()
    if visit.meeting is not None and person.attendee:
        visit.left(person, now)
        delete_attendee(visit.meeting, person.attendee)
    try:
        meeting = visit.meeting or _next_meeting(visit)
        attendee = create_attendee(meeting, person.seat)
    except MeetingGone:
        visit.end_meeting(now)
        meeting = _next_meeting(visit)
        attendee = create_attendee(meeting, person.seat)
    visit.put(person, attendee=attendee.id)
    number = len(visit.meetings)
    visit.report(Report(What.JOINED, By.US, now, number, person.seat, attendee.id))
    keep(context, room)
    return Credentials(meeting, attendee)


def keep(context: Context, room: Room) -> None:
    """Stage the visit as it is now; somebody else who changed it meanwhile is a 503 to try again.

    Where it is known anew when somebody came or went, clinical hears of it.
    """
    visit, busy = room.visit, Unavailable(retry_after=1)
    if visit.version == 0:
        context.work.create(visit, refusal=busy)
    else:
        context.work.save(visit, refusal=busy)
    stays = visit.stays
    if stays != room.was and any(who_sits(stay.seat) == PATIENT for stay in stays):
        tell(context, room, "attended", stays=_told(stays), **_of_patient(visit))


def tell(context: Context, room: Room, what: str, **data: str) -> None:
    """Stage `video_visit.<what>` of its appointment, after the visit itself is staged."""
    visit = room.visit
    outbox.publish_for(
        context,
        visit.practice_id,
        f"video_visit.{what}",
        visit.appointment_id,
        visit.version,
        patient_id=visit.patient_id,
        **data,
    )


def _next_meeting(visit: VideoVisit) -> Meeting:
    token = f"{visit.appointment_id}-{len(visit.meetings) + 1}"
    external_id = f"{visit.practice_id}.{visit.appointment_id}"
    visit.meeting = create_meeting(external_id=external_id, token=token)
    visit.meetings = (*visit.meetings, visit.meeting.id)
    return visit.meeting


def _told(stays: tuple[Stay, ...]) -> str:
    """`patient/2026-03-02T14:00:00.000000Z/2026-03-02T14:20:00.000000Z`, with commas between."""
    return ",".join(
        f"{who_sits(stay.seat)}/{iso(stay.joined_at)}/{iso(stay.left_at) if stay.left_at else ''}"
        for stay in stays
    )


def _of_patient(visit: VideoVisit) -> dict[str, str]:
    """Where the patient said that they are, and when they agreed."""
    patient = visit.patient
    if patient is None or patient.consented_at is None:
        return {}
    return {"located_in": patient.located_in, "consented_at": iso(patient.consented_at)}
