"""How a hold ends: booked, given up, lapsed. Its record and its buckets go in one transaction.

What lapsed hinders nobody: whoever wants the time ends the hold in their own transaction. The due
work of each minute ends those that nobody wanted.
"""

from collections.abc import Sequence

from ...platform import outbox
from ...platform.context import Context
from ...platform.store import find_many
from ..errors import ScheduleChanged
from ..events import Stretch, tell_freed
from ..models import ResourceDay
from ..occupants import Days, Occupant
from ..sessions.models import GroupSession
from ..taking import exchange
from .models import SlotHold

MOST_LAPSED = 8
"""As many lapsed holds as one booking ends; a transaction has its limit."""


def occupant_of(hold: SlotHold) -> Occupant:
    return Occupant(hold.id, hold.holds(), hold.until, seat=hold.seat)


def end_hold(context: Context, hold: SlotHold, *, unless_taken_by: Occupant | None = None) -> None:
    """Stage that the hold is no more, and tell what happened; `exchange` frees its buckets.

    Its time is told as freed unless `unless_taken_by` takes all of it.
    """
    context.work.remove(hold, refusal=ScheduleChanged())
    if hold.has_lapsed(context.now()):
        more = {"reason_id": hold.reason_id} if hold.reason_id else {}
        outbox.publish(context, "slot_hold.lapsed", hold.id, hold.version, **more)
    if unless_taken_by is None or not _takes_all(unless_taken_by, hold):
        tell_freed(context, hold, Stretch.of(hold))


def _takes_all(taker: Occupant, hold: SlotHold) -> bool:
    none: frozenset[int] = frozenset()
    return all(buckets <= taker.buckets.get(key, none) for key, buckets in hold.holds().items())


def end_lapsed(context: Context, come: Sequence[Occupant], days: Days) -> list[Occupant]:
    """End the lapsed holds that still have what those who come take, by what `days` say: buckets,
    also of the session that opens with them, and seats of the one that they join.

    They go as `come` arrive: `exchange` has to be told.
    """
    now = context.now()
    together = _together(come, days)
    met = {
        each.hold_id
        for key, buckets in together.buckets.items()
        if isinstance(day := days.get(key), ResourceDay)
        for each in day.held
        if each.has_lapsed(now) and each.buckets & buckets
    }
    met |= _lapsed_seats(context, come, days)
    keys = [SlotHold.key(context.practice_id, each) for each in sorted(met)[:MOST_LAPSED]]
    found = find_many(keys, consistent=True) if keys else {}
    lapsed = [each for each in found.values() if isinstance(each, SlotHold)]
    for hold in lapsed:
        end_hold(context, hold, unless_taken_by=together)
    return [occupant_of(hold) for hold in lapsed]


def _together(come: Sequence[Occupant], days: Days) -> Occupant:
    """All of them as one, with what their sessions take that open: a hold ends once."""
    sessions = _sessions(come, days)
    taken = [each.buckets for each in come]
    taken += [each.holds() for each in sessions if each.version == 0]
    none: frozenset[int] = frozenset()
    keys = {key for each in taken for key in each}
    return Occupant(
        come[0].id, {key: none.union(*(each.get(key, none) for each in taken)) for key in keys}
    )


def _sessions(come: Sequence[Occupant], days: Days) -> list[GroupSession]:
    found = [days.get(key) for key in dict.fromkeys(each.seat for each in come if each.seat)]
    return [each for each in found if isinstance(each, GroupSession)]


def _lapsed_seats(context: Context, come: Sequence[Occupant], days: Days) -> set[str]:
    return {
        each.hold_id
        for session in _sessions(come, days)
        for each in session.held_seats
        if each.has_lapsed(context.now())
    }


def release(context: Context, hold: SlotHold) -> None:
    """Stage that its time is free again."""
    if hold.patient_id:
        context.concerns(hold.patient_id)
    end_hold(context, hold)
    exchange(context, gone=[occupant_of(hold)])


def let_lapse(context: Context, hold: SlotHold) -> None:
    """Its time is over and nobody booked it. Safe to repeat: a hold that ended is not there."""
    if hold.has_lapsed(context.now()):
        release(context, hold)
