"""The flow board: who of a location's day is where, and since when. One Query, and one of rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..platform.context import Context
from ..platform.overlap import beside
from ..platform.store import query_all
from ..practices.models import Practice
from .appointments import day_at_location
from .flow import Wait, late_by, times_of, waited
from .models import Appointment, RoomInUse
from .progress import Progress, Status
from .set_up.models import Room


@dataclass(frozen=True, slots=True)
class FlowEntry:
    """A visit on the board; times in the location's zone."""

    id: str
    version: int
    status: str
    progress: str
    patient_id: str
    patient_name: str
    title: str
    practitioner_id: str
    room_id: str | None
    in_room_id: str | None
    starts_at: datetime
    arrived_at: datetime | None
    checked_in_at: datetime | None
    roomed_at: datetime | None
    with_provider_at: datetime | None
    checked_out_at: datetime | None
    minutes_late: int | None
    minutes_waiting: int | None
    minutes_in_clinic: int | None
    wait: Wait


@dataclass(frozen=True, slots=True)
class BoardRoom:
    """A room, and the appointment whose patient is in it now."""

    id: str
    name: str
    appointment_id: str | None


@dataclass(frozen=True, slots=True)
class FlowBoard:
    location_id: str
    day: date
    time_zone: str
    items: Sequence[FlowEntry]
    rooms: Sequence[BoardRoom]


def flow_board(context: Context, location_id: str, day: date) -> FlowBoard:
    """All who are expected, here or gone again; not the cancelled and missed who never came."""
    rooms = beside(_rooms, context, location_id)
    shown = day_at_location(context, location_id, day)
    items = [
        _entry(each, context.now())
        for each in shown.items
        if each.flow or each.status in (Status.BOOKED, Status.FULFILLED)
    ]
    return FlowBoard(location_id, day, shown.time_zone, items, rooms.result())


def _rooms(context: Context, location_id: str) -> list[BoardRoom]:
    """The location's, by name. One Query."""
    found = list(query_all(Practice.key(context.practice_id).pk, begins="room"))
    in_use = {each.room_id: each.appointment_id for each in found if isinstance(each, RoomInUse)}
    rooms = [
        BoardRoom(each.id, each.name, in_use.get(each.id))
        for each in found
        if isinstance(each, Room) and each.location_id == location_id
    ]
    return sorted(rooms, key=lambda each: (each.name, each.id))


def _entry(visit: Appointment, now: datetime) -> FlowEntry:
    times = {
        progress: at.astimezone(visit.zone)
        for progress, at in times_of(visit.flow, visit.starts_at).items()
    }
    so_far = waited(times, now=now, over=visit.status != Status.BOOKED)
    return FlowEntry(
        id=visit.id,
        version=visit.version,
        status=visit.status,
        progress=visit.progress,
        patient_id=visit.patient_id,
        patient_name=visit.patient_name,
        title=visit.title,
        practitioner_id=visit.practitioner_id,
        room_id=visit.room_id,
        in_room_id=visit.in_room_id,
        starts_at=visit.local_start,
        arrived_at=times.get(Progress.ARRIVED),
        checked_in_at=times.get(Progress.CHECKED_IN),
        roomed_at=times.get(Progress.ROOMED),
        with_provider_at=times.get(Progress.WITH_PROVIDER),
        checked_out_at=times.get(Progress.CHECKED_OUT),
        minutes_late=late_by(times, visit.starts_at),
        minutes_waiting=so_far.waiting,
        minutes_in_clinic=so_far.in_clinic,
        wait=so_far.wait,
    )
