"""In which room a patient is: one patient a room, whatever was booked there.

What is booked keeps its buckets. The room that a patient is in has a record of its own, which comes
and goes in the transaction of the patient's progress: of two who are roomed at once one is refused.
"""

from ..platform.context import Context
from ..platform.errors import FieldError, invalid_field
from ..platform.store import find_many
from .errors import RoomOccupied
from .models import Appointment, RoomInUse
from .progress import Progress
from .set_up.models import Room


def follow(
    context: Context, appointment: Appointment, progress: Progress, room_id: str | None
) -> None:
    """Stage where the patient is once they have come as far as `progress`.

    Roomed, they are in the room that is named, or else the one that was booked; a session's room is
    nobody's alone. Invalid (422): a room that is not there or elsewhere, or named with another
    progress; RoomOccupied (409).
    """
    if progress is not Progress.ROOMED:
        if room_id is not None:
            raise invalid_field("room_id", "not_roomed", "A room is named with `roomed` alone")
        if progress is Progress.CHECKED_OUT:
            leave(context, appointment)
        return
    room = room_id or appointment.room_id
    if room is not None and room != appointment.in_room_id and not _in_session(appointment, room):
        if not _shares(appointment, room):
            _refuse(appointment, room)
        leave(context, appointment)
        _enter(context, appointment, room)


def leave(context: Context, appointment: Appointment) -> None:
    """Stage that the room the patient is in, if any, is free again."""
    if appointment.in_room_id is None:
        return
    if not _shares(appointment, appointment.in_room_id):
        in_use = _in_use(appointment, appointment.in_room_id)
        in_use.version = 1
        context.work.remove(in_use)
    appointment.in_room_id = None


def _shares(appointment: Appointment, room_id: str) -> bool:
    """Whether it is the room of their group session, in which all who sit in it are."""
    return bool(appointment.group_session_id) and room_id == appointment.room_id


def _in_session(appointment: Appointment, room_id: str) -> bool:
    """A session's room is that of all who have a seat: nobody has it alone."""
    return bool(appointment.group_session_id) and room_id == appointment.room_id


def _refuse(appointment: Appointment, room_id: str) -> None:
    room_key = Room.key(appointment.practice_id, room_id)
    found = find_many([room_key, _in_use(appointment, room_id).item_key], consistent=True)
    room = found.pop(room_key, None)
    if not isinstance(room, Room):
        raise invalid_field("room_id", "not_found", "No such record in this practice")
    if room.location_id != appointment.location_id:
        raise invalid_field("room_id", "elsewhere", "The room is at another location")
    for there in found.values():
        if isinstance(there, RoomInUse):
            raise _occupied(there.appointment_id)


def _enter(context: Context, appointment: Appointment, room_id: str) -> None:
    if not _shares(appointment, room_id):
        came_first = _occupied("Another patient has just been roomed there")
        context.work.create(_in_use(appointment, room_id), refusal=came_first)
    appointment.in_room_id = room_id


def _in_use(appointment: Appointment, room_id: str) -> RoomInUse:
    return RoomInUse(
        *RoomInUse.key(appointment.practice_id, room_id),
        appointment_id=appointment.id,
        patient_id=appointment.patient_id,
    )


def _occupied(message: str) -> RoomOccupied:
    return RoomOccupied(errors=(FieldError("room_id", "room_occupied", message),))
