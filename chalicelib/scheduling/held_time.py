"""What a hold takes of one resource's UTC day, as the day-item tells it."""

from dataclasses import dataclass
from datetime import datetime

from ..platform.clock import from_iso, iso


@dataclass(frozen=True, slots=True)
class HeldTime:
    """Buckets `first` to before `end` are a hold's, and nobody's once it has lapsed."""

    hold_id: str
    first: int
    end: int
    until: datetime

    @classmethod
    def read(cls, text: str) -> "HeldTime":
        """`slh_1#168#174#2026-03-02T14:10:00.000000Z`."""
        hold_id, first, end, until = text.split("#")
        return cls(hold_id, int(first), int(end), from_iso(until))

    @property
    def text(self) -> str:
        return f"{self.hold_id}#{self.first}#{self.end}#{iso(self.until)}"

    @property
    def buckets(self) -> frozenset[int]:
        return frozenset(range(self.first, self.end))

    def has_lapsed(self, now: datetime) -> bool:
        return self.until <= now
