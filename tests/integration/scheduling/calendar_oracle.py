"""A calendar as intervals in lists: what the product is held against. Plain on purpose.

Minutes count from the local midnight of a Tuesday; the clinic is open on Tuesday evenings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime

A_DAY = 24 * 60
OPENS, CLOSES = 18 * 60, 20 * 60
"""Evening hours: 00:00Z lies in their middle, in winter."""
LENGTHS = [(30, 0, 0), (20, 5, 10), (25, 0, 5)]
"""Of the types: length, buffers before and after."""
GROUP, SEATS = 2, 2
"""The type that has seats, and how many."""

OUTSIDE, TAKEN, FULL, OTHER_ROOM = (
    "outside_availability",
    "slot_taken",
    "session_full",
    "not_of_the_session",
)


@dataclass(frozen=True)
class Stay:
    """What is known of a visit or a hold."""

    practitioner_id: str
    starts: int
    kind: int
    room_id: str | None = None
    patient_id: str | None = None
    until: datetime | None = None

    @property
    def sits(self) -> bool:
        return self.kind == GROUP

    @property
    def at(self) -> tuple[str, int]:
        """Where it sits."""
        return self.practitioner_id, self.starts

    @property
    def resources(self) -> set[str]:
        named = {self.practitioner_id, self.room_id, self.patient_id}
        return {each for each in ({self.patient_id} if self.sits else named) if each}

    @property
    def taken(self) -> range:
        length, before, after = LENGTHS[self.kind]
        return range(self.starts - before, self.starts + length + after, 5)

    @property
    def within_hours(self) -> bool:
        weeks, minute = divmod(self.taken.start, 7 * A_DAY)
        ends = self.taken.stop - weeks * 7 * A_DAY
        return weeks >= 0 and minute >= OPENS and ends <= CLOSES


@dataclass
class Session:
    """One that stands."""

    id: str
    as_stay: Stay
    seats: set[str] = field(default_factory=set)
    kept: bool = False

    @property
    def resources(self) -> set[str]:
        named = (self.as_stay.practitioner_id, self.as_stay.room_id)
        return {each for each in named if each}

    @property
    def taken(self) -> range:
        return self.as_stay.taken


@dataclass
class Outlook:
    """How it would be if somebody came: the codes that speak against it, and who is met."""

    codes: set[str]
    met: set[str]
    calendar: Calendar
    joins: Session | None


@dataclass
class Calendar:
    """All that stands. `accounts` says whose each minute of a practitioner's time is."""

    practitioners: list[str]
    now: Callable[[], datetime]
    visits: dict[str, Stay] = field(default_factory=dict)
    holds: dict[str, Stay] = field(default_factory=dict)
    sessions: dict[tuple[str, int], Session] = field(default_factory=dict)
    accounts: dict[tuple[str, int], str] = field(default_factory=dict)

    def __deepcopy__(self, memo: object) -> Calendar:
        sessions = {at: replace(each, seats=set(each.seats)) for at, each in self.sessions.items()}
        parts = dict(self.visits), dict(self.holds), sessions, dict(self.accounts)
        return Calendar(self.practitioners, self.now, *parts)

    def has_lapsed(self, held: Stay) -> bool:
        return held.until is not None and held.until <= self.now()

    def standing(self) -> dict[str, Stay | Session]:
        holds = {id_: each for id_, each in self.holds.items() if not self.has_lapsed(each)}
        return {**self.visits, **holds, **{each.id: each for each in self.sessions.values()}}

    def if_came(self, stay: Stay, *, beside: bool = False, follows: str = "") -> Outlook:
        """`follows` is whom it replaces: a hold, or its own before."""
        then, met, codes = deepcopy(self), set[str](), set[str]()
        if not stay.within_hours:
            codes.add(OUTSIDE)
        joins = then.sessions.get(stay.at) if stay.sits else None
        if joins and stay.room_id not in (None, joins.as_stay.room_id):
            codes.add(OTHER_ROOM)
        for lapsed in [*then._ended_by(stay, joins)]:
            then.leaves(lapsed)
        if stay.sits and follows and not (joins and follows in joins.seats):
            then.leaves(follows)
        then.settle()
        met |= then._met(stay, joins, follows)
        met -= {stay.practitioner_id} if beside else set()
        if joins and follows not in joins.seats and len(joins.seats) >= SEATS and not beside:
            codes.add(FULL)
        return Outlook(codes | ({TAKEN} if met else set()), met, then, joins)

    def comes(self, id_: str, stay: Stay, session_id: str | None, *, follows: str = "") -> None:
        """As it was asked `if_came`, of the calendar as that left it."""
        for stays in (self.visits, self.holds):
            stays.pop(follows, None)
        if stay.sits:
            session = self.sessions.get(stay.at)
            if session is None:
                self.opens(Session(str(session_id), replace(stay, patient_id=None)))
                session = self.sessions[stay.at]
            session.seats = session.seats - {follows} | {id_}
            stay = replace(stay, room_id=session.as_stay.room_id)
        else:
            self._on_account(id_, stay.practitioner_id, stay.taken, follows or id_)
        (self.holds if id_.startswith("slh") else self.visits)[id_] = stay
        self.settle()

    def opens(self, session: Session) -> None:
        self.sessions[session.as_stay.at] = session
        self._on_account(session.id, session.as_stay.practitioner_id, session.taken, session.id)

    def leaves(self, id_: str) -> None:
        """A visit or a hold; whose session nobody keeps ends with the last."""
        for stays in (self.visits, self.holds):
            stays.pop(id_, None)
        for at, session in list(self.sessions.items()):
            session.seats.discard(id_)
            if not session.seats and not session.kept:
                del self.sessions[at]
        self.settle()

    def settle(self) -> None:
        """What is on the account of nobody who stands there goes to the first who does."""
        there = self.standing()
        for (practitioner_id, minute), owner in list(self.accounts.items()):
            heirs = sorted(
                id_
                for id_, each in there.items()
                if practitioner_id in each.resources and minute in each.taken
            )
            if owner not in heirs:
                del self.accounts[practitioner_id, minute]
                if heirs:
                    self.accounts[practitioner_id, minute] = heirs[0]

    def _on_account(self, id_: str, practitioner_id: str, taken: Iterable[int], of: str) -> None:
        """What it follows leaves it the time that it wants too; the rest of it is settled anew."""
        for minute in taken:
            if self.accounts.get((practitioner_id, minute), of) == of:
                self.accounts[practitioner_id, minute] = id_

    def _ended_by(self, stay: Stay, joins: Session | None) -> Iterator[str]:
        """The lapsed holds under what it takes, and those in the session that it joins."""
        wanted = {stay.patient_id} if joins else self._all_of(stay)
        for id_, held in self.holds.items():
            meets = bool(set(held.taken) & set(stay.taken) and held.resources & wanted)
            if self.has_lapsed(held) and (meets or (joins and id_ in joins.seats)):
                yield id_

    def _met(self, stay: Stay, joins: Session | None, follows: str) -> set[str]:
        """Who is taken: of practitioners what others have on their account, of all else any time."""
        wanted = {stay.patient_id} if joins else self._all_of(stay)
        others = [each for id_, each in self.standing().items() if id_ != follows]
        met = set().union(
            *(each.resources & wanted for each in others if set(each.taken) & set(stay.taken))
        ) - {stay.practitioner_id}
        owners = {self.accounts.get((stay.practitioner_id, minute), "") for minute in stay.taken}
        return met | ({stay.practitioner_id} if owners - {"", follows} and not joins else set())

    @staticmethod
    def _all_of(stay: Stay) -> set[str | None]:
        """With what its session takes, where one opens with it."""
        return {stay.practitioner_id, stay.room_id, stay.patient_id} - {None}
