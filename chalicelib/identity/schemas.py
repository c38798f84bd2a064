"""What clients send and get: sign-up, sessions, members."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints

from ..platform.context import Context
from ..platform.http import Answer, Body, Instant, Line, Short
from .limits import is_locked
from .models import Session
from .opening import Granted
from .permissions import Permission, Role
from .tokens import ACCESS_LIVES

Email = Field(min_length=3, max_length=254, examples=["ada@clinic.example"])
RoleName = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(Role)}|rol_[0-9A-Z]{{26}})$")]
"""A built-in role, or the id of one that the practice composed."""
Sorted = BeforeValidator(sorted)
LocationId = Annotated[str, StringConstraints(pattern=r"^loc_[0-9A-Z]{26}$")]
Roles = Field(min_length=1, max_length=6, examples=[["nurse"]])
Password = Field(min_length=1, max_length=1_000, examples=["correct horse battery staple"])


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
    roles: list[RoleName] = Roles


class AcceptInvite(Body):
    token: str = Field(max_length=200)
    password: SecretStr = Password


class RolesChange(Body):
    roles: list[RoleName] = Roles


class LocationLimit(Body):
    """The locations that a member is limited to; none means everywhere."""

    location_ids: list[LocationId] = Field(max_length=50)


class MemberChange(Body):
    """What the practice calls them; what is left out stays, and so does their account."""

    name: Line | None = None
    email: str | None = Field(default=None, min_length=3, max_length=254)


class RoleBody(Body):
    """A role that the practice composes: every permission its members have by it."""

    name: Line = Field(examples=["Scribe"])
    permissions: list[Permission] = Field(min_length=1, max_length=len(Permission))


class RoleView(Answer):
    """`permissions` is all that the role gives."""

    id: str
    version: int
    name: str
    permissions: list[str]
    built_in: bool


class RoleList(Answer):
    """`composable` is what a role of the practice's own may hold."""

    items: list[RoleView]
    composable: list[str]


class OwnershipOfferBody(Body):
    user_id: str = Field(pattern=r"^usr_[0-9A-Z]{26}$", description="An active member")


class OwnershipOfferView(Answer):
    user_id: str
    by: str
    ends_at: Instant


class OwnershipView(Answer):
    """Who owns the practice from now on."""

    owner_id: str


class MemberView(Answer):
    user_id: str
    version: int
    name: str
    email: str
    roles: Annotated[list[str], Sorted]
    location_ids: Annotated[list[str], BeforeValidator(lambda ids: sorted(ids or ()))] = Field(
        validation_alias="locations", description="Limited to these; everywhere without"
    )
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


class BeginFactor(Body):
    method: Literal["totp", "passkey"]
    password: SecretStr | None = Field(
        default=None, max_length=1_000, description="Yours, while you have no second factor"
    )


class BegunFactor(Answer):
    """For an app its secret and `otpauth://` URI; for a passkey the options for the browser."""

    challenge: str
    secret: str | None
    uri: str | None
    public_key: dict[str, Any] | None = Field(
        description="For `PublicKeyCredential.parseCreationOptionsFromJSON`"
    )


class TotpBody(Body):
    challenge: str = Field(max_length=200)
    code: str = Field(max_length=40, examples=["492039"])


class PasskeyBody(Body):
    challenge: str = Field(max_length=200)
    name: Short
    credential: str = Field(
        max_length=20_000, description="`JSON.stringify(credential)` of what the browser answered"
    )


class RecoveryCodesView(Answer):
    """One-time codes, shown this once; none where the account has some already."""

    recovery_codes: list[str]


class TotpView(Answer):
    version: int
    added_at: Instant


class PasskeyView(Answer):
    id: str
    version: int
    name: str
    added_at: Instant
    used_at: Instant | None


class FactorsView(Answer):
    """Your second factors. `required`: your practice wants one of its members."""

    required: bool
    totp: TotpView | None
    passkeys: list[PasskeyView]
    recovery_codes_left: int


class PasswordChange(Body):
    current_password: SecretStr = Password
    new_password: SecretStr = Password


class EmailBody(Body):
    email: str = Email


class PasswordReset(Body):
    token: str = Field(max_length=200, description="From the mailed link")
    password: SecretStr = Password
