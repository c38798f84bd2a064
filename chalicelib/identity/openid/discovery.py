"""What an OpenID provider says of itself, and its keys: asked for once an hour, new keys at once.

OpenID Connect Discovery 1.0 §4; RFC 7517. Kept in the warm function.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from ...platform.web import OutsideUnavailable, fetch_json, is_allowed
from ..errors import ProviderSignInRefused
from .id_tokens import Expected, IdentityClaims, UnknownKey, verify_id_token

T = TypeVar("T")
KEPT = timedelta(hours=1)
ASK_AGAIN_AFTER = timedelta(minutes=1)
MOST = 500


@dataclass(frozen=True, slots=True)
class Metadata:
    """The places of a provider, and how it wants clients to authenticate."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    by_post: bool


@dataclass
class Known:
    """What providers said, by issuer or URL, and when. The oldest goes when there are too many."""

    answers: dict[str, tuple[datetime, Any]] = field(default_factory=dict)

    def since(self, name: str, after: datetime) -> Any:
        kept = self.answers.get(name)
        return kept[1] if kept and kept[0] > after else None

    def keep(self, name: str, answer: T, now: datetime) -> T:
        self.answers.pop(name, None)
        self.answers[name] = (now, answer)
        while len(self.answers) > MOST:
            del self.answers[next(iter(self.answers))]
        return answer


_metadata, _keys = Known(), Known()


def metadata_of(issuer: str, now: datetime) -> Metadata:
    """OutsideUnavailable (503) if the provider does not say what it must, or speaks for another."""
    kept: Metadata | None = _metadata.since(issuer, now - KEPT)
    if kept is not None:
        return kept
    said = fetch_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise OutsideUnavailable
    ways = said.get("token_endpoint_auth_methods_supported")
    found = Metadata(
        issuer,
        _place(said, "authorization_endpoint"),
        _place(said, "token_endpoint"),
        _place(said, "jwks_uri"),
        by_post=isinstance(ways, list) and "client_secret_basic" not in ways,
    )
    return _metadata.keep(issuer, found, now)


def verified(token: str, metadata: Metadata, expected: Expected, now: datetime) -> IdentityClaims:
    """What an ID token says. A key we do not know is asked for, once a minute at most.

    ProviderSignInRefused for a token that is not good.
    """
    try:
        return _verified(token, metadata, expected, now)
    except UnknownKey as error:
        raise ProviderSignInRefused from error


def _verified(token: str, metadata: Metadata, expected: Expected, now: datetime) -> IdentityClaims:
    keys = _keys.since(metadata.jwks_uri, now - KEPT)
    if keys is None:
        return verify_id_token(token, _fetched(metadata, now), expected, now)
    try:
        return verify_id_token(token, keys, expected, now)
    except UnknownKey:
        if _keys.since(metadata.jwks_uri, now - ASK_AGAIN_AFTER) is not None:
            raise
        return verify_id_token(token, _fetched(metadata, now), expected, now)


def forget_providers() -> None:
    """As a function that has just started knows them."""
    _metadata.answers.clear()
    _keys.answers.clear()


def _place(said: dict[str, Any], name: str) -> str:
    place = said.get(name)
    if not isinstance(place, str) or not is_allowed(place):
        raise OutsideUnavailable
    return place


def _fetched(metadata: Metadata, now: datetime) -> list[dict[str, Any]]:
    said = fetch_json(metadata.jwks_uri).get("keys")
    if not isinstance(said, list):
        raise ProviderSignInRefused
    keys = [key for key in said if isinstance(key, dict)]
    return _keys.keep(metadata.jwks_uri, keys, now)
