"""What clients send and get: sign-up."""

from pydantic import Field, SecretStr

from ...platform.http import Answer, Body, Line
from ..schemas import Email, Password


class NewPractice(Body):
    """A new practice and its owner. Country, zone, currency and locale are fixed from here on."""

    practice_name: Line
    country: str = Field(pattern=r"^[A-Z]{2}$", examples=["US"])
    time_zone: str = Field(max_length=64, examples=["America/New_York"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["USD"])
    locale: str = Field(pattern=r"^[a-z]{2}-[A-Z]{2}$", examples=["en-US"])
    name: Line = Field(description="The owner's name")
    email: str = Email


class SignUp(NewPractice):
    """A practice that its owner signs up."""

    password: SecretStr = Password


class SignedUp(Answer):
    """`status` is `unverified` until the mailed link is followed."""

    id: str
    status: str


class Verified(Answer):
    practice_id: str
    status: str
