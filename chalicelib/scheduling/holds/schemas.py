"""What clients send and get: holds."""

from pydantic import Field

from ...platform.http import Answer, Body, Instant
from ..schemas import (
    LocationId,
    Others,
    PatientId,
    PractitionerId,
    ResourceId,
    Resources,
    RoomId,
    TypeId,
)


class SlotHoldRequest(Body):
    """What to keep, as a booking would take it, and for how many minutes."""

    practitioner_id: PractitionerId
    location_id: LocationId
    type_id: TypeId
    starts_at: Instant = Field(
        description="With offset, on 5 minutes", examples=["2026-03-02T09:00:00-05:00"]
    )
    room_id: RoomId | None = None
    other_practitioner_ids: list[PractitionerId] = Others
    resource_ids: list[ResourceId] = Resources
    patient_id: PatientId | None = Field(default=None, description="If it is known for whom")
    minutes: int = Field(default=10, ge=1, le=60, description="Until it lapses")


class SlotHoldView(Answer):
    """A slot that is kept; times in UTC. Nobody else books it before `until`."""

    id: str
    version: int
    practitioner_id: str
    location_id: str
    type_id: str
    room_id: str | None
    other_practitioner_ids: list[str]
    resource_ids: list[str] = Field(description="Name them when you book it")
    patient_id: str | None
    starts_at: Instant
    ends_at: Instant
    until: Instant
