"""What happened, told after the fact: ids only, no health data."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from .clock import from_iso, iso


@dataclass(frozen=True, slots=True)
class Event:
    """One fact: `appointment.booked`. `subject_version` lets a consumer drop what it has passed."""

    id: str
    type: str
    practice_id: str
    subject: str
    subject_version: int
    occurred_at: datetime
    data: dict[str, str] = field(default_factory=dict)
    schema: int = 1

    def to_json(self) -> str:
        return json.dumps(
            {**asdict(self), "occurred_at": iso(self.occurred_at)}, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, text: str) -> "Event":
        """ValueError or TypeError for what is no event."""
        values = json.loads(text)
        return cls(**{**values, "occurred_at": from_iso(values["occurred_at"])})
