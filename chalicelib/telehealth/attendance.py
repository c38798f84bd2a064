"""Who was on a video visit from when until when, out of what is reported of it. Pure.

Reports are a set: they come twice, late and in any order, and say the same in the end. We report
when somebody is given a key to the meeting, and when their program says that they leave; Chime when
they are connected, and no more. Where Chime has told of a connection, that is when it began.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..platform.clock import from_iso, iso


class What(StrEnum):
    """Of one attendee; `ended` of the whole meeting."""

    JOINED = "joined"
    LEFT = "left"
    ENDED = "ended"


class By(StrEnum):
    US = "us"
    CHIME = "chime"


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that is known. `attendee` is one key to a meeting; `meeting` counts a visit's meetings."""

    what: What
    by: By
    at: datetime
    meeting: int
    seat: str = ""
    attendee: str = ""

    def text(self) -> str:
        parts = (self.what, self.by, iso(self.at), str(self.meeting), self.seat, self.attendee)
        return " ".join(parts)

    @classmethod
    def read(cls, text: str) -> "Report":
        what, by, at, meeting, seat, attendee = text.split(" ")
        return cls(What(what), By(by), from_iso(at), int(meeting), seat, attendee)


@dataclass(frozen=True, slots=True)
class Stay:
    """Somebody's time in a meeting; `left_at` is None while they are in it."""

    seat: str
    joined_at: datetime
    left_at: datetime | None = None


def stays_of(reports: Iterable[Report]) -> tuple[Stay, ...]:
    """All stays, by when they began."""
    known = set(reports)
    ends = {each.meeting: each for each in _latest_first(known) if each.what is What.ENDED}
    found: list[Stay] = []
    people = {each for each in known if each.what is not What.ENDED}
    for key in {(each.meeting, each.attendee) for each in people}:
        own = [each for each in people if (each.meeting, each.attendee) == key]
        if any(each.what is What.JOINED and each.by is By.CHIME for each in own):
            own = [each for each in own if each.what is not What.JOINED or each.by is By.CHIME]
        end = ends.get(key[0])
        found += _stays([*own, *([end] if end else [])])
    return tuple(sorted(found, key=_in_order))


def _in_order(stay: Stay) -> tuple[datetime, str, bool, datetime]:
    return stay.joined_at, stay.seat, stay.left_at is None, stay.left_at or stay.joined_at


def _latest_first(reports: Iterable[Report]) -> list[Report]:
    """Of several that say that a meeting ended, the first is kept: a dict keeps what comes last."""
    return sorted(reports, key=lambda each: each.at, reverse=True)


def _stays(reports: list[Report]) -> Iterable[Stay]:
    since: Report | None = None
    for each in sorted(reports, key=lambda each: (each.at, each.what is not What.JOINED)):
        if each.what is What.JOINED:
            since = since or each
        elif since is not None:
            yield Stay(since.seat, since.at, each.at)
            since = None
    if since is not None:
        yield Stay(since.seat, since.at)
