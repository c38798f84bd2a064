"""Group sessions as the practice keeps them: opened with nobody in them, read, cancelled whole."""

from ...platform import outbox
from ...platform.clock import iso
from ...platform.context import Context
from ...platform.errors import NotFound, invalid_field
from ...platform.store import find_many, query
from ..errors import ScheduleChanged, SessionCancelled, SlotTaken
from ..holds.lapsing import end_lapsed
from ..judging import judge
from ..models import Appointment
from ..occupants import Occupant
from ..overbooking import may_overbook
from ..progress import CancellationReason
from ..taking import exchange
from .models import CANCELLED, GroupSession, SeatReport
from .schemas import SessionCancellation, SessionRequest


def open_session(context: Context, body: SessionRequest) -> GroupSession:
    """Take provider, room and things for a session that patients may join. Errors as booking's.

    Invalid (422) for a type without seats; SlotTaken where a session stands already.
    """
    judged = judge(context, body)
    session = judged.session
    if session is None:
        raise invalid_field("type_id", "no_seats", "This type has no seats: its capacity is one")
    if session.version:
        raise SlotTaken.by(body.practitioner_id)
    session.kept = True
    come = Occupant(session.id, session.holds(), overbooked=may_overbook(context, body.overbook))
    gone = end_lapsed(context, [come], judged.found)
    taken = SlotTaken.by(body.practitioner_id)
    context.work.create(session, refusal=taken, unless=GroupSession.is_over())
    exchange(context, come=[come], gone=gone, days=judged.found)
    return session


def read_session(context: Context, group_session_id: str) -> GroupSession:
    """NotFound without one, and for one where the caller does not work."""
    rows = query(GroupSession.by_id(context.practice_id, group_session_id), index="gs2").records
    found = find_many((row.item_key for row in rows), consistent=True).values()
    session = next((each for each in found if isinstance(each, GroupSession)), None)
    if (
        session is None
        or session.id != group_session_id
        or not context.allows_at(session.location_id)
    ):
        raise NotFound
    return session


def roster(context: Context, session: GroupSession) -> list[Appointment]:
    """Who sits in it, by name."""
    keys = [Appointment.key(context.practice_id, each) for each in session.seated or ()]
    found = find_many(keys, consistent=True).values() if keys else ()
    seats = [each for each in found if isinstance(each, Appointment)]
    context.concerns(*(each.patient_id for each in seats))
    return sorted(seats, key=lambda each: (each.patient_name, each.id))


def cancel_session(
    context: Context, group_session_id: str, body: SessionCancellation
) -> GroupSession:
    """Nobody joins it any more; each seat is cancelled in a moment, or its report says why not.

    SessionCancelled (409) if it was already. Invalid (422) for a reason that is one patient's: it
    would cost the others a fee, and nobody would tell them.
    """
    session = read_session(context, group_session_id)
    if body.reason.is_patients or body.reason is CancellationReason.LEFT_UNSEEN:
        raise invalid_field("reason", "one_patients", "This is a reason of one patient's")
    if not session.is_open:
        raise SessionCancelled
    session.status, session.reason, session.kept = CANCELLED, body.reason.value, None
    session.report = tuple(SeatReport(each) for each in sorted(session.seated or ())) or None
    context.work.save(session, refusal=ScheduleChanged())
    if not session.seats_taken:
        exchange(context, gone=[Occupant(session.id, session.holds())])
    outbox.publish(
        context,
        "group_session.cancelled",
        session.id,
        session.version,
        practitioner_id=session.practitioner_id,
        starts_at=iso(session.starts_at),
    )
    return session
