"""What a person signs in with, and how often somebody has tried."""

from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute

from ...platform.keyring import token
from ...platform.store import (
    SYSTEM,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)


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
