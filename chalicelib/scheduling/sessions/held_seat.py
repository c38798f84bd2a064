"""A seat that a hold keeps, as its session tells it."""

from dataclasses import dataclass
from datetime import datetime

from ...platform.clock import from_iso, iso


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """It is the hold's, and anybody's once it has lapsed."""

    hold_id: str
    until: datetime

    @classmethod
    def read(cls, text: str) -> "HeldSeat":
        """`slh_1#2026-03-02T14:10:00.000000Z`."""
        hold_id, until = text.split("#")
        return cls(hold_id, from_iso(until))

    @property
    def text(self) -> str:
        return f"{self.hold_id}#{iso(self.until)}"

    @staticmethod
    def is_text(text: str) -> bool:
        """Whether it is one, and not an appointment's id."""
        return "#" in text

    def has_lapsed(self, now: datetime) -> bool:
        return self.until <= now
