"""What clients send and get: signing in, sessions."""

from typing import Any, Literal

from pydantic import Field, SecretStr

from ...platform.context import Context
from ...platform.http import Answer, Body, Instant
from ..models import Session
from ..schemas import Email, Password
from .limits import is_locked
from .opening import Granted
from .tokens import ACCESS_LIVES


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


class MeView(Answer):
    """Who you are here, and what you may do."""

    user_id: str
    practice_id: str
    session_id: str
    permissions: list[str]
    server_time: Instant


class FactorBody(Body):
    """A second factor: a code, or what a passkey answered."""

    method: Literal["totp", "recovery_code", "passkey"]
    code: str = Field(default="", max_length=40, description="By totp or recovery_code")
    credential: str = Field(
        default="",
        max_length=20_000,
        description="By passkey: `JSON.stringify(credential)` of what the browser answered",
    )


class SecondStep(FactorBody):
    """The second step of a sign-in, or a passkey instead of both."""

    challenge: str = Field(max_length=200, description="From the first step, or for a passkey")
    practice_id: str | None = Field(
        default=None, description="With a passkey alone, by someone who works in several practices"
    )


class StepUp(FactorBody):
    challenge: str = Field(
        default="", max_length=200, description="By passkey: from `POST /v1/sessions/challenge`"
    )


class Unlock(Body):
    """What resumes a locked session: a passkey; or the password, and a code if a factor is enrolled."""

    refresh_token: str = Field(max_length=300)
    password: SecretStr | None = Field(default=None, max_length=1_000)
    factor: StepUp | None = None


class ChallengeView(Answer):
    """What the second step answers, once and within five minutes."""

    challenge: str
    methods: list[str]
    public_key: dict[str, Any] | None = Field(
        description="For `PublicKeyCredential.parseRequestOptionsFromJSON`"
    )


class SignedIn(Answer):
    """A session, or `second_step` and no session where a second factor is enrolled."""

    session_id: str | None = None
    practice_id: str | None = None
    user_id: str | None = None
    access_token: str | None = None
    refresh_token: str | None = None
    expires_in: int | None = Field(default=None, description="Seconds")
    second_step: ChallengeView | None = None
