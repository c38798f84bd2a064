"""What a message about a visit is for. Pure."""

from enum import StrEnum


class Purpose(StrEnum):
    """The reminder, and what a patient is told of a visit that is booked, moved or cancelled."""

    REMINDER = "reminder"
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
