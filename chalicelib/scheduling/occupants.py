"""Who takes time and seats: visits, holds and group sessions, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from .held_time import HeldTime
from .sessions.held_seat import HeldSeat

if TYPE_CHECKING:
    from ..platform.store import Key, Record

Held = Mapping["Key", frozenset[int]]
"""Buckets by day-item."""
Days = Mapping["Key", "Record"]
"""Day-items and group sessions as they were read, consistently."""


@dataclass(frozen=True, slots=True)
class Occupant:
    """A visit or a hold, and the buckets it takes.

    A hold says until when; what may be `overbooked` may lie beside others on its provider's day.
    It has for itself what was on the account of what it `follows`: a hold, else its own before.
    With a `seat` it sits in that group session.
    """

    id: str
    buckets: Held
    until: datetime | None = None
    overbooked: bool = False
    follows: str = ""
    seat: "Key | None" = None

    def notes(self, key: "Key") -> frozenset[str]:
        """What the day-item says of a hold; of a visit it tells the buckets alone."""
        buckets = self.buckets.get(key)
        if self.until is None or not buckets:
            return frozenset()
        return frozenset({HeldTime(self.id, min(buckets), max(buckets) + 1, self.until).text})

    @property
    def seat_text(self) -> str:
        """How its group session tells of it."""
        return self.id if self.until is None else HeldSeat(self.id, self.until).text


class Standing(Protocol):
    """An appointment, as it stands now."""

    @property
    def id(self) -> str: ...
    @property
    def seat(self) -> "Key | None": ...
    def holds(self) -> "dict[Key, frozenset[int]]": ...


def occupant_of(appointment: Standing) -> Occupant:
    """As it stands now."""
    return Occupant(appointment.id, appointment.holds(), seat=appointment.seat)
