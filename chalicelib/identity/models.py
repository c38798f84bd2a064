"""People who sign in, their memberships, sessions, and the one-use links we mail."""

from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute

from ..platform.keyring import token
from ..platform.store import (
    SYSTEM,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)
from .permissions import Role


class EmailClaim(Record):
    """Makes an e-mail address unique, and finds its user."""

    KIND = "email"

    user_id = UnicodeAttribute()

    @classmethod
    def key(cls, email: str) -> Key:
        """`sys#email#<HMAC of the lower-cased address>#` / `email#`."""
        return Key(join(SYSTEM, "email", token("email", email.casefold())), "email#")


class User(Record):
    """A person. Belongs to no practice; works in one or several.

    `password_short`: below what an account without a second factor needs.
    """

    KIND = "user"

    id = IdInKey("usr")
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    password_hash = UnicodeAttribute(null=True)
    password_short = BooleanAttribute(default=False)
    password_set_at = InstantAttribute(null=True)
    email_verified = BooleanAttribute(default=False)

    @classmethod
    def key(cls, user_id: str) -> Key:
        """`sys#user#usr_1#` / `user#`; the user and their practices are one Query."""
        return Key(join(SYSTEM, "user", user_id), "user#")


class Workplace(Record):
    """A practice that a user is a member of, beside the user: for choosing one at sign-in."""

    KIND = "workplace"

    practice_id = PracticeInKey()
    joined_at = InstantAttribute()

    @classmethod
    def key(cls, user_id: str, practice_id: str) -> Key:
        """`sys#user#usr_1#` / `workplace#prc_2#`."""
        return Key(join(SYSTEM, "user", user_id), join("workplace", practice_id))


class Member(Record):
    """A user in a practice, with roles. Read with every request: a changed role holds at once.

    `roles` are built-in ones by name and the practice's own by id; `invitation` is the link that
    is good while they are invited. Sessions that began before `signed_out_at`, or at that moment, are over.
    """

    KIND = "member"

    user_id = IdInKey("usr")
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    roles = UnicodeSetAttribute()
    status = UnicodeAttribute()
    invitation = UnicodeAttribute(null=True)
    hand_over_id = UnicodeAttribute(null=True)
    locations = UnicodeSetAttribute(null=True)
    signed_out_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, user_id: str) -> Key:
        """`prc_1#` / `member#usr_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("member", user_id))

    @property
    def reach(self) -> frozenset[str] | None:
        """The locations they are limited to; an owner never is."""
        limited = self.locations and Role.OWNER not in self.roles
        return frozenset(self.locations) if limited else None


class Session(Record):
    """One sign-in in one practice. `refresh_hash` is of the only refresh token that is good.

    `bearer` is the kind of user whose limits hold (limits.py). `amr`, `signed_in_at` and `mfa_at` say
    how and when the person proved who they are: another practice's session, once switched to, keeps
    them. `provider_id` is of the practice's own identity provider, if that one said so.
    """

    KIND = "session"

    id = IdInKey("ses")
    practice_id = PracticeInKey()
    user_id = UnicodeAttribute()
    refresh_hash = UnicodeAttribute()
    started_at = InstantAttribute()
    seen_at = InstantAttribute()
    ends_at = InstantAttribute()
    mfa_at = InstantAttribute(null=True)
    ended = BooleanAttribute(default=False)
    bearer = UnicodeAttribute(default="staff")
    amr = UnicodeSetAttribute(null=True)
    signed_in_at = InstantAttribute(null=True)
    refreshed_at = InstantAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    source_ip = UnicodeAttribute(null=True)
    spared_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, session_id: str) -> Key:
        """`prc_1#session#ses_2#` / `session#`."""
        return Key(join(practice_id, "session", session_id), "session#")


class SessionOfUser(Record):
    """Where a session of a user lies: all of theirs, in whatever practice, are one Query."""

    KIND = "session_of_user"

    id = IdInKey("ses")
    practice_id = UnicodeAttribute()

    @classmethod
    def key(cls, user_id: str, session_id: str) -> Key:
        """`sys#user#usr_1#session#` / `ses_2#`: apart from what each sign-in reads of the user."""
        return Key(join(SYSTEM, "user", user_id, "session"), join(session_id))


class IdentityProvider(Record):
    """By which OpenID provider the members of a practice may sign in.

    `provider_id` is new with each set-up, so that who was linked by an earlier one is not any more.
    """

    KIND = "identity_provider"

    provider_id = UnicodeAttribute()
    issuer = UnicodeAttribute()
    client_id = UnicodeAttribute()
    sealed_secret = UnicodeAttribute()
    email_domain = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `identity_provider#`."""
        return Key(join(practice_id), "identity_provider#")


class ProviderSubject(Record):
    """Which member someone is at the practice's provider; found by what the provider calls them."""

    KIND = "provider_subject"

    user_id = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, provider: IdentityProvider, subject: str) -> Key:
        """`prc_1#provider_subjects#` / `subject#<HMAC of set-up, issuer and subject>#`."""
        mark = token("provider_subject", provider.provider_id, provider.issuer, subject)
        return Key(join(practice_id, "provider_subjects"), join("subject", mark))


