"""Signing in by a practice's own OpenID provider: authorization code with PKCE, state and nonce.

OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9700. Beginning stores nothing: what must come back is
sealed in the state, and verifier, nonce and handle follow from it under our keys. `handle` stays in the
browser that began, so that nobody finishes their own sign-in in somebody else's.
"""

import base64
import hmac
import json
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote, urlencode

from ...platform.clock import from_iso, iso
from ...platform.config import settings
from ...platform.context import SystemContext
from ...platform.errors import BadRequest, NotFound
from ...platform.keyring import seal, unseal
from ...platform.store import find
from ...platform.web import OutsideRefused, fetch_json
from ..derived_secrets import derived_secret
from ..errors import ProviderSignInRefused
from ..sessions.opening import Granted, Proof, open_session
from .discovery import Metadata, metadata_of, verified
from .id_tokens import Expected, IdentityClaims
from .models import IdentityProvider, SpentState
from .provider_members import member_of
from .providers import client_secret_of
from .schemas import ProviderCode

STATE_LIVES = timedelta(minutes=10)
OLDEST_SIGN_IN_SECONDS = 12 * 60 * 60
FEDERATED = "fed"
"""In `amr`: the practice's provider vouches for the rest."""


class Begun(NamedTuple):
    """Where to send the person, and what the browser keeps for the way back."""

    authorization_url: str
    handle: str


class _Attempt(NamedTuple):
    """One sign-in under way: a number of 32 hex digits, and the practice it is for."""

    number: str
    practice_id: str

    def secret(self, purpose: str) -> str:
        return derived_secret(f"provider_{purpose}", f"{self.number}.{self.practice_id}")


def begin(context: SystemContext, practice_id: str) -> Begun:
    """NotFound for a practice that has no provider; OutsideUnavailable (503) if that does not answer."""
    provider = _provider_of(context, practice_id)
    metadata = metadata_of(provider.issuer, context.now())
    attempt = _Attempt(secrets.token_hex(16), practice_id)
    until = iso(context.now() + STATE_LIVES)
    challenge = sha256(attempt.secret("verifier").encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _callback(),
        "scope": "openid email",
        "state": seal("provider_state", json.dumps([*attempt, until]), bound_to="provider_state"),
        "nonce": attempt.secret("nonce"),
        "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
        "code_challenge_method": "S256",
        "max_age": str(OLDEST_SIGN_IN_SECONDS),
    }
    joint = "&" if "?" in metadata.authorization_endpoint else "?"
    url = f"{metadata.authorization_endpoint}{joint}{urlencode(asked)}"
    return Begun(url, attempt.secret("handle"))


def finish(context: SystemContext, body: ProviderCode) -> Granted:
    """A session in the practice that it was begun for, of the member that the provider names.

    ProviderSignInRefused (401), one body for every cause. OutsideUnavailable (503).
    """
    attempt = _attempt_in(context, body)
    provider = _provider_of(context, attempt.practice_id)
    _stage_spending(context, attempt)
    claims = _exchanged(context, provider, attempt, body.code)
    member = member_of(context, attempt.practice_id, provider, claims)
    methods = claims.methods - {"mfa"} if claims.mfa_at is None else claims.methods
    proof = Proof(methods | {FEDERATED}, context.now(), claims.mfa_at, provider.provider_id)
    return open_session(context, member, attempt.practice_id, proof)


def _provider_of(context: SystemContext, practice_id: str) -> IdentityProvider:
    with context.entering(practice_id):
        provider = find(IdentityProvider, IdentityProvider.key(practice_id))
    if provider is None:
        raise NotFound
    return provider


def _attempt_in(context: SystemContext, body: ProviderCode) -> _Attempt:
    try:
        opened = unseal("provider_state", body.state, bound_to="provider_state")
    except BadRequest as error:
        raise ProviderSignInRefused from error
    number, practice_id, until = json.loads(opened)
    attempt = _Attempt(number, practice_id)
    if from_iso(until) <= context.now() or not hmac.compare_digest(
        attempt.secret("handle").encode(), body.handle.encode()
    ):
        raise ProviderSignInRefused
    return attempt


def _stage_spending(context: SystemContext, attempt: _Attempt) -> None:
    """Looked at before the code is used, and made certain at the commit."""
    key = SpentState.key(attempt.practice_id, attempt.number)
    with context.entering(attempt.practice_id):
        if find(SpentState, key) is not None:
            raise ProviderSignInRefused
    ends = int((context.now() + STATE_LIVES).timestamp())
    context.work.create(SpentState(*key, expires_at=ends), refusal=ProviderSignInRefused())


def _exchanged(
    context: SystemContext, provider: IdentityProvider, attempt: _Attempt, code: str
) -> IdentityClaims:
    metadata = metadata_of(provider.issuer, context.now())
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _callback(),
        "client_id": provider.client_id,
        "code_verifier": attempt.secret("verifier"),
    }
    try:
        answer = _asked(metadata, form, client_secret_of(provider))
    except OutsideRefused as error:
        raise ProviderSignInRefused from error
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise ProviderSignInRefused
    expected = Expected(provider.issuer, provider.client_id, attempt.secret("nonce"))
    return verified(token, metadata, expected, context.now())


def _asked(metadata: Metadata, form: dict[str, str], secret: str) -> dict[str, object]:
    if metadata.by_post:
        return fetch_json(metadata.token_endpoint, form={**form, "client_secret": secret})
    pair = f"{quote(form['client_id'], safe='')}:{quote(secret, safe='')}"
    basic = base64.b64encode(pair.encode()).decode()
    return fetch_json(
        metadata.token_endpoint, form=form, headers={"Authorization": f"Basic {basic}"}
    )


def _callback() -> str:
    return f"{settings().app_url}/sign-in/callback"
