"""What clients send and get: sign-up, sessions, members."""

from pydantic import Field, SecretStr

from ..platform.context import Context
from ..platform.http import Answer, Body, Instant, Line
from .limits import is_locked
from .models import Session
from .opening import Granted
from .permissions import Role
from .tokens import ACCESS_LIVES

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

    @classmethod
    def of(cls, granted: Granted) -> "SessionView":
        return cls(
            session_id=granted.session.id,
            practice_id=granted.session.practice_id,
            user_id=granted.session.user_id,
            access_token=granted.access_token,
            refresh_token=granted.refresh_token,
            expires_in=int(ACCESS_LIVES.total_seconds()),
        )


class SwitchBody(Body):
    practice_id: str = Field(max_length=64, description="One of `GET /v1/me/practices`")


class MyPracticeView(Answer):
    """A practice you may switch to. `current` is the one this token is good for."""

    practice_id: str
    name: str
    roles: list[str]
    current: bool


class MyPracticeList(Answer):
    items: list[MyPracticeView]


class MySessionView(Answer):
    """A session of yours that is not over. A `locked` one was idle too long; it can be unlocked."""

    session_id: str
    practice_id: str
    device: str | None
    source: str | None = Field(description="The address it was opened from")
    started_at: Instant
    seen_at: Instant = Field(description="Last activity, to the minute")
    ends_at: Instant
    locked: bool
    current: bool

    @classmethod
    def of(cls, session: Session, context: Context) -> "MySessionView":
        return cls(
            session_id=session.id,
            practice_id=session.practice_id,
            device=session.device,
            source=session.source_ip,
            started_at=session.started_at,
            seen_at=session.seen_at,
            ends_at=session.ends_at,
            locked=is_locked(session, context.now()),
            current=session.id == context.actor.session_id,
        )


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