class ProviderMember(Record):
    """That a member is linked: a second subject with their address is somebody else."""

    KIND = "provider_member"

    @classmethod
    def key(cls, practice_id: str, provider: IdentityProvider, user_id: str) -> Key:
        """`prc_1#provider_subjects#` / `member#idp_2#usr_3#`."""
        own = join("member", provider.provider_id, user_id)
        return Key(join(practice_id, "provider_subjects"), own)


class SpentState(Record):
    """A sign-in by a provider that has been finished: its state is good once."""

    KIND = "spent_state"

    @classmethod
    def key(cls, practice_id: str, attempt: str) -> Key:
        """`prc_1#spent_state#<32 hex>#` / `spent_state#`."""
        return Key(join(practice_id, "spent_state", attempt), "spent_state#")


class Link(Record):
    """A one-use link we mail: what it is for, whose it is, until when.

    It is a user's, or goes to an address that has no account here (`email`).
    """

    KIND = "link"

    id = IdInKey("lnk")
    purpose = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    practice_id = UnicodeAttribute()
    ends_at = InstantAttribute()
    spent = BooleanAttribute(default=False)

    @classmethod
    def key(cls, link_id: str) -> Key:
        """`sys#link#lnk_1#` / `link#`."""
        return Key(join(SYSTEM, "link", link_id), "link#")


class Totp(Record):
    """The secret that an authenticator app shares, sealed; `last_step` is of the last code used."""

    KIND = "totp"

    sealed = UnicodeAttribute()
    last_step = IntegerAttribute()
    added_at = InstantAttribute()

    @classmethod
    def key(cls, user_id: str) -> Key:
        """`sys#user#usr_1#` / `totp#`."""
        return Key(join(SYSTEM, "user", user_id), "totp#")


class RecoveryCodes(Record):
    """The one-time codes that are left, as hashes."""

    KIND = "recovery_codes"

    hashes = UnicodeSetAttribute(null=True)
    made_at = InstantAttribute()

    @classmethod
    def key(cls, user_id: str) -> Key:
        """`sys#user#usr_1#` / `recovery#`."""
        return Key(join(SYSTEM, "user", user_id), "recovery#")


class Passkey(Record):
    """A WebAuthn credential: id and public key (base64url), and how often it has signed."""

    KIND = "passkey"

    id = IdInKey("pky")
    credential_id = UnicodeAttribute()
    public_key = UnicodeAttribute()
    sign_count = IntegerAttribute()
    name = UnicodeAttribute()
    added_at = InstantAttribute()
    used_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, user_id: str, passkey_id: str) -> Key:
        """`sys#user#usr_1#` / `passkey#pky_2#`."""
        return Key(join(SYSTEM, "user", user_id), join("passkey", passkey_id))


class Challenge(Record):
    """What a second step answers: of a sign-in, of a passkey, of enrolling. Good once, for minutes."""

    KIND = "challenge"

    id = IdInKey("chl")
    purpose = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    practice_id = UnicodeAttribute(null=True)
    proven = UnicodeSetAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    sealed = UnicodeAttribute(null=True)
    ends_at = InstantAttribute()
    spent = BooleanAttribute(default=False)

    @classmethod
    def key(cls, challenge_id: str) -> Key:
        """`sys#challenge#chl_1#` / `challenge#`."""
        return Key(join(SYSTEM, "challenge", challenge_id), "challenge#")


@dataclass(frozen=True, slots=True)
class Tally:
    """Failures in a row of one kind, from one known source or, with `""`, from all others."""

    kind: str
    source: str
    failures: int
    failed_at: datetime


class Guesses(Record):
    """What was guessed at an address, whether it has an account or not; no address stands in it.

    `known` are sources (HMACs) that somebody signed in from, the last one first.
    """

    KIND = "guesses"

    tallies = ValueAttribute(tuple[Tally, ...], null=True)
    known = ValueAttribute(tuple[str, ...], null=True)

    @classmethod
    def key(cls, email: str) -> Key:
        """`sys#guesses#<HMAC of the lower-cased address>#` / `guesses#`."""
        return Key(join(SYSTEM, "guesses", token("guesses", email.casefold())), "guesses#")


class SourceGuesses(Record):
    """How many attempts failed from one source in a span of minutes, at whatever addresses."""

    KIND = "source_guesses"

    failures = IntegerAttribute(default=0)

    @classmethod
    def key(cls, source: str, span: int) -> Key:
        """`sys#source#<HMAC of the source>#` / `2975042#`, the number of the span."""
        return Key(join(SYSTEM, "source", source), join(str(span)))


class SignUps(Record):
    """How many sign-ups were tried from a network, or with a mail domain, in an hour or a day."""

    KIND = "sign_ups"

    attempts = IntegerAttribute(default=0)

    @classmethod
    def key(cls, kind: str, subject: str, seconds: int, span: int) -> Key:
        """`sys#sign-ups#<HMAC of network or domain>#` / `3600#491234#`: length and number of the span."""
        hashed = token("sign-ups", f"{kind} {subject}")
        return Key(join(SYSTEM, "sign-ups", hashed), join(str(seconds), str(span)))


class OwnershipOffer(Record):
    """An owner offers the practice to a member, until `ends_at`. One at a time."""

    KIND = "ownership_offer"

    user_id = UnicodeAttribute()
    by = UnicodeAttribute()
    ends_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `ownership-offer#`."""
        return Key(join(practice_id), "ownership-offer#")
