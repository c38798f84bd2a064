"""How far patients have come, with times, short enough for the day's index. Pure.

`c-5,r10` says: checked in five minutes before the visit's start, roomed ten minutes after it. While
the patient is in a room it says which: `c-5,r10@rom_1`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .progress import Progress

_MINUTE = timedelta(minutes=1)
LETTERS = {
    Progress.ARRIVED: "a",
    Progress.CHECKED_IN: "c",
    Progress.ROOMED: "r",
    Progress.WITH_PROVIDER: "p",
    Progress.CHECKED_OUT: "o",
}
_PROGRESS = {letter: progress for progress, letter in LETTERS.items()}
LONG, VERY_LONG = timedelta(minutes=15), timedelta(minutes=30)


class Wait(StrEnum):
    """How a board colours a patient who waits for the provider."""

    NONE = "none"
    SHORT = "short"
    LONG = "long"
    VERY_LONG = "very_long"


def noted(flow: str | None, progress: Progress, at: datetime, starts_at: datetime) -> str:
    """`flow` with one more step."""
    step = f"{LETTERS[progress]}{(at - starts_at) // _MINUTE}"
    return f"{flow},{step}" if flow else step


def times_of(flow: str | None, starts_at: datetime) -> dict[Progress, datetime]:
    """When each step was, to the minute."""
    steps = flow.split(",") if flow else []
    minutes = {_PROGRESS[each[0]]: int(each[1:].partition("@")[0]) for each in steps}
    return {progress: starts_at + at * _MINUTE for progress, at in minutes.items()}


def placed(flow: str | None, room_id: str | None) -> str | None:
    """`flow` with the patient in this room, or in none; they have been roomed before."""
    steps = [each.partition("@")[0] for each in flow.split(",")] if flow else []
    roomed = LETTERS[Progress.ROOMED]
    there = [f"{each}@{room_id}" if room_id and each[0] == roomed else each for each in steps]
    return ",".join(there) or None


def room_of(flow: str | None) -> str | None:
    """Where the patient is."""
    return flow.partition("@")[2].partition(",")[0] or None if flow else None


def late_by(times: Mapping[Progress, datetime], starts_at: datetime) -> int | None:
    """Minutes from the visit's start to the patient's coming; None for who came in time or has not."""
    came = times.get(Progress.ARRIVED, times.get(Progress.CHECKED_IN))
    late = (came - starts_at) // _MINUTE if came else 0
    return late if late > 0 else None


@dataclass(frozen=True, slots=True)
class Waited:
    """Minutes from coming in to the provider, and to leaving; until now where that is still ahead."""

    waiting: int | None
    in_clinic: int | None
    wait: Wait


def waited(times: Mapping[Progress, datetime], *, now: datetime, over: bool) -> Waited:
    """`over` says that nothing more comes: who left is not waiting."""
    came = times.get(Progress.ARRIVED, times.get(Progress.CHECKED_IN))
    if came is None:
        return Waited(None, None, Wait.NONE)
    out = times.get(Progress.CHECKED_OUT)
    seen = times.get(Progress.WITH_PROVIDER, out)
    still = None if over else now
    waiting = (seen or still or came) - came
    waits = Wait.NONE if seen or over else _colour(waiting)
    return Waited(waiting // _MINUTE, ((out or still or came) - came) // _MINUTE, waits)


def _colour(waiting: timedelta) -> Wait:
    if waiting >= VERY_LONG:
        return Wait.VERY_LONG
    return Wait.LONG if waiting >= LONG else Wait.SHORT
