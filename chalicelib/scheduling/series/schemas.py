"""What clients send and get: recurring series."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from ...platform.http import Answer, Body, Instant, LocalDateTime
from ..progress import CancellationReason
from ..reasons.schemas import ReasonBody
from ..schemas import BillTo, LocationId, PatientId, PractitionerId, RoomId, TypeId
from .models import Outcome

First = Field(default=1, ge=1, le=104, description="1: all; else this one and all later")


class SeriesRequest(Body):
    """Who sees whom, where, for what, from when on and how often."""

    patient_id: PatientId
    practitioner_id: PractitionerId
    location_id: LocationId
    type_id: TypeId
    room_id: RoomId | None = None
    bill_to: BillTo | None = None
    reason: ReasonBody | None = None
    starts: LocalDateTime = Field(description="As the location's clock shows it")
    starts_offset: str | None = Field(
        default=None,
        pattern=r"^[+-][01]\d:[0-5]\d$",
        examples=["-05:00"],
        description="From UTC; needed where the clock shows `starts` twice",
    )
    rule: str = Field(
        max_length=200,
        description="RFC 5545, by day, week or month, with COUNT or UNTIL; 104 at most",
        examples=["FREQ=WEEKLY;BYDAY=TU;COUNT=10"],
    )


class SeriesCancellation(Body):
    """Of one occurrence alone, cancel its appointment."""

    first: int = First
    reason: CancellationReason


class SeriesMove(Body):
    """Of one occurrence alone, reschedule its appointment."""

    first: int = First
    minutes: int = Field(
        default=0,
        ge=-7 * 24 * 60,
        le=7 * 24 * 60,
        multiple_of=5,
        description="By the location's clock: -60 is an hour earlier, 1440 a day later",
    )
    practitioner_id: PractitionerId | None = None


class OccurrenceView(Answer):
    """`starts_at` is null where the clock skips the local time. `code` says why not."""

    number: int
    local: LocalDateTime
    starts_at: Instant | None
    appointment_id: str | None
    outcome: Outcome
    code: str | None


class SeriesView(Answer):
    """`under_way` until the last order is carried out: a moment. Then each occurrence says how it stands."""

    id: str
    version: int
    patient_id: str
    practitioner_id: str
    location_id: str
    room_id: str | None
    type_id: str
    time_zone: str
    rule: str
    under_way: Annotated[bool, BeforeValidator(bool)] = Field(validation_alias="order")
    occurrences: list[OccurrenceView]
