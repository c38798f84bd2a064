"""Whether a person asks: a field that nobody sees, some seconds, work, and a verifier where there is one.

A challenge is signed and stored nowhere: it says for which practice and when it was made, and holds
one slot (holding.py). The verifier is Cloudflare Turnstile's, or whatever answers as it does:
https://developers.cloudflare.com/turnstile/get-started/server-side-validation/
"""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from ..identity.derived_secrets import derived_secret, is_derived
from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import FieldError
from ..platform.keyring import keyring
from ..platform.web import fetch_json
from .errors import BotSuspected
from .schemas import OnlineHoldBody

BITS = 14
"""16,384 hashes on average: a fifth of a second in a browser."""
WAIT, GOOD_FOR = timedelta(seconds=2), timedelta(hours=1)
_PURPOSE = "booking challenge"


def new_challenge(context: Context) -> str:
    """`<seconds since 1970>.<16 hex digits>.<signature>`."""
    made = f"{int(context.now().timestamp())}.{secrets.token_hex(8)}"
    return f"{made}.{derived_secret(_PURPOSE, f'{context.practice_id} {made}')}"


def site_key(_context: Context) -> str | None:
    """Of the verifier's widget, where the deployment has one."""
    return settings().captcha_site_key


def demand_work(context: Context, body: OnlineHoldBody) -> None:
    """BotSuspected (422), which does not say what gave it away, but for a challenge to solve anew."""
    if body.website or not _is_solved(context, body.challenge, body.proof):
        raise _suspected("proof")


def demand_person(context: Context, body: OnlineHoldBody) -> None:
    """Ask the verifier, where there is one: it knows each answer once. BotSuspected (422).

    OutsideUnavailable (503) where it does not answer: nobody holds anything unverified.
    """
    if settings().captcha_site_key and not _is_verified(context, body.captcha or ""):
        raise _suspected("captcha")


def _suspected(field: str) -> BotSuspected:
    return BotSuspected(errors=(FieldError(field, "bot_suspected", BotSuspected.title),))


def _is_solved(context: Context, challenge: str, proof: str) -> bool:
    made, _, signature = challenge.rpartition(".")
    if not is_derived(signature, _PURPOSE, f"{context.practice_id} {made}"):
        return False
    since = context.now() - datetime.fromtimestamp(int(made.partition(".")[0]), UTC)
    digest = sha256(f"{challenge}:{proof}".encode()).digest()
    return WAIT <= since <= GOOD_FOR and int.from_bytes(digest[:4]) >> (32 - BITS) == 0


def _is_verified(context: Context, answer: str) -> bool:
    form = {
        "secret": keyring().captcha or "",
        "response": answer,
        "remoteip": context.source,
    }
    return bool(answer) and fetch_json(settings().captcha_url, form=form).get("success") is True
