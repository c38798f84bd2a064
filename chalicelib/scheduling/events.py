"""What scheduling tells: ids, codes, dates and instants of an appointment, and of time that is free."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from .models import Appointment


def tell(context: Context, what: str, appointment: Appointment, **more: str) -> None:
    """Stage `appointment.<what>`, after the appointment itself is staged.

    The data: patient_id, practitioner_id, location_id, type_id, starts_at and ends_at (UTC), time_zone, day (the
    local date at the location), bill_to, modality where it is not in person, and `more`.
    """
    outbox.publish(
        context,
        f"appointment.{what}",
        appointment.id,
        appointment.version,
        patient_id=appointment.patient_id,
        practitioner_id=appointment.practitioner_id,
        location_id=appointment.location_id,
        type_id=appointment.type_id,
        starts_at=iso(appointment.starts_at),
        ends_at=iso(appointment.ends_at),
        time_zone=appointment.time_zone,
        day=appointment.day.isoformat(),
        bill_to=appointment.bill_to,
        **({"modality": appointment.modality} if appointment.modality else {}),
        **more,
    )


def of_order(order: str) -> dict[str, str]:
    """What an event says of the order of a series that it is part of; nothing of one by hand."""
    return {"order": order} if order else {}


class Standing(Protocol):
    """A visit or a hold, with the time it has."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def practitioner_id(self) -> str: ...
    @property
    def location_id(self) -> str: ...
    @property
    def type_id(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """A practitioner's time at a location."""

    practitioner_id: str
    location_id: str
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, standing: Standing) -> "Stretch":
        at = standing.starts_at, standing.ends_at
        return cls(standing.practitioner_id, standing.location_id, *at)

    def without(self, other: "Stretch") -> "Stretch | None":
        """What is left of it beside one of the same length."""
        same = (self.practitioner_id, self.location_id)
        apart = other.ends_at <= self.starts_at or self.ends_at <= other.starts_at
        if apart or same != (other.practitioner_id, other.location_id):
            return self
        if other.starts_at > self.starts_at:
            return replace(self, ends_at=other.starts_at)
        return replace(self, starts_at=other.ends_at) if other.ends_at < self.ends_at else None


def tell_freed(context: Context, of: Standing, freed: Stretch | None) -> None:
    """Stage `slot.freed`, unless its time has begun: whoever waits for one tries to hold it.

    After a cancellation, move, lapse or release. The data: practitioner_id, location_id,
    type_id, starts_at, ends_at (UTC).
    """
    if freed is None or freed.starts_at <= context.now():
        return
    outbox.publish(
        context,
        "slot.freed",
        of.id,
        of.version,
        practitioner_id=freed.practitioner_id,
        location_id=freed.location_id,
        type_id=of.type_id,
        starts_at=iso(freed.starts_at),
        ends_at=iso(freed.ends_at),
    )
