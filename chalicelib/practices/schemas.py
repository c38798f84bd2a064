"""What clients send and get: practices, locations, practitioners."""

from pydantic import Field

from ..platform.http import AddressValue, Answer, Body, Line, Short
from .models import BillingIdentity

Zone = Field(max_length=64, examples=["America/New_York"])


class BillingIdentityValue(Body):
    """Who bills, as claims name it: NPI type 2, TIN, taxonomy, street address with ZIP+4."""

    legal_name: Short
    npi: str = Field(examples=["1234567893"])
    tin: str = Field(examples=["12-3456789"])
    taxonomy: str = Field(examples=["207Q00000X"])
    address: AddressValue
    contact_name: Short
    contact_phone: str = Field(examples=["+12125550123"])
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
    phone: str | None = None
    billing: BillingIdentityValue | None = None


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


class LocationBody(Body):
    name: Line
    time_zone: str = Zone
    address: AddressValue
    phone: str | None = None
    place_of_service: str = Field(
        default="11", pattern=r"^\d{2}$", description="CMS code; 11 office"
    )
    npi: str | None = None


class LocationView(Answer):
    id: str
    version: int
    name: str
    time_zone: str
    address: AddressValue
    phone: str | None
    place_of_service: str
    npi: str | None


class LocationList(Answer):
    items: list[LocationView]


class PractitionerBody(Body):
    family_name: Line
    given_name: Line
    user_id: str | None = Field(
        default=None, description="The member who signs in as this practitioner"
    )
    npi: str | None = Field(default=None, examples=["1234567893"])
    taxonomy: str | None = Field(default=None, examples=["207Q00000X"])


class PractitionerView(Answer):
    id: str
    version: int
    family_name: str
    given_name: str
    user_id: str | None
    npi: str | None
    taxonomy: str | None


class PractitionerList(Answer):
    items: list[PractitionerView]
