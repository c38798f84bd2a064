"""What clients send and get: a practice's page, its free starts, and a booking on it."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ..platform.http import (
    AddressValue,
    Answer,
    Body,
    Instant,
    LocalTime,
    MoneyValue,
    Query,
    Short,
)

_ID = "_[0-9A-Z]{26}"
LocationId = Annotated[str, StringConstraints(pattern=f"^loc{_ID}$")]
PatientId = Annotated[str, StringConstraints(pattern=f"^pat{_ID}$")]
PractitionerId = Annotated[str, StringConstraints(pattern=f"^pra{_ID}$")]
TypeId = Annotated[str, StringConstraints(pattern=f"^typ{_ID}$")]
Slug = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=3, max_length=60)
]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Modality = Literal["in_person", "video", "phone"]


class SegmentValue(Body):
    """At most `most` visits of one practitioner that begin in this part of a day are booked online."""

    starts: LocalTime = Field(examples=["09:00"])
    ends: LocalTime = Field(
        default=time(23, 59, 59), examples=["12:00"], description="Not included"
    )
    most: int = Field(ge=0, le=100)


class ShownValue(Body):
    """A practitioner whom the page shows, and as whom."""

    practitioner_id: PractitionerId
    name: Short = Field(examples=["Dr Kim Lee"])
    new_patients: bool = True


class OfferedReason(Answer):
    """A reason for a visit to choose from: of the practice's list."""

    code: str
    display: str


class BookingPageBody(Body):
    """All of a practice's page: what was there before is replaced."""

    slug: Slug = Field(examples=["elm-street"], description="Its address; yours alone")
    enabled: bool = Field(default=True, description="Off, the page is as if it was not there")
    practitioners: list[ShownValue] = Field(max_length=50, description="Nobody else is shown")
    hold_minutes: int = Field(default=15, ge=5, le=30, description="For who and code to be given")
    new_patients: bool = Field(default=True, description="Beside what types and practitioners say")
    most_upcoming: int = Field(
        default=3, ge=1, le=20, description="Visits that a patient has ahead"
    )
    segments: list[SegmentValue] = Field(default=[], max_length=8)
    blocked_patient_ids: list[PatientId] = Field(
        default=[], max_length=200, description="Who has to call"
    )
    policy: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] | None = (
        Field(default=None, description="In your words, shown before a visit is booked")
    )


class BookingPageView(Answer):
    """`version` is 0 before a page is first set."""

    version: int
    slug: str | None
    enabled: bool
    practitioners: list[ShownValue]
    hold_minutes: int
    new_patients: bool
    most_upcoming: int
    segments: list[SegmentValue]
    blocked_patient_ids: Annotated[
        list[str], BeforeValidator(lambda given: sorted(given or ()))
    ] = Field(validation_alias="blocked")
    policy: str | None


class OfferedType(Answer):
    """What can be booked. Hours count before its start, days from today."""

    id: str
    name: str
    minutes: int
    modality: Modality
    online: Literal["known_patients", "everybody"]
    notice_hours: int
    bookable_days: int
    cancel_hours: int = Field(description="Cancelled later than this, it is late")
    late_cancel_fee: MoneyValue | None = Field(description="What cancelling late costs")
    no_show_fee: MoneyValue | None = Field(description="What not coming costs")
    deposit: MoneyValue | None = Field(description="The practice asks for it; nothing is paid here")


class OfferedPractitioner(Answer):
    id: str
    name: str
    new_patients: bool
    location_ids: list[str]


class OfferedLocation(Answer):
    id: str
    name: str
    address: AddressValue
    phone: str | None
    time_zone: str


class Challenge(Answer):
    """Find a `proof` so that SHA-256 of `<challenge>:<proof>` begins with `bits` zero bits."""

    challenge: str
    bits: int
    wait_seconds: int = Field(description="No hold before")
    captcha_site_key: str | None = Field(description="Send the widget's token too, if there is one")


class OfferView(Answer):
    """What a practice's page shows. Read it again for each booking: one challenge holds one slot."""

    practice: str
    phone: str | None
    currency: str
    policy: str | None
    new_patients: bool
    channels: list[Literal["email", "sms"]] = Field(description="Where a code can be sent")
    hold_minutes: int
    types: list[OfferedType]
    practitioners: list[OfferedPractitioner]
    locations: list[OfferedLocation]
    reasons: list[OfferedReason]
    challenge: Challenge


