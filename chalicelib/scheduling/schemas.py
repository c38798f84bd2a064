"""What clients send and get: rooms, types, hours, slots, appointments."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ..platform.http import Answer, Body, Instant, LocalDateTime, LocalTime, Query, Short
from .flow import Wait
from .progress import CancellationReason, Entry, OverbookReason, Progress, Status

_ID = "_[0-9A-Z]{26}"
RoomId = Annotated[str, StringConstraints(pattern=f"^rom{_ID}$")]
TypeId = Annotated[str, StringConstraints(pattern=f"^typ{_ID}$")]
LocationId = Annotated[str, StringConstraints(pattern=f"^loc{_ID}$")]
PatientId = Annotated[str, StringConstraints(pattern=f"^pat{_ID}$")]
PractitionerId = Annotated[str, StringConstraints(pattern=f"^pra{_ID}$")]
SlotHoldId = Annotated[str, StringConstraints(pattern=f"^slh{_ID}$")]
FormId = Annotated[str, StringConstraints(pattern=f"^frm{_ID}$")]
ResourceId = Annotated[str, StringConstraints(pattern=f"^(rom|eqp){_ID}$")]
PractitionerIds = Annotated[str, StringConstraints(pattern=f"^pra{_ID}(,pra{_ID}){{0,4}}$")]

Modality = Literal["in_person", "video", "phone"]
BillTo = Literal["insurance", "self_pay"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
Hours = Annotated[int, Field(ge=0, le=24 * 90)]
Online = Literal["nobody", "known_patients", "everybody"]
Minutes = Annotated[int, Field(ge=0, le=480, multiple_of=5)]


class RoomBody(Body):
    name: Short = Field(examples=["Room 1"])
    location_id: LocationId
    of_kind: Slug | None = Field(default=None, description="What types of appointment ask for")
    features: list[Slug] = Field(default=[], max_length=20, examples=[["ecg"]])


class RoomView(Answer):
    id: str
    version: int
    name: str
    location_id: str
    of_kind: str | None
    features: Annotated[list[str], BeforeValidator(lambda given: sorted(given or ()))]


class RoomList(Answer):
    items: list[RoomView]


class EquipmentBody(RoomBody):
    """A device that moves between the rooms of a location."""

    name: Short = Field(examples=["ECG 1"])
    of_kind: Slug = Field(examples=["ecg"])


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


class ExceptionValue(Body):
    """A departure over `[starts, ends)`, as the location's clock shows them.

    `closed` holds at its location, or everywhere without one; `extra` names its location; `leave`
    holds everywhere and names none. Closed and leave win over extra.
    """

    kind: Literal["closed", "extra", "leave"]
    starts: LocalDateTime
    ends: LocalDateTime
    location_id: LocationId | None = None


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


class AvailabilityView(Answer):
    """`version` is 0 before hours are first set."""

    practitioner_id: str
    version: int
    rules: list[RuleView]
    exceptions: list[ExceptionValue]


class SlotQuery(Query):
    """Local days, both included, 28 at most."""

    practitioner_id: PractitionerIds = Field(description="One, or up to five with commas between")
    type_id: TypeId
    from_day: date = Field(alias="from", examples=["2026-03-02"])
    until: date = Field(examples=["2026-03-29"])
    location_id: LocationId | None = Field(default=None, description="Wherever they work without")
    room_id: RoomId | None = Field(default=None, description="Only when this room is free too")


class SlotView(Answer):
    """A start that can be booked; times carry the location's offset."""

    starts_at: Instant
    ends_at: Instant
    practitioner_id: str
    location_id: str
    resource_ids: list[str] = Field(description="That would be taken: what its type needs")


class SlotList(Answer):
    """Sorted by time; `more` says that later ones were left out: ask for fewer days."""

    items: list[SlotView]
    more: bool


Overbook = Field(
    default=None,
    description="Why it may stand where the provider has another visit; wants `overbook`",
)


Others: Any = Field(default=[], max_length=4, description="Who takes part beside the practitioner")
Resources: Any = Field(
    default=[],
    max_length=4,
    description="Rooms and equipment beside the room; what its type needs is chosen without",
)


