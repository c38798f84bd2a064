"""Signed messages, as Standard Webhooks 1.0 has them: `webhook-id`, `webhook-timestamp`, `webhook-signature`.

Receivers verify with any library of that standard; the id is the same for every attempt.
"""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

SECRET_BEGINS = "whsec_"  # noqa: S105  # how a secret begins
AGENT = "Careloom-Webhooks/1"


def shown(secret: bytes) -> str:
    """A secret as receivers' libraries take it: `whsec_<base64>`."""
    return SECRET_BEGINS + base64.b64encode(secret).decode()


def headers_of(
    message_id: str, body: bytes, secrets: Iterable[bytes], at: datetime
) -> dict[str, str]:
    """What goes with `body`: a signature by each secret, so that a receiver may hold either."""
    seconds = str(int(at.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(
            f"v1,{_signature(f'{message_id}.{seconds}.'.encode() + body, secret)}"
            for secret in secrets
        ),
    }


def _signature(signed: bytes, secret: bytes) -> str:
    return base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()
