"""Seats of group sessions, taken and left in the transaction of the cause.

Whoever joins or leaves changes the session unread, under a condition: there is a seat, or somebody
stays. Who comes first opens it, who leaves last ends it: their transaction takes or frees what the
session takes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ...platform.context import Context
from ...platform.errors import DomainError
from ...platform.store import Key, find, find_many
from ..errors import ScheduleChanged, SessionFull, SlotTaken
from ..occupants import Days, Occupant
from .models import GroupSession


@dataclass(slots=True)
class Seats:
    """What came of it: sessions that opened or ended, and who sits beyond the seats."""

    opened: list[Occupant] = field(default_factory=list)
    ended: list[Occupant] = field(default_factory=list)
    beyond: frozenset[str] = frozenset()
    sitting: dict[str, frozenset[str]] = field(default_factory=dict)

    def who_sit_in(self, session_ids: Iterable[str]) -> frozenset[str]:
        """Those for whom a session opened that lies beside others."""
        return frozenset().union(*(self.sitting.get(each, frozenset()) for each in session_ids))


def change_seats(
    context: Context, *, come: Sequence[Occupant], gone: Sequence[Occupant], days: Days
) -> Seats:
    """Stage it. SessionFull, here or at the commit; ScheduleChanged where it is no longer so.

    A session of version 0 among `days` is one to be opened.
    """
    seats = Seats()
    keys = list(dict.fromkeys(each.seat for each in (*come, *gone) if each.seat))
    missing = [key for key in keys if key not in days]
    found = {**days, **find_many(missing, consistent=True)} if missing else days
    for key in keys:
        session = found.get(key)
        if not isinstance(session, GroupSession):
            raise ScheduleChanged
        change = _Change(session, *(_seated(those, key) for those in (come, gone)))
        if session.version == 0:
            _open(context, change, seats)
        elif change.ends:
            _end(context, change, seats)
        else:
            seats.beyond |= _reseat(context, change)
    return seats


@dataclass(frozen=True, slots=True)
class _Change:
    """Who comes to one session and who goes."""

    session: GroupSession
    come: tuple[Occupant, ...]
    gone: tuple[Occupant, ...]

    @property
    def texts(self) -> tuple[set[str], set[str]]:
        """Of those who come and those who go; who stays is neither."""
        come, gone = ({each.seat_text for each in those} for those in (self.come, self.gone))
        return come - gone, gone - come

    @property
    def wanted(self) -> int | None:
        """How many seats have to be left; None where nobody comes but who has a seat there."""
        going = {each.id for each in self.gone}
        anew = any(not going & {each.id, each.follows} for each in self.come)
        return len(self.come) - len(self.gone) if anew else None

    @property
    def ends(self) -> bool:
        """Nobody stays, as it was read."""
        come, gone = self.texts
        everybody = {*(self.session.seated or ()), *(self.session.held or ())}
        return not self.session.kept and not ((everybody - gone) | come)

    @property
    def is_mixed(self) -> bool:
        """One update cannot do it: it adds to a set and takes from it."""
        come, gone = self.texts
        held = ({"#" in each for each in those} for those in (come, gone))
        return bool(set.intersection(*held))


def _seated(those: Iterable[Occupant], key: Key) -> tuple[Occupant, ...]:
    return tuple(each for each in those if each.seat == key)


def _open(context: Context, change: _Change, seats: Seats) -> None:
    """It takes its time with the first who sit in it."""
    session, (come, _) = change.session, change.texts
    overbooked = any(each.overbooked for each in change.come)
    session.seats_left = session.capacity - len(come)
    if session.seats_left < 0 and not overbooked:
        raise SessionFull
    session.seated = {each for each in come if "#" not in each} or None
    session.held = {each for each in come if "#" in each} or None
    context.work.create(session, refusal=ScheduleChanged(), unless=GroupSession.is_over())
    seats.opened.append(Occupant(session.id, session.holds(), overbooked=overbooked))
    seats.sitting[session.id] = frozenset(each.id for each in change.come)


def _end(context: Context, change: _Change, seats: Seats) -> None:
    """Its time is free. One that was cancelled stays for its report."""
    session = change.session
    if session.is_open:
        context.work.remove(session, refusal=ScheduleChanged())
    else:
        session.seated = session.held = None
        session.seats_left = session.capacity
        context.work.save(session, refusal=ScheduleChanged())
    seats.ended.append(Occupant(session.id, session.holds()))


def _reseat(context: Context, change: _Change) -> frozenset[str]:
    """Gives who sits beyond the seats: those who may, where too few are left."""
    session, (come, gone) = change.session, change.texts
    if not come and not gone:
        return frozenset()
    if come and not session.is_open:
        raise SlotTaken.by(session.practitioner_id)
    too_few = change.wanted is not None and session.seats_left < change.wanted
    if too_few and not all(each.overbooked for each in change.come):
        raise SessionFull
    if change.is_mixed:
        session.seated = ((session.seated or set()) - gone) | {e for e in come if "#" not in e}
        session.held = ((session.held or set()) - gone) | {e for e in come if "#" in e}
        session.seats_left += len(gone) - len(come)
        context.work.save(session, refusal=ScheduleChanged())
    else:
        _update(context, change, least=None if too_few else change.wanted)
    return frozenset(each.id for each in change.come) if too_few else frozenset()


def _update(context: Context, change: _Change, *, least: int | None) -> None:
    session, (come, gone) = change.session, change.texts
    condition = GroupSession.gs2pk == session.gs2pk
    if come:
        condition &= GroupSession.status == session.status
    if least is not None:
        condition &= GroupSession.seats_left >= least
    for text in sorted(gone):
        of = GroupSession.held if "#" in text else GroupSession.seated
        condition &= of.contains(text)
    if gone and not come and not session.kept:
        condition &= GroupSession.seats_left < session.capacity - len(gone)
    context.work.update(
        GroupSession,
        session.item_key,
        actions=GroupSession.changing(come=come, gone=gone),
        condition=condition,
        refusal=lambda: _why(session, joins=bool(come)),
    )


def _why(session: GroupSession, *, joins: bool) -> DomainError:
    """It was full; or it changed in a way in which trying again may do."""
    now = find(GroupSession, session.item_key)
    full = now is not None and now.id == session.id and now.is_open and now.seats_left <= 0
    return SessionFull() if full and joins else ScheduleChanged()
