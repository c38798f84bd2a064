"""What clients send and get: group sessions."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from ...platform.http import Answer, Body, Instant
from ..models import Appointment
from ..progress import CancellationReason, OverbookReason, Progress, Status
from ..schemas import (
    LocationId,
    Others,
    Overbook,
    PractitionerId,
    ResourceId,
    Resources,
    RoomId,
    SessionEntry,
    TypeId,
)
from .models import GroupSession, SeatFate


class SessionRequest(Body):
    """A session with nobody in it yet, which stands until it is cancelled."""

    practitioner_id: PractitionerId
    location_id: LocationId
    type_id: TypeId = Field(description="One with seats: its capacity is the session's")
    starts_at: Instant = Field(
        description="With offset, on 5 minutes", examples=["2026-03-02T09:00:00-05:00"]
    )
    room_id: RoomId | None = None
    other_practitioner_ids: list[PractitionerId] = Others
    resource_ids: list[ResourceId] = Resources
    overbook: OverbookReason | None = Overbook

    @property
    def patient_id(self) -> None:
        """Nobody's yet."""


class SessionCancellation(Body):
    reason: CancellationReason = Field(description="Not a patient's own")


class SeatView(Answer):
    """Who has a seat."""

    id: str = Field(description="The appointment's")
    version: int
    status: Status
    progress: Progress
    patient_id: str
    patient_name: str


class SeatReportView(Answer):
    """What became of a seat when the session was cancelled; `code` says why one is left."""

    appointment_id: str
    fate: SeatFate
    code: str | None


class SessionView(SessionEntry):
    """A session with those who sit in it. Cancelled, it reports seat by seat, in a moment."""

    location_id: str
    type_id: str
    time_zone: str
    other_practitioner_ids: list[str]
    resource_ids: list[str]
    kept: Annotated[bool, BeforeValidator(bool)] = Field(
        description="Stands without anybody in it; else the last who leaves ends it"
    )
    seats: list[SeatView]
    report: Annotated[list[SeatReportView], BeforeValidator(lambda given: given or ())]

    @classmethod
    def of(cls, session: GroupSession, seats: list[Appointment]) -> "SessionView":
        shown = {str(field.validation_alias or name) for name, field in cls.model_fields.items()}
        told = {name: getattr(session, name) for name in shown - {"seats"}}
        return cls.model_validate({**told, "seats": seats})
