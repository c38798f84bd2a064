"""Hours and what is taken, minute by minute of one day: what finding is held against. Plain on purpose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations, product
from typing import NamedTuple

STEP = 15


class Found(NamedTuple):
    """A start, in minutes of the day, with whom first, where, and the session that is joined."""

    starts: int
    practitioner_id: str
    location_id: str
    group_session_id: str | None


@dataclass(frozen=True)
class Kind:
    """A type: minutes, buffers, seats, the kinds of room that it needs, and whether a room at all."""

    id: str
    minutes: int
    before: int = 0
    after: int = 0
    seats: int = 1
    needs: tuple[str, ...] = ()
    needs_room: bool = False

    def claim(self, starts: int) -> range:
        return range(starts - self.before, starts + self.minutes + self.after)


@dataclass(frozen=True)
class Span:
    """Somebody works somewhere, for some types or for all; or is away; or a place is open."""

    who: str
    where: str | None
    starts: int
    ends: int
    types: tuple[str, ...] = ()

    def has(self, minute: int) -> bool:
        return self.starts <= minute < self.ends


@dataclass(frozen=True)
class Room:
    id: str
    where: str
    kind: str


@dataclass
class Seats:
    """A session that stands."""

    id: str
    kind_id: str
    where: str
    room_id: str | None
    others: frozenset[str]
    left: int


@dataclass
class Day:
    """All that is known of it. `taken`: of whom which minutes."""

    hours: list[Span] = field(default_factory=list)
    away: list[Span] = field(default_factory=list)
    opening: list[Span] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    rooms: list[Room] = field(default_factory=list)
    taken: dict[str, set[int]] = field(default_factory=dict)
    sessions: dict[tuple[str, int], Seats] = field(default_factory=dict)

    def works(self, who: str, where: str, minute: int, kind: Kind) -> bool:
        """Whether they see somebody for this, there, at that minute."""
        opening = [span for span in self.opening if span.where == where]
        return (
            where not in self.closed
            and (not opening or any(span.has(minute) for span in opening))
            and not any(
                s.who == who and s.where in (None, where) and s.has(minute) for s in self.away
            )
            and any(span.has(minute) for span in self._of(who, where, kind))
        )

    def found(
        self,
        kind: Kind,
        teams: Iterable[tuple[str, ...]],
        places: Iterable[str],
        *,
        now: int,
        patient_id: str | None,
        room_id: str | None,
    ) -> Iterator[Found]:
        """Every start that can be booked."""
        for team, where in product(list(teams), places):
            for starts in sorted(self._grid(team[0], where, kind)):
                claim = kind.claim(starts)
                free = self._are_free(claim, [*team, *filter(None, [patient_id])])
                works = all(self.works(each, where, m, kind) for each in team for m in claim)
                if (
                    starts >= now
                    and works
                    and free
                    and self._has_things(kind, where, claim, room_id)
                ):
                    yield Found(starts, team[0], where, None)
            yield from self._joined(kind, team, where, now, patient_id, room_id)

    def _joined(
        self,
        kind: Kind,
        team: tuple[str, ...],
        where: str,
        now: int,
        patient_id: str | None,
        room_id: str | None,
    ) -> Iterator[Found]:
        for (who, starts), session in self.sessions.items():
            claim = kind.claim(starts)
            if (
                (who, session.kind_id, session.where) == (team[0], kind.id, where)
                and starts >= now
                and session.left > 0
                and room_id in (None, session.room_id)
                and set(team[1:]) <= session.others
                and self._are_free(claim, filter(None, [patient_id]))
                and all(self.works(each, where, m, kind) for each in team for m in claim)
            ):
                yield Found(starts, who, where, session.id)

    def _of(self, who: str, where: str, kind: Kind) -> list[Span]:
        return [
            span
            for span in self.hours
            if (span.who, span.where) == (who, where) and (not span.types or kind.id in span.types)
        ]

    def _grid(self, who: str, where: str, kind: Kind) -> set[int]:
        """Starts step from when the hours begin, whatever closes them."""
        return {
            starts
            for span in self._of(who, where, kind)
            for starts in range(span.starts, span.ends, STEP)
        }

    def _are_free(self, claim: range, resources: Iterable[str]) -> bool:
        return all(self.taken.get(each, set()).isdisjoint(claim) for each in resources)

    def _has_things(self, kind: Kind, where: str, claim: range, room_id: str | None) -> bool:
        """A room of its own for each need; any room besides, or one of those, where it needs one."""
        free = [e for e in self.rooms if e.where == where and self._are_free(claim, [e.id])]
        if room_id is not None and room_id not in {each.id for each in free}:
            return False
        if kind.needs_room and not free:
            return False
        return any(
            all(room.kind == need for room, need in zip(rooms, kind.needs, strict=True))
            for rooms in permutations(free, len(kind.needs))
        )
