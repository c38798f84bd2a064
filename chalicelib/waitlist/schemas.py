"""What clients send and get: wishes, offers, the policy of a waiting list."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ..platform.http import Answer, Body, Instant, LocalTime, PageQuery

_ID = "_[0-9A-Z]{26}"
AppointmentId = Annotated[str, StringConstraints(pattern=f"^apt{_ID}$")]
LocationId = Annotated[str, StringConstraints(pattern=f"^loc{_ID}$")]
PatientId = Annotated[str, StringConstraints(pattern=f"^pat{_ID}$")]
PractitionerId = Annotated[str, StringConstraints(pattern=f"^pra{_ID}$")]
RoomId = Annotated[str, StringConstraints(pattern=f"^rom{_ID}$")]
TypeId = Annotated[str, StringConstraints(pattern=f"^typ{_ID}$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Urgency = Literal["urgent", "soon", "routine"]
Source = Literal["front_desk", "phone", "online", "provider", "referral", "cancelled_visit"]


class DaySpanValue(Body):
    """A visit that starts from `starts` to before `ends`, as the clock at the location shows them."""

    starts: LocalTime = Field(examples=["08:00"])
    ends: LocalTime = Field(examples=["12:00"])


class WishBody(Body):
    """What a patient waits for; a list left empty takes anything."""

    type_id: TypeId
    practitioner_ids: list[PractitionerId] = Field(default=[], max_length=10)
    location_ids: list[LocationId] = Field(default=[], max_length=10)
    weekdays: list[Weekday] = Field(default=[], max_length=7)
    times: list[DaySpanValue] = Field(default=[], max_length=4)
    first_day: date | None = Field(default=None, examples=["2026-03-09"])
    last_day: date | None = Field(default=None, examples=["2026-04-30"])
    keep_until: date | None = Field(
        default=None, description="When it lapses by itself; 90 days from today without"
    )
    urgency: Urgency = "routine"
    notice_minutes: int = Field(
        default=60, ge=0, le=7 * 24 * 60, description="How long before a visit they have to know"
    )
    source: Source = "front_desk"
    appointment_id: AppointmentId | None = Field(
        default=None, description="A later visit of this type that is to be moved, not added to"
    )


class WishRequest(WishBody):
    patient_id: PatientId


class WishView(Answer):
    """`offer_id` is what is offered now, `booked_id` the visit that came of it."""

    id: str
    version: int
    status: Literal["waiting", "offered", "booked", "withdrawn", "closed"]
    reason: str | None
    patient_id: str
    type_id: str
    practitioner_ids: list[str]
    location_ids: list[str]
    weekdays: list[Weekday]
    times: list[DaySpanValue]
    first_day: date | None
    last_day: date | None
    keep_until: date
    urgency: Urgency
    notice_minutes: int
    source: Source
    appointment_id: str | None
    since: Instant
    offer_id: str | None
    booked_id: str | None


class OfferView(Answer):
    """A time that is held for somebody who waits; times carry the offset of the location's zone."""

    id: str
    version: int
    wish_id: str
    status: Literal["open", "accepted", "declined", "expired", "unreachable", "taken_back"]
    patient_id: str
    practitioner_id: str
    location_id: str
    type_id: str
    starts_at: Instant = Field(validation_alias="local_start")
    ends_at: Instant = Field(validation_alias="local_end")
    time_zone: str
    until: Instant = Field(validation_alias="local_until")
    by_phone: bool
    made_at: Instant
    made_by: str
    answered_at: Instant | None
    answered_by: str | None
    appointment_id: str | None


class WishWithOffers(WishView):
    """A wish and all that was offered to it, the first first."""

    history: list[OfferView]


class WaitingView(Answer):
    """A line of the list: the wish, and whose it is."""

    wish: WishView
    patient_name: str


class WaitlistQuery(PageQuery):
    """Those who wait, who is offered first first; a patient's own, past ones too."""

    location_id: LocationId | None = Field(default=None, description="Who would come there")
    type_id: TypeId | None = None
    patient_id: PatientId | None = None


class OfferRequest(Body):
    """A time for this wish, chosen by hand; its type and patient are the wish's."""

    practitioner_id: PractitionerId
    location_id: LocationId
    room_id: RoomId | None = None
    starts_at: Instant = Field(examples=["2026-03-02T09:00:00-05:00"])
    by_phone: bool = Field(default=False, description="You tell them: no message is sent")


class OfferAnswer(Body):
    answer: Literal["accepted", "declined"]


class OfferLinkView(Answer):
    """What an offer's link shows; `open` says whether it can still be answered by it."""

    practice: str
    location: str
    phone: str | None
    first_name: str | None
    language: str
    starts_at: Instant
    time_zone: str
    until: Instant
    moves: bool = Field(description="Accepting moves a later visit here")
    status: str
    open: bool


class OfferLinkAnswered(Answer):
    answer: str


class PolicyBody(Body):
    offer_minutes: int = Field(ge=10, le=24 * 60, description="How long an offer stands at most")


class PolicyView(Answer):
    """`version` is 0 before it is first set."""

    version: int
    offer_minutes: int
