"""What clients send and get of a practice's set-up: rooms, equipment, types, hours."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ...platform.http import (
    WEEKDAYS,
    Answer,
    Body,
    LocalDateTime,
    LocalTime,
    Short,
    Weekday,
)
from ..schemas import BillTo, LocationId, Minutes, TypeId

_ID = "_[0-9A-Z]{26}"
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Hours = Annotated[int, Field(ge=0, le=24 * 90)]
Online = Literal["nobody", "known_patients", "everybody"]
FormId = Annotated[str, StringConstraints(pattern=f"^frm{_ID}$")]
Modality = Literal["in_person", "video", "phone"]
Retired = Annotated[bool, BeforeValidator(bool)]
OnlyTypes: Any = Field(default=[], max_length=20, description="Only these types; all without any")


class RoomBody(Body):
    name: Short = Field(examples=["Room 1"])
    location_id: LocationId
    of_kind: Slug | None = Field(default=None, description="What types of appointment ask for")
    features: list[Slug] = Field(default=[], max_length=20, examples=[["ecg"]])


class RoomChange(RoomBody):
    """All of a room; it stays at its location."""

    retired: bool = Field(default=False, description="Nothing more is booked in it")


class RoomView(Answer):
    id: str
    version: int
    name: str
    location_id: str
    of_kind: str | None
    features: Annotated[list[str], BeforeValidator(lambda given: sorted(given or ()))]
    retired: Retired


class RoomList(Answer):
    items: list[RoomView]


class EquipmentBody(RoomBody):
    """A device that moves between the rooms of a location."""

    name: Short = Field(examples=["ECG 1"])
    of_kind: Slug = Field(examples=["ecg"])


class EquipmentChange(EquipmentBody):
    """All of a device; it stays at its location."""

    retired: bool = Field(default=False, description="Nothing more is booked with it")


class EquipmentList(Answer):
    items: list[RoomView]


class NeedValue(Body):
    """Any room or device of this kind at the location that has all these features."""

    kind: Slug
    features: list[Slug] = Field(default=[], max_length=5)


class AppointmentTypeBody(Body):
    """Lengths are minutes in multiples of 5; with its buffers a visit takes 8 hours at most."""

    name: Short = Field(examples=["Follow-up"])
    minutes: Minutes = Field(gt=0, examples=[30])
    minutes_before: Minutes = Field(default=0, description="Kept free before each visit")
    minutes_after: Minutes = Field(default=0, description="Kept free after each visit")
    modality: Modality = "in_person"
    needs_room: bool = False
    bill_to: BillTo = Field(default="insurance", description="Unless the booking says otherwise")
    price_code: str | None = Field(
        default=None, pattern=r"^[A-Z0-9][A-Z0-9.-]{0,19}$", description="Of the fee schedule"
    )
    needs: list[NeedValue] = Field(default=[], max_length=3, description="By kind, beside a room")
    colour: str | None = Field(default=None, pattern=r"^#[0-9a-f]{6}$", examples=["#3366cc"])
    capacity: int = Field(default=1, ge=1, le=100, description="Seats of a group session")
    form_ids: list[FormId] = Field(default=[], max_length=10, description="To send beforehand")
    online: Online = Field(default="nobody", description="Who books it online")
    notice_hours: Hours = Field(default=0, description="Online, at the latest before its start")
    bookable_days: int = Field(default=365, ge=1, le=365, description="Online, at the earliest")
    cancel_hours: Hours = Field(default=24, description="Cancelled later than this, it is late")
    deposit: int = Field(default=0, ge=0, le=10**8, description="Minor units")
    retired: bool = Field(default=False, description="Nothing more is booked of it, nor online")


class AppointmentTypeView(Answer):
    id: str
    version: int
    name: str
    minutes: int
    minutes_before: int
    minutes_after: int
    modality: Modality
    needs_room: bool
    bill_to: BillTo
    price_code: str | None
    needs: Annotated[list[NeedValue], BeforeValidator(lambda given: given or ())]
    colour: str | None
    capacity: int
    form_ids: Annotated[list[str], BeforeValidator(lambda given: given or ())]
    online: Online
    notice_hours: int
    bookable_days: int
    cancel_hours: int
    deposit: int
    retired: Retired


class AppointmentTypeList(Answer):
    items: list[AppointmentTypeView]


class RuleValue(Body):
    """Hours on one weekday, as the location's clock shows them, over inclusive dates.

    `ends` at or before `starts` lies on the next day. `every_weeks` counts from the week of
    `effective_from`.
    """

    weekday: Weekday
    starts: LocalTime
    ends: LocalTime
    location_id: LocationId
    effective_from: date
    effective_until: date | None = None
    every_weeks: int = Field(default=1, ge=1, le=52)
    type_ids: list[TypeId] = OnlyTypes


class ExceptionValue(Body):
    """A departure over `[starts, ends)`, as the location's clock shows them.

    `closed` holds at its location, or everywhere without one; `extra` names its location; `leave`
    holds everywhere and names none. Closed and leave win over extra, and are for all types.
    """

    kind: Literal["closed", "extra", "leave"]
    starts: LocalDateTime
    ends: LocalDateTime
    location_id: LocationId | None = None
    type_ids: list[TypeId] = OnlyTypes


class AvailabilityBody(Body):
    """All of a practitioner's hours: what was there before is replaced."""

    rules: list[RuleValue] = Field(max_length=100)
    exceptions: list[ExceptionValue] = Field(default=[], max_length=200)


class RuleView(Answer):
    weekday: Annotated[Weekday, BeforeValidator(lambda number: WEEKDAYS[number])]
    starts: LocalTime
    ends: LocalTime
    location_id: str
    effective_from: date
    effective_until: date | None
    every_weeks: int
    type_ids: list[str]


class AvailabilityView(Answer):
    """`version` is 0 before hours are first set."""

    practitioner_id: str
    version: int
    rules: list[RuleView]
    exceptions: list[ExceptionValue]
