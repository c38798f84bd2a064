"""What clients send and get: sign-up, sessions, members."""

from pydantic import Field, SecretStr

from ..platform.http import Answer, Body, Instant, Line
from .permissions import Role

Email = Field(min_length=3, max_length=254, examples=["ada@clinic.example"])
Password = Field(min_length=1, max_length=1_000, examples=["correct horse battery staple"])


class SignUp(Body):
    """A new practice and its owner. Country, zone, currency and locale are fixed from here on."""

    practice_name: Line
    country: str = Field(pattern=r"^[A-Z]{2}$", examples=["US"])
    time_zone: str = Field(max_length=64, examples=["America/New_York"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["USD"])
    locale: str = Field(pattern=r"^[a-z]{2}-[A-Z]{2}$", examples=["en-US"])
    name: Line = Field(description="The owner's name")
    email: str = Email
    password: SecretStr = Password


class SignedUp(Answer):
    """`status` is `unverified` until the mailed link is followed."""

    id: str
    status: str


class LinkBody(Body):
    token: str = Field(max_length=200, description="From the mailed link")


class Verified(Answer):
    practice_id: str
    status: str


class SignIn(Body):
    email: str = Email
    password: SecretStr = Password
    practice_id: str | None = Field(
        default=None, description="Needed by someone who works in several practices"
    )


class Refresh(Body):
    refresh_token: str = Field(max_length=300)
    attempt: str | None = Field(
        default=None,
        min_length=16,
        max_length=100,
        description="Random, made anew for each refresh and sent again with its retries",
    )


class SessionView(Answer):
    """Send `access_token` as a bearer token; it lives 10 minutes, the refresh token is used once."""

    session_id: str
    practice_id: str
    user_id: str
    access_token: str
    refresh_token: str
    expires_in: int = Field(description="Seconds until the access token expires")


class Invite(Body):
    email: str = Email
    name: Line
    roles: list[Role] = Field(min_length=1, max_length=6)


class AcceptInvite(Body):
    token: str = Field(max_length=200)
    password: SecretStr = Password


class RolesChange(Body):
    roles: list[Role] = Field(min_length=1, max_length=6)


class MemberView(Answer):
    user_id: str
    version: int
    name: str
    email: str
    roles: list[Role]
    status: str


class MemberList(Answer):
    items: list[MemberView]


class MeView(Answer):
    """Who you are here, and what you may do."""

    user_id: str
    practice_id: str
    session_id: str
    permissions: list[str]
    server_time: Instant
