"""What clients send and get: rooms, types, hours, slots, appointments."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ..platform.http import WEEKDAYS, Answer, Body, Instant, LocalTime, Query
from .flow import Wait
from .progress import IN_PERSON, CancellationReason, Entry, OverbookReason, Progress, Status
from .reasons.schemas import ReasonBody

_ID = "_[0-9A-Z]{26}"
RoomId = Annotated[str, StringConstraints(pattern=f"^rom{_ID}$")]
TypeId = Annotated[str, StringConstraints(pattern=f"^typ{_ID}$")]
LocationId = Annotated[str, StringConstraints(pattern=f"^loc{_ID}$")]
PatientId = Annotated[str, StringConstraints(pattern=f"^pat{_ID}$")]
PractitionerId = Annotated[str, StringConstraints(pattern=f"^pra{_ID}$")]
SlotHoldId = Annotated[str, StringConstraints(pattern=f"^slh{_ID}$")]
ResourceId = Annotated[str, StringConstraints(pattern=f"^(rom|eqp){_ID}$")]
AppointmentId = Annotated[str, StringConstraints(pattern=f"^apt{_ID}$")]
PractitionerIds = Annotated[str, StringConstraints(pattern=f"^pra{_ID}(,pra{_ID}){{0,19}}$")]
LocationIds = Annotated[str, StringConstraints(pattern=f"^loc{_ID}(,loc{_ID}){{0,4}}$")]
_WEEKDAY = f"({'|'.join(WEEKDAYS)})"
Weekdays = Annotated[str, StringConstraints(pattern=f"^{_WEEKDAY}(,{_WEEKDAY}){{0,6}}$")]

BillTo = Literal["insurance", "self_pay"]
SessionStatus = Literal["open", "cancelled"]
Minutes = Annotated[int, Field(ge=0, le=480, multiple_of=5)]


class SlotQuery(Query):
    """Local days, both included: 28 at most, or 182 where `limit` asks for the first starts alone."""

    practitioner_id: PractitionerIds | None = Field(
        default=None, description="Up to 20 with commas between; all who work without"
    )
    type_id: TypeId
    from_day: date = Field(alias="from", examples=["2026-03-02"])
    until: date = Field(examples=["2026-03-29"])
    location_id: LocationIds | None = Field(
        default=None, description="Up to 5 with commas between; wherever they work without"
    )
    room_id: RoomId | None = Field(default=None, description="Only when this room is free too")
    together: bool = Field(default=False, description="Only when all of them are free at one place")
    same_as: AppointmentId | None = Field(
        default=None, description="With the practitioner of this appointment"
    )
    patient_id: PatientId | None = Field(
        default=None, description="Only when the patient has no other visit"
    )
    usual: bool = Field(default=False, description="With whom the patient has been most of late")
    weekdays: Weekdays | None = Field(default=None, examples=["mon,wed"])
    starts_from: LocalTime | None = Field(default=None, description="By the location's clock")
    starts_before: LocalTime | None = Field(default=None, description="`12:00`: in the morning")
    limit: int | None = Field(default=None, ge=1, le=200, description="The first so many starts")


class SlotView(Answer):
    """A start that can be booked; times carry the location's offset.

    Name in the booking what it names: that was found free.
    """

    starts_at: Instant
    ends_at: Instant
    practitioner_id: str
    location_id: str
    room_id: str | None = Field(description="Where one was asked for, or its type needs one")
    other_practitioner_ids: list[str] = Field(description="Those asked for together")
    resource_ids: list[str] = Field(description="That would be taken: what its type needs")
    group_session_id: str | None = Field(
        description="Of a group session that stands: booking joins it"
    )
    seats_left: int


class SlotList(Answer):
    """Sorted by time; `more` says that later ones were left out."""

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
    reason: ReasonBody | None = None


class FamilyMember(Body):
    patient_id: PatientId
    type_id: TypeId
    reason: ReasonBody | None = None


class FamilyBooking(Body):
    """Members of a family, one after the other with one practitioner."""

    members: list[FamilyMember] = Field(min_length=2, max_length=6, description="In this order")
    practitioner_id: PractitionerId
    location_id: LocationId
    starts_at: Instant = Field(
        description="Of the first; with offset, on 5 minutes",
        examples=["2026-03-02T09:00:00-05:00"],
    )
    room_id: RoomId | None = None
    bill_to: BillTo | None = Field(default=None, description="As each type says without")


class RescheduleRequest(Body):
    """The new time; what else is left out stays."""

    starts_at: Instant
    practitioner_id: PractitionerId | None = None
    location_id: LocationId | None = None
    room_id: RoomId | None = None
    slot_hold_id: SlotHoldId | None = Field(default=None, description="As a booking's")
    overbook: OverbookReason | None = Overbook
    other_practitioner_ids: list[PractitionerId] | None = Field(default=None, max_length=4)
    resource_ids: list[ResourceId] | None = Field(
        default=None, max_length=4, examples=[["eqp_01JDE000000000000000000000"]]
    )
    reason: ReasonBody | None = None


class Cancellation(Body):
    reason: CancellationReason


class Reinstatement(Body):
    overbook: OverbookReason | None = Overbook


class ProgressChange(Body):
    progress: Literal["arrived", "roomed", "with_provider", "checked_out"] = Field(
        description="Checking in is a route of its own; `roomed` again is another room"
    )
    room_id: RoomId | None = Field(
        default=None, description="With `roomed`: where the patient is; the booked room without"
    )


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
    in_room_id: str | None = Field(description="Where the patient is now")
    other_practitioner_ids: list[str]
    resource_ids: list[str]
    type_id: str
    title: str
    bill_to: BillTo
    modality: Annotated[str, BeforeValidator(lambda stored: stored or IN_PERSON)]
    confirmed_at: Instant | None = Field(description="When the patient said that they come")
    confirmed_by: str | None = Field(description="By what: `link` or `sms`")
    overbooked: OverbookReason | None
    series_id: str | None
    group_session_id: str | None = Field(description="Of the group session in which it is a seat")
    late: Annotated[bool, BeforeValidator(bool)] = Field(description="Cancelled late")
    steps: list[StepView]


class VisitsLeftView(Answer):
    """Below zero, more is booked than the payer allows."""

    id: str
    number: str
    visits_left: int


class BookedView(AppointmentView):
    """As booked or moved; `authorization` is null where none covers it."""

    authorization: VisitsLeftView | None = Field(validation_alias="visits_left")


class AppointmentList(Answer):
    items: list[AppointmentView]


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


class SessionEntry(Answer):
    """A group session as the day shows it: its seats are appointments of the day."""

    id: str
    version: int
    status: SessionStatus
    starts_at: Instant = Field(validation_alias="local_start")
    ends_at: Instant = Field(validation_alias="local_end")
    title: str
    practitioner_id: str
    room_id: str | None
    capacity: int
    seats_taken: int = Field(description="By appointments and holds")
    seats_left: int = Field(description="Less than none where it is overbooked")


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
    sessions: list[SessionEntry]
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
    in_room_id: str | None = Field(description="Where the patient is now")
    starts_at: Instant
    arrived_at: Instant | None
    checked_in_at: Instant | None
    roomed_at: Instant | None
    with_provider_at: Instant | None
    checked_out_at: Instant | None
    minutes_late: int | None = Field(description="Came after the start; null in time")
    minutes_waiting: int | None = Field(description="To the provider, or until now")
    minutes_in_clinic: int | None = Field(description="To leaving, or until now")
    wait: Wait


class BoardRoomView(Answer):
    """A room, and who is in it now: nobody, where it is free."""

    id: str
    name: str
    appointment_id: str | None


class FlowBoardView(Answer):
    """Who is expected, here, or gone again, by time; and the location's rooms as they are now."""

    location_id: str
    day: date
    time_zone: str
    items: list[FlowEntryView]
    rooms: list[BoardRoomView]
