"""ID tokens of a practice's provider, held to OpenID Connect Core 1.0 §3.1.3.7."""

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..errors import ProviderSignInRefused

MAX_LENGTH = 16_000
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 600
SMALLEST_RSA_BITS = 2_048
KEY_TYPE_OF = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
"""The algorithms we take, and the keys they are for. A shared secret is never one."""
SECOND_FACTORS = frozenset({"otp", "hwk", "swk", "sc", "fpt", "face", "iris"})
STRONG_CONTEXTS = frozenset({"phr", "phrh"})
"""OpenID EAP ACR values: phishing-resistant sign-ins."""


class UnknownKey(Exception):
    """Signed by a key that is not among those given: the provider may have a new one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say to be for us, and for this sign-in."""

    issuer: str
    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class IdentityClaims:
    """Who signed in at the provider. `mfa_at` is when, if a second factor was part of it."""

    subject: str
    email: str
    methods: frozenset[str]
    mfa_at: datetime | None


def verify_id_token(
    token: str, keys: list[dict[str, Any]], expected: Expected, now: datetime
) -> IdentityClaims:
    """ProviderSignInRefused for anything but a good token for us; UnknownKey if no key fits."""
    said = _signed_claims(token, keys)
    if said.get("iss") != expected.issuer or not _is_for(said, expected.client_id):
        raise ProviderSignInRefused
    nonce = said.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(), expected.nonce.encode()
    ):
        raise ProviderSignInRefused
    _demand_current(said, now.timestamp())
    return _identity_in(said)


def _signed_claims(token: str, keys: list[dict[str, Any]]) -> dict[str, Any]:
    from jwt import PyJWTError, api_jws

    if len(token) > MAX_LENGTH:
        raise ProviderSignInRefused
    try:
        header = api_jws.get_unverified_header(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in KEY_TYPE_OF or "crit" in header:
            raise ProviderSignInRefused
        fitting = [_public(key) for key in keys if _fits(key, algorithm, kid)]
        said = json.loads(_verified_payload(token, algorithm, fitting))
    except (PyJWTError, ValueError, TypeError) as error:
        raise ProviderSignInRefused from error
    if not isinstance(said, dict):
        raise ProviderSignInRefused
    return said


def _verified_payload(token: str, algorithm: str, keys: list[Any]) -> bytes:
    from jwt import InvalidSignatureError, api_jws

    for key in keys:
        try:
            payload: bytes = api_jws.decode(token, key, algorithms=[algorithm])
        except InvalidSignatureError:
            continue
        return payload
    raise UnknownKey


def _fits(key: dict[str, Any], algorithm: str, kid: Any) -> bool:
    return (
        key.get("kty") == KEY_TYPE_OF[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    )


def _public(key: dict[str, Any]) -> Any:
    from jwt.algorithms import ECAlgorithm, RSAAlgorithm

    if key["kty"] == "EC":
        return ECAlgorithm.from_jwk({n: key[n] for n in ("kty", "crv", "x", "y") if n in key})
    public: Any = RSAAlgorithm.from_jwk({n: key[n] for n in ("kty", "n", "e") if n in key})
    if public.key_size < SMALLEST_RSA_BITS:
        raise ProviderSignInRefused
    return public


def _is_for(said: dict[str, Any], client_id: str) -> bool:
    audience, party = said.get("aud"), said.get("azp")
    named = audience if isinstance(audience, list) else [audience]
    if client_id not in named or (len(named) > 1 and party is None):
        return False
    return party is None or party == client_id


def _demand_current(said: dict[str, Any], now: float) -> None:
    issued, ends = _seconds(said.get("iat")), _seconds(said.get("exp"))
    if not now - OLDEST_SECONDS - LEEWAY_SECONDS <= issued <= now + LEEWAY_SECONDS:
        raise ProviderSignInRefused
    if _seconds(said.get("nbf", 0)) > now + LEEWAY_SECONDS or ends <= now - LEEWAY_SECONDS:
        raise ProviderSignInRefused


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProviderSignInRefused
    return value


def _identity_in(said: dict[str, Any]) -> IdentityClaims:
    subject, email = said.get("sub"), said.get("email")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255:  # Core §2
        raise ProviderSignInRefused
    if not isinstance(email, str) or said.get("email_verified") is not True:
        raise ProviderSignInRefused
    amr = said.get("amr")
    methods = frozenset(str(each) for each in amr) if isinstance(amr, list) else frozenset[str]()
    strong = _is_multi_factor(methods) or said.get("acr") in STRONG_CONTEXTS
    return IdentityClaims(subject, email, methods, _authenticated_at(said) if strong else None)


def _authenticated_at(said: dict[str, Any]) -> datetime | None:
    """When the person proved themselves there; a second factor of an unknown time counts for nothing."""
    at = said.get("auth_time")
    if (
        isinstance(at, bool)
        or not isinstance(at, int)
        or not 0 < at <= said["iat"] + LEEWAY_SECONDS
    ):
        return None
    return datetime.fromtimestamp(at, UTC)


def _is_multi_factor(methods: frozenset[str]) -> bool:
    return "mfa" in methods or ("pwd" in methods and bool(methods & SECOND_FACTORS))