class BookingRequest(Body):
    """Who sees whom, where, for what, and when."""

    patient_id: PatientId
    practitioner_id: PractitionerId
    location_id: LocationId
    type_id: TypeId
    starts_at: Instant = Field(
        description="With offset, on 5 minutes", examples=["2026-03-02T09:00:00-05:00"]
    )
    room_id: RoomId | None = None
    bill_to: BillTo | None = Field(default=None, description="As its type says without")
    slot_hold_id: SlotHoldId | None = Field(
        default=None, description="A hold of yours, which does not hinder it and ends with it"
    )
    overbook: OverbookReason | None = Overbook
    entry: Entry = Field(
        default=Entry.BOOKED,
        description="`walk_in`: starts now, and is checked in; `past`: was, within a year. Outside "
        "hours too",
    )
    other_practitioner_ids: list[PractitionerId] = Others
    resource_ids: list[ResourceId] = Resources


class RescheduleRequest(Body):
    """The new time; what else is left out stays."""

    starts_at: Instant
    practitioner_id: PractitionerId | None = None
    location_id: LocationId | None = None
    room_id: RoomId | None = None
    overbook: OverbookReason | None = Overbook
    other_practitioner_ids: list[PractitionerId] | None = Field(default=None, max_length=4)
    resource_ids: list[ResourceId] | None = Field(
        default=None, max_length=4, examples=[["eqp_01JDE000000000000000000000"]]
    )


class Cancellation(Body):
    reason: CancellationReason


class ProgressChange(Body):
    progress: Literal[
        Progress.ARRIVED, Progress.ROOMED, Progress.WITH_PROVIDER, Progress.CHECKED_OUT
    ] = Field(description="Checking in is a route of its own")


class StepView(Answer):
    """A change of status or progress: to what, when, by whom."""

    to: str
    at: Instant
    by: str
    reason: CancellationReason | None


class AppointmentView(Answer):
    """Times carry the offset of the location's zone."""

    id: str
    version: int
    status: Status
    progress: Progress
    starts_at: Instant = Field(validation_alias="local_start")
    ends_at: Instant = Field(validation_alias="local_end")
    time_zone: str
    patient_id: str
    patient_name: str
    practitioner_id: str
    location_id: str
    room_id: str | None
    other_practitioner_ids: list[str]
    resource_ids: list[str]
    type_id: str
    title: str
    bill_to: BillTo
    confirmed_at: Instant | None = Field(description="When the patient said that they come")
    confirmed_by: str | None = Field(description="By what: `link` or `sms`")
    overbooked: OverbookReason | None
    series_id: str | None
    late: Annotated[bool, BeforeValidator(bool)] = Field(description="Cancelled late")
    steps: list[StepView]


class DayQuery(Query):
    day: date = Field(description="As the location's calendar shows it", examples=["2026-03-02"])


class DayEntry(Answer):
    """An appointment as the day shows it."""

    id: str
    version: int
    status: Status
    progress: Progress
    starts_at: Instant = Field(validation_alias="local_start")
    ends_at: Instant = Field(validation_alias="local_end")
    patient_id: str
    patient_name: str
    title: str
    practitioner_id: str
    room_id: str | None
    overbooked: OverbookReason | None


class OverbookedCount(Answer):
    practitioner_id: str
    visits: int


class DayView(Answer):
    """All appointments that start on one day at one location, by time; cancelled ones too.

    `overbooked` counts the visits that stand beside others, practitioner by practitioner.
    """

    location_id: str
    day: date
    time_zone: str
    overbooked: list[OverbookedCount]
    items: list[DayEntry]


class ConflictQuery(Query):
    """Local days, both included, 28 at most."""

    from_day: date = Field(alias="from", examples=["2026-03-02"])
    until: date = Field(examples=["2026-03-29"])


class ConflictView(Answer):
    """A booked visit outside the practitioner's hours, and a free slot to which it may move."""

    appointment: AppointmentView
    offer: SlotView | None


class ConflictList(Answer):
    items: list[ConflictView]


class FlowEntryView(Answer):
    """A visit on the board. Minutes count from coming in; `wait` is how a board colours it."""

    id: str
    version: int
    status: Status
    progress: Progress
    patient_id: str
    patient_name: str
    title: str
    practitioner_id: str
    room_id: str | None
    starts_at: Instant
    arrived_at: Instant | None
    checked_in_at: Instant | None
    roomed_at: Instant | None
    with_provider_at: Instant | None
    checked_out_at: Instant | None
    minutes_waiting: int | None = Field(description="To the provider, or until now")
    minutes_in_clinic: int | None = Field(description="To leaving, or until now")
    wait: Wait


class FlowBoardView(Answer):
    """Who is expected, here, or gone again, by time."""

    location_id: str
    day: date
    time_zone: str
    items: list[FlowEntryView]
