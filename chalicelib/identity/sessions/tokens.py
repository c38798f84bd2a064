"""Access tokens (ES256, 10 minutes) and refresh tokens."""

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from ...platform.errors import Bearer, Unauthenticated
from ...platform.store import SYSTEM
from ..derived_secrets import derived_secret, is_derived
from .signing_keys import ALGORITHM, signed, verifying_keys

ISSUER = "careloom"
CLINIC, OPERATIONS = "careloom-clinic", "careloom-operations"
"""Audiences: a practice's people, and the vendor's own."""
ACCESS_LIVES = timedelta(minutes=10)
TOLD_FOR = timedelta(days=7)
"""How long an expired token is somebody's denial; a practice that closes is there for a month more."""
LEEWAY_SECONDS = 60
TOKEN = re.compile(r"([\w-]{20,300})\.[\w-]{20,1500}\.[\w-]{85}[AQgw]", re.ASCII)
"""A JWS with a signature of 64 bytes; its last letter carries two bits and no others."""

CLAIMS = {
    "iss": str, "aud": str, "sub": str, "prc": str, "ses": str, "mbv": int, "amr": list,
    "auth_time": int, "iat": int, "exp": int,
}  # fmt: skip
"""What an access token says, all of it and nothing else."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says of its bearer.

    `member_version` tells a client that its picture of the roles is old; what holds is the stored
    membership, which every request reads. `amr` (RFC 8176) and `auth_time` are of the sign-in.
    """

    user_id: str
    practice_id: str
    session_id: str
    member_version: int
    amr: tuple[str, ...]
    auth_time: datetime


class _Verified(NamedTuple):
    claims: AccessClaims
    issued: int
    expires: int


def issue_access_token(claims: AccessClaims, now: datetime) -> str:
    """A signed JWT, good from `now` for ten minutes."""
    return signed(
        {
            "iss": ISSUER,
            "aud": audience_of(claims.practice_id),
            "sub": claims.user_id,
            "prc": claims.practice_id,
            "ses": claims.session_id,
            "mbv": claims.member_version,
            "amr": list(claims.amr),
            "auth_time": int(claims.auth_time.timestamp()),
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIVES).timestamp()),
        }
    )


def read_access_token(token: str, now: datetime) -> AccessClaims:
    """The claims of a token that is ours, unaltered, meant for us, and not expired; Unauthenticated.

    A refusal names the bearer of one that has expired, for a week: its practice is there that long.
    """
    claims, issued, expires = _verified(token)
    at = now.timestamp()
    if not issued - LEEWAY_SECONDS <= at < expires:
        refusal = Unauthenticated()
        if expires <= at < expires + TOLD_FOR.total_seconds():
            refusal.bearer = Bearer(claims.practice_id, claims.user_id, claims.session_id)
        raise refusal
    return claims


def audience_of(practice_id: str) -> str:
    """Whom a token of this practice is for."""
    return OPERATIONS if practice_id == SYSTEM else CLINIC


def new_refresh_token(practice_id: str, session_id: str) -> str:
    """`prc_….ses_….<secret>.<MAC>`: names its session; only the hash of it is stored."""
    return _refresh_token(practice_id, session_id, secrets.token_urlsafe(32))


def successor_of(token: str, attempt: str | None) -> str:
    """The refresh token that follows `token`: the same for the same attempt, else a new one."""
    practice_id, session_id, *_ = token.split(".")
    if attempt is None:
        return new_refresh_token(practice_id, session_id)
    return _refresh_token(
        practice_id, session_id, derived_secret("successor", f"{token}\x1f{attempt}")
    )


def is_refresh_token(token: str) -> bool:
    """Whether we made it, for whichever use: a made-up one must not end the session it names."""
    named, _, mac = token.rpartition(".")
    return is_derived(mac, "refresh", named)


def refresh_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _refresh_token(practice_id: str, session_id: str, secret: str) -> str:
    named = f"{practice_id}.{session_id}.{secret}"
    return f"{named}.{derived_secret('refresh', named)}"


@lru_cache(maxsize=1_000)
def _verified(token: str) -> _Verified:
    """What it says, whenever it holds. Clients send one token for minutes: it is verified once."""
    from jwt import PyJWTError, api_jws

    shaped = TOKEN.fullmatch(token)
    public = verifying_keys().get(shaped[1]) if shaped else None
    if public is None:
        raise Unauthenticated
    try:
        payload: bytes = api_jws.decode(token, public.key, algorithms=[ALGORITHM])
        said = json.loads(payload, object_pairs_hook=_each_once)
    except (PyJWTError, ValueError) as error:
        raise Unauthenticated from error
    if not isinstance(said, dict) or {n: type(each) for n, each in said.items()} != CLAIMS:
        raise Unauthenticated
    if said["iss"] != ISSUER or said["aud"] != audience_of(said["prc"]):
        raise Unauthenticated
    return _Verified(_claims_of(said), said["iat"], said["exp"])


def _claims_of(said: dict[str, Any]) -> AccessClaims:
    return AccessClaims(
        said["sub"],
        said["prc"],
        said["ses"],
        said["mbv"],
        tuple(said["amr"]),
        datetime.fromtimestamp(said["auth_time"], UTC),
    )


def _each_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    listed = list(pairs)
    named = dict(listed)
    if len(named) < len(listed):
        raise ValueError("a claim is given twice")
    return named
