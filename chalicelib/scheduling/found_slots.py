"""What a search for slots shows, and in what order. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A start that can be booked; both times in the location's zone.

    With a `group_session_id` it is a group session that stands; `seats_left` are those of a session, and
    for what has none the one.
    """

    starts_at: datetime
    ends_at: datetime
    practitioner_id: str
    location_id: str
    resource_ids: tuple[str, ...] = ()
    room_id: str | None = None
    other_practitioner_ids: tuple[str, ...] = ()
    group_session_id: str | None = None
    seats_left: int = 1


@dataclass(frozen=True, slots=True)
class FreeSlots:
    """Sorted by time; `more` if later ones were left out."""

    items: list[FreeSlot]
    more: bool


def in_order(slot: FreeSlot) -> tuple[datetime, str, str]:
    """By instant: times of one zone compare by their wall clock, which an hour shows twice."""
    return slot.starts_at.astimezone(UTC), slot.practitioner_id, slot.location_id
