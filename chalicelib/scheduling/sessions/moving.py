"""A seat moves to the session that stands at the other time, or opens one like its own there."""

from dataclasses import dataclass
from datetime import datetime

from ...platform.context import Context
from ...platform.store import Key, Record, find_many
from ...practices.models import Location
from ..errors import ScheduleChanged
from ..models import Appointment, seat_of
from ..occupants import Held
from ..schemas import RescheduleRequest
from .joining import SeatWanted, new_session, standing_session, to_be_exchanged
from .models import GroupSession


@dataclass(frozen=True, slots=True)
class SeatMove:
    """The session left, the one that stands where the seat goes, if any, and where that is."""

    left: GroupSession
    standing: GroupSession | None
    to: Key

    @property
    def sessions(self) -> dict[Key, Record]:
        return {each.item_key: each for each in (self.left, self.standing) if each}

    def asked(self, appointment: Appointment, body: RescheduleRequest) -> RescheduleRequest:
        """Who joins a session has its room, its practitioners and its things."""
        of = self.standing
        assert of is not None  # noqa: S101  # without one, nothing is the session's
        appointment.room_id = of.room_id
        others, things = of.other_practitioner_ids, of.resource_ids
        update = {"room_id": of.room_id, "other_practitioner_ids": others, "resource_ids": things}
        return body.model_copy(update=update)

    def own(self, appointment: Appointment) -> Held:
        """What does not hinder the move: what the seat takes, and its session, if that ends."""
        ends = self.left.seated == {appointment.id} and not (self.left.held or self.left.kept)
        return {**appointment.holds(), **(self.left.holds() if ends else {})}

    def takes(
        self, context: Context, appointment: Appointment, location: Location, starts: datetime
    ) -> dict[Key, Record]:
        """The session in which the seat will be, for `exchange`; one that opens is like the one left."""
        session = self.standing or new_session(
            context,
            appointment,
            title=self.left.title,
            capacity=self.left.capacity,
            demand=appointment.demand,
            location=location,
            starts=starts,
            with_ids=appointment.with_ids or (),
        )
        appointment.group_session_id, appointment.room_id = session.id, session.room_id
        return to_be_exchanged(session)


def seat_move(
    context: Context, appointment: Appointment, body: RescheduleRequest, starts: datetime
) -> SeatMove | None:
    """None unless it is a seat. One round trip. SlotTaken, Invalid as `standing_session` says."""
    if appointment.seat is None:
        return None
    practitioner_id = body.practitioner_id or appointment.practitioner_id
    to = seat_of(context.practice_id, practitioner_id, starts)
    found = find_many({appointment.seat, to}, consistent=True)
    left = found.get(appointment.seat)
    if not isinstance(left, GroupSession):
        raise ScheduleChanged
    wanted = SeatWanted(
        practitioner_id,
        body.location_id or appointment.location_id,
        body.room_id,
        appointment.type_id,
        tuple(body.other_practitioner_ids or ()),
        tuple(body.resource_ids or ()),
    )
    return SeatMove(left, standing_session(found.get(to), wanted), to)
