"""Access tokens (ES256, 10 minutes), refresh tokens, and the secret in a mailed link."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any

from ..platform.errors import Unauthenticated
from ..platform.keyring import keyring

ISSUER = "careloom"
AUDIENCE = "careloom-clinic"
ACCESS_LIVES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says of its bearer."""

    user_id: str
    practice_id: str
    session_id: str


def issue_access_token(claims: AccessClaims, now: datetime) -> str:
    """A signed JWT with issuer, audience, type, session, practice, issue and expiry times."""
    import jwt

    kid = keyring().signing_current
    return jwt.encode(
        {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": claims.user_id,
            "prc": claims.practice_id,
            "ses": claims.session_id,
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIVES).timestamp()),
        },
        _private(kid),
        algorithm="ES256",
        headers={"kid": kid, "typ": "at+jwt"},
    )


def read_access_token(token: str, now: datetime) -> AccessClaims:
    """The claims of a token that is ours, unaltered, meant for us, and not expired; Unauthenticated."""
    claims = _verified(token)
    if not claims["iat"] - 60 <= now.timestamp() < claims["exp"]:
        raise Unauthenticated
    return AccessClaims(claims["sub"], claims["prc"], claims["ses"])


def new_refresh_token(practice_id: str, session_id: str) -> str:
    """`prc_….ses_….<secret>.<MAC>`: names its session; only the hash of it is stored."""
    named = f"{practice_id}.{session_id}.{secrets.token_urlsafe(32)}"
    return f"{named}.{_mac('refresh', named)}"


def is_refresh_token(token: str) -> bool:
    """Whether we made it, for whichever use: a made-up one must not end the session it names."""
    named, _, mac = token.rpartition(".")
    return _is_mac(mac, "refresh", named)


def refresh_hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def link_token(link_id: str) -> str:
    """The secret of a mailed link: made from its id, so that it is stored nowhere."""
    return f"{link_id}.{_mac('link', link_id)}"


def link_id_of(token: str) -> str | None:
    """The link's id if the secret is right."""
    link_id, _, mac = token.partition(".")
    return link_id if _is_mac(mac, "link", link_id) else None


def _is_mac(given: str, purpose: str, text: str) -> bool:
    return hmac.compare_digest(given.encode(), _mac(purpose, text).encode())


def _mac(purpose: str, text: str) -> str:
    first = min(keyring().keys)
    return hmac.new(keyring().derive(purpose, kid=first), text.encode(), sha256).hexdigest()


@lru_cache(maxsize=1_000)
def _verified(token: str) -> dict[str, Any]:
    """The claims, whenever they hold. Clients send one token for minutes: it is verified once."""
    import jwt

    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != "at+jwt":
            raise Unauthenticated
        claims: dict[str, Any] = jwt.decode(
            token,
            _public(header.get("kid", "")),
            algorithms=["ES256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={
                "verify_exp": False,
                "verify_iat": False,
                "require": ["exp", "iat", "sub", "prc", "ses"],
            },
        )
    except (jwt.PyJWTError, KeyError) as error:
        raise Unauthenticated from error
    return claims


@cache
def _private(kid: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(keyring().signing[kid].encode(), password=None)


@cache
def _public(kid: str) -> Any:
    return _private(kid).public_key()