class OnlineSlotQuery(Query):
    """Local days, both included, 14 at most."""

    type_id: TypeId
    from_day: date = Field(alias="from", examples=["2026-03-02"])
    until: date = Field(examples=["2026-03-15"])
    practitioner_id: PractitionerId | None = Field(default=None, description="Anybody without")
    location_id: LocationId | None = Field(default=None, description="Anywhere without")


class OnlineSlot(Answer):
    """A free start; times carry the location's offset."""

    starts_at: Instant
    ends_at: Instant
    practitioner_id: str
    location_id: str


class OnlineSlotList(Answer):
    """Sorted by time; `more` says that later ones were left out: ask for fewer days."""

    items: list[OnlineSlot]
    more: bool


class OnlineHoldBody(Body):
    """A start that was offered, and the page's challenge, solved."""

    type_id: TypeId
    practitioner_id: PractitionerId
    location_id: LocationId
    starts_at: Instant = Field(examples=["2026-03-02T09:00:00-05:00"])
    challenge: str = Field(max_length=200)
    proof: str = Field(pattern=r"^[!-~]{1,64}$")
    website: str | None = Field(
        default=None, max_length=200, description="Leave it out; hide its field on your page"
    )
    captcha: str | None = Field(default=None, max_length=2_048, description="The widget's token")


class OnlineHoldView(Answer):
    """A slot that is kept. `secret` opens the booking, and nothing else does: keep it."""

    secret: str
    starts_at: Instant
    ends_at: Instant
    until: Instant = Field(description="Verified by then, or it is anybody's again")


class ContactValue(Body):
    """Where the code goes: one of both."""

    email: str | None = Field(default=None, max_length=254, examples=["rosa@example.com"])
    mobile: str | None = Field(default=None, max_length=40, examples=["(212) 555-0147"])


class VisitorBody(Body):
    """Who comes. Nothing of it says to you whether the practice knows them."""

    family_name: Short = Field(examples=["Diaz"])
    given_name: Short = Field(examples=["Rosa"])
    birth_date: date
    sex: Literal["female", "male", "other", "unknown"] = "unknown"
    contact: ContactValue
    language: Literal["en", "es", "fr"] | None = Field(
        default=None, description="Of what we write; as the practice's without"
    )
    reason: ReasonCode | None = Field(default=None, description="Of the page's reasons")
    agrees_to_messages: bool = Field(
        default=False, description="To reminders and a confirmation at this contact"
    )


class CodeSent(Answer):
    """The same for whoever it is."""

    status: Literal["coded"] = "coded"
    channel: Literal["email", "sms"]
    good_until: Instant
    codes_left: int


class CodeBody(Body):
    code: str = Field(pattern=r"^[0-9]{6}$")


class OnlineBookingView(Answer):
    """A booking as it stands. `declined`: the practice has to be called, and has been told.

    `visit_link` opens the visit once it is booked: see it, cancel it, move it.
    """

    status: Literal["held", "coded", "booked", "declined"]
    practice: str
    phone: str | None
    starts_at: Instant
    ends_at: Instant
    time_zone: str
    until: Instant
    deposit: MoneyValue | None
    cancel_by: Instant = Field(description="Cancelled later, it is late")
    visit_link: str | None = Field(
        description="A secret of /v1/visit-links, shown with the code alone"
    )


class MoveQuery(Query):
    """Local days, both included, 14 at most."""

    from_day: date = Field(alias="from", examples=["2026-03-02"])
    until: date = Field(examples=["2026-03-15"])


class MoveChoices(Answer):
    """Where a visit may move to. Where it may not, ask the practice: answer the link with `move`."""

    movable: bool
    cancel_by: Instant = Field(description="Cancelled later, it is late")
    late: bool = Field(description="It is late now: the practice's terms hold")
    items: list[OnlineSlot]
    more: bool


class MoveBody(Body):
    """One of the starts that were offered; who and where stay, if they are left out."""

    starts_at: Instant = Field(examples=["2026-03-02T09:00:00-05:00"])
    practitioner_id: PractitionerId | None = None
    location_id: LocationId | None = None


class MovedVisit(Answer):
    """A visit as it stands now. `visit_link` opens it from now on; a moment after."""

    starts_at: Instant
    ends_at: Instant
    time_zone: str
    practitioner_id: str
    location_id: str
    visit_link: str


class RequestView(Answer):
    """What a visitor said whose booking was declined: for the front desk that calls them."""

    id: str
    status: str
    why: str | None
    family_name: str
    given_name: str
    birth_date: date
    channel: Literal["email", "sms"]
    address: str
    reason: str | None
    type_id: str
    practitioner_id: str
    location_id: str
    starts_at: Instant
