"""How many more visits a practitioner takes online in a part of a day. Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime, time
from typing import Protocol


class Part(Protocol):
    """A part of a day by the location's clock, its end not included, and how many it takes."""

    @property
    def starts(self) -> time: ...
    @property
    def ends(self) -> time: ...
    @property
    def most(self) -> int: ...


def has_room(start: datetime, booked: Iterable[datetime], *, parts: Collection[Part]) -> bool:
    """Whether one more at `start`, in its location's zone, fits into every part of the day that it is in.

    `booked` are the starts of the same practitioner. By the wall: the hour that a clock shows twice is
    in the same part both times.
    """
    local = [each.astimezone(start.tzinfo) for each in booked]
    own_day = [each.time() for each in local if each.date() == start.date()]
    return all(
        sum(part.starts <= each < part.ends for each in own_day) < part.most
        for part in parts
        if part.starts <= start.time() < part.ends
    )
