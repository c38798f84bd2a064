"""A seat that was left in error is taken again: in the session that stands by now, or a new one."""

from ...platform.context import Context
from ...platform.store import Key, Record, find_many
from ...practices.models import Location
from ..errors import ScheduleChanged
from ..models import Appointment
from ..set_up.models import AppointmentType
from .joining import SeatWanted, new_session, standing_session, to_be_exchanged
from .models import GroupSession


def rejoin(context: Context, appointment: Appointment) -> dict[Key, Record]:
    """The session, for `exchange`; the appointment is its seat. Nothing for one that is no seat.

    SlotTaken where another session stands at its time.
    """
    if appointment.seat is None:
        return {}
    practice_id, type_id = context.practice_id, appointment.type_id
    kind_key = AppointmentType.key(practice_id, type_id)
    place_key = Location.key(practice_id, appointment.location_id)
    found = find_many([appointment.seat, kind_key, place_key], consistent=True)
    at = appointment.practitioner_id, appointment.location_id
    standing = standing_session(found.get(appointment.seat), SeatWanted(*at, None, type_id))
    session = standing or _again(context, appointment, found.get(kind_key), found.get(place_key))
    appointment.group_session_id = session.id
    appointment.room_id, appointment.with_ids = session.room_id, session.with_ids
    return to_be_exchanged(session)


def _again(
    context: Context, appointment: Appointment, kind: Record | None, location: Record | None
) -> GroupSession:
    if not isinstance(kind, AppointmentType) or not isinstance(location, Location):
        raise ScheduleChanged
    return new_session(
        context,
        appointment,
        title=appointment.title,
        capacity=kind.capacity,
        demand=appointment.demand,
        location=location,
        starts=appointment.starts_at,
        with_ids=appointment.with_ids or (),
    )
