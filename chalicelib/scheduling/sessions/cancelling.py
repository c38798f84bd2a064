"""A session was cancelled: its seats are, one by one, each in a transaction of its own.

Safe to repeat: which seats it had is in the report from the start, and how each fared is read off
its appointment at the end.
"""

from collections.abc import Callable
from functools import partial

from ...platform.context import Context
from ...platform.errors import DomainError, Stale, Unavailable
from ...platform.store import find, find_many
from ..changing import cancel
from ..errors import ScheduleChanged
from ..holds.lapsing import release
from ..holds.models import SlotHold
from ..models import Appointment
from ..progress import CancellationReason, Status
from .models import GroupSession, SeatFate, SeatReport


def carry_out_cancellation(context: Context, session: GroupSession) -> None:
    """Cancel each seat that can be; Unavailable, so that the message comes again, if one changed."""
    reason = CancellationReason(session.reason)
    holds = [SlotHold.key(context.practice_id, each.hold_id) for each in session.held_seats]
    for hold in find_many(holds, consistent=True).values() if holds else ():
        if isinstance(hold, SlotHold):
            _done(context, partial(release, context, hold))
    refusals = {
        each.appointment_id: _done(context, partial(cancel, context, each.appointment_id, reason))
        for each in session.report or ()
    }
    now = find(GroupSession, session.item_key)
    if now is not None and now.id == session.id:
        now.report = tuple(_reported(context, each, refusals) for each in now.report or ())
        context.work.save(now)


def _done(context: Context, act: Callable[[], object]) -> str | None:
    """The code of a refusal."""
    try:
        act()
        context.work.commit()
    except (ScheduleChanged, Stale) as changed:
        context.work.discard()
        raise Unavailable(retry_after=1) from changed
    except Unavailable:
        raise
    except DomainError as refusal:
        context.work.discard()
        return refusal.code
    return None


def _reported(context: Context, seat: SeatReport, refusals: dict[str, str | None]) -> SeatReport:
    appointment = find(Appointment, Appointment.key(context.practice_id, seat.appointment_id))
    stays = appointment is not None and appointment.status in (Status.BOOKED, Status.FULFILLED)
    if not stays:
        return SeatReport(seat.appointment_id, SeatFate.CANCELLED)
    return SeatReport(seat.appointment_id, SeatFate.LEFT, refusals[seat.appointment_id])
