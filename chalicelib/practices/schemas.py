"""What clients send and get: practices, locations, practitioners."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from ..platform.http import (
    WEEKDAYS,
    AddressValue,
    Answer,
    Body,
    Flag,
    Instant,
    Line,
    LocalTime,
    Short,
    Weekday,
)
from .capabilities import Capability
from .models import BillingIdentity

Zone = Field(max_length=64, examples=["America/New_York"])
Phone = Annotated[str, Field(max_length=40, examples=["(212) 555-0123"])]
Code = Annotated[str, Field(max_length=20)]
UserId = Annotated[str, Field(pattern=r"^usr_[0-9A-Z]{26}$")]


class BillingIdentityValue(Body):
    """Who bills, as claims name it: NPI type 2, TIN, taxonomy, street address with ZIP+4."""

    legal_name: Short
    npi: Code = Field(examples=["1234567893"])
    tin: Code = Field(examples=["12-3456789"])
    taxonomy: Code = Field(examples=["207Q00000X"])
    address: AddressValue
    contact_name: Short
    contact_phone: Phone
    pay_to: AddressValue | None = None

    def identity(self) -> BillingIdentity:
        return BillingIdentity(
            **{
                **self.model_dump(),
                "address": self.address.address(),
                "pay_to": self.pay_to and self.pay_to.address(),
            }
        )


class PracticeChange(Body):
    """What an owner may change; what is left out stays."""

    name: Line | None = None
    phone: Phone | None = None
    billing: BillingIdentityValue | None = Field(
        default=None, description="Once there is one, it wants a step-up to change"
    )
    require_mfa: bool | None = Field(
        default=None, description="Of every member a second factor; wants a step-up to change"
    )
    part2_programme: bool | None = Field(
        default=None, description="All of it is a programme under 42 CFR Part 2"
    )


class ClearanceRequest(Body):
    """Ask operations to open something: they verify NPI, TIN and this licence."""

    capabilities: list[Capability] = Field(min_length=1, max_length=len(Capability))
    licence: Short = Field(description="State and number", examples=["NY 123456"])


class ClearanceView(Answer):
    capability: Capability
    status: str = Field(description="requested, verified or refused")
    npi: str
    tin: str
    licence: str
    at: Instant
    reason: str


class ClearanceList(Answer):
    items: list[ClearanceView]


class AgreementAccepted(Body):
    """Which text the owner read: its version and its SHA-256."""

    agreement: str = Field(max_length=20, examples=["2026-10"], description="Its version")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class AcceptanceView(Answer):
    sha256: str
    user_id: str
    accepted_at: Instant
    source_ip: str | None


class AgreementView(Answer):
    version: str
    published: date
    binding_from: date = Field(description="Until then an acceptance of the version before holds")
    sha256: str
    text: str
    current: bool
    accepted: AcceptanceView | None


class AgreementList(Answer):
    items: list[AgreementView]


class PracticeView(Answer):
    id: str
    version: int
    name: str
    status: str
    country: str
    time_zone: str
    currency: str
    locale: str
    phone: str | None
    billing: BillingIdentityValue | None
    require_mfa: bool
    part2_programme: Flag
    agreement: str | None
    clearances: list[ClearanceView] | None


class OpeningValue(Body):
    """Open on a weekday, as the location's clock shows it; `ends` at or before `starts` is next day's."""

    weekday: Weekday
    starts: LocalTime
    ends: LocalTime


class OpeningView(Answer):
    weekday: Annotated[Weekday, BeforeValidator(lambda number: WEEKDAYS[number])]
    starts: LocalTime
    ends: LocalTime


class LocationBody(Body):
    name: Line
    time_zone: str = Zone
    address: AddressValue
    phone: Phone | None = None
    place_of_service: str = Field(
        default="11", pattern=r"^[0-9]{2}$", description="CMS code; 11 office"
    )
    npi: Code | None = None
    holidays: list[date] = Field(default=[], max_length=200, description="Closed all day")
    opening_hours: list[OpeningValue] = Field(
        default=[],
        max_length=50,
        description="Practitioners are booked within them; without any, whenever they work",
    )


class LocationView(Answer):
    id: str
    version: int
    name: str
    time_zone: str
    address: AddressValue
    phone: str | None
    place_of_service: str
    npi: str | None
    holidays: Annotated[list[date], BeforeValidator(lambda given: given or ())]
    opening_hours: Annotated[list[OpeningView], BeforeValidator(lambda given: given or ())]


class LocationList(Answer):
    items: list[LocationView]


class PractitionerBody(Body):
    family_name: Line
    given_name: Line
    user_id: UserId | None = Field(
        default=None, description="The member who signs in as this practitioner"
    )
    npi: Code | None = Field(default=None, examples=["1234567893"])
    taxonomy: Code | None = Field(default=None, examples=["207Q00000X"])
    part2_programme: bool | None = Field(
        default=None,
        description="Provides for a programme under 42 CFR Part 2; left out, as it was",
    )


class PractitionerView(Answer):
    id: str
    version: int
    family_name: str
    given_name: str
    user_id: str | None
    npi: str | None
    taxonomy: str | None
    part2_programme: Flag


class PractitionerList(Answer):
    items: list[PractitionerView]
