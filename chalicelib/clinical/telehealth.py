"""What an encounter has of its visit by video, as billing by time and licensure ask for it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from ..platform.clock import from_iso


@dataclass(frozen=True, slots=True)
class Attendance:
    """Somebody's time in the meeting: `patient`, `provider` or `guest`."""

    who: str
    joined_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Telehealth:
    """`located_in` is where the patient said that they are (ISO 3166-2), when they consented."""

    attended: tuple[Attendance, ...]
    located_in: str | None = None
    consented_at: datetime | None = None


def attendance_of(told: str) -> tuple[Attendance, ...]:
    """`patient/2026-03-02T14:00:00.000000Z/,provider/…`: what an event says."""
    return tuple(_attendance(*each.split("/")) for each in told.split(",") if each)


def _attendance(who: str, joined_at: str, left_at: str) -> Attendance:
    return Attendance(who, from_iso(joined_at), from_iso(left_at) if left_at else None)
