"""Challenges: what a second step answers. Good once, for five minutes, and for one purpose."""

from collections.abc import Collection
from datetime import timedelta
from hashlib import sha256

from ...platform.context import SystemContext
from ...platform.store import find
from ..errors import WrongCode
from ..links import link_id_of, link_token
from .models import Challenge

LIVES = timedelta(minutes=5)
LONGEST = 200
SIGN_IN, PASSKEY_SIGN_IN, ENROL_TOTP, ENROL_PASSKEY = (
    "sign_in", "passkey_sign_in", "enrol_totp", "enrol_passkey",
)  # fmt: skip


def stage_challenge(
    context: SystemContext,
    purpose: str,
    *,
    user_id: str | None = None,
    practice_id: str | None = None,
    proven: Collection[str] = (),
    provider_id: str | None = None,
    sealed: str | None = None,
) -> Challenge:
    """Stage a challenge; its token is given to the client and stored nowhere."""
    ends_at = context.now() + LIVES
    challenge = Challenge(
        *Challenge.key(context.new_id("chl")),
        purpose=purpose,
        user_id=user_id,
        practice_id=practice_id,
        proven=set(proven) or None,
        provider_id=provider_id,
        sealed=sealed,
        ends_at=ends_at,
        expires_at=int(ends_at.timestamp()),
    )
    context.work.create(challenge)
    return challenge


def open_challenge(context: SystemContext, token: str, *purposes: str) -> Challenge:
    """The challenge of a token. WrongCode (401) if it is made up, over, spent, or for another purpose."""
    challenge_id = link_id_of(token) if len(token) < LONGEST else None
    if challenge_id is None or not challenge_id.startswith("chl_"):
        raise WrongCode
    challenge = find(Challenge, Challenge.key(challenge_id), consistent=True)
    if challenge is None or challenge.spent or challenge.ends_at <= context.now():
        raise WrongCode
    if challenge.purpose not in purposes:
        raise WrongCode
    return challenge


def stage_spending(context: SystemContext, challenge: Challenge) -> None:
    """Stage that it is used; of two at once, one gets WrongCode."""
    challenge.spent = True
    context.work.save(challenge, refusal=WrongCode())


def token_of(challenge: Challenge) -> str:
    return link_token(challenge.id)


def nonce_of(challenge: Challenge) -> bytes:
    """The 32 bytes that a passkey signs: they follow from the token, which nobody else can make."""
    return sha256(token_of(challenge).encode()).digest()
