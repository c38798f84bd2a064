"""Secret keys by key id, from Secrets Manager: cursors and search tokens, and token signing.

The secret is one JSON object: `{"current": kid, "keys": {kid: base64 of 32 bytes},
"signing_current": kid, "signing": {kid: EC P-256 private key PEM}}`; beside them, where there is a
verifier of who books online, its `"captcha"` secret.
"""

import base64
import hmac
import json
import secrets
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from .aws import client
from .config import settings
from .errors import BadRequest


@dataclass(frozen=True)
class Keyring:
    """All keys of a deployment; `current` and `signing_current` name those in use for new work."""

    current: str
    keys: dict[str, bytes]
    signing_current: str
    signing: dict[str, str]
    captcha: str | None = None

    def derive(self, purpose: str, *parts: str, kid: str | None = None) -> bytes:
        """A 32-byte key for one purpose (HMAC-SHA-256 of its name under a root key)."""
        label = "\x1f".join((purpose, *parts)).encode()
        return hmac.digest(self.keys[kid or self.current], label, "sha256")


@cache
def keyring() -> Keyring:
    """The deployment's keys, read once a process."""
    answer = client("secretsmanager").get_secret_value(SecretId=settings().keys_secret)
    stored = json.loads(answer["SecretString"])
    return Keyring(
        current=stored["current"],
        keys={kid: base64.b64decode(key) for kid, key in stored["keys"].items()},
        signing_current=stored["signing_current"],
        signing=stored["signing"],
        captcha=stored.get("captcha"),
    )


def token(purpose: str, *parts: str) -> str:
    """A search token: what it was made of cannot be read off it. 32 hex characters.

    Always under the first key: tokens are stored, and a rotation rewrites them.
    """
    first = min(keyring().keys)
    return hmac.new(
        keyring().derive(purpose, kid=first), "\x1f".join(parts).encode(), sha256
    ).hexdigest()[:32]


def seal(purpose: str, text: str, *, bound_to: str) -> str:
    """Encrypt `text` (AES-GCM) so that it opens only with the same `bound_to`. URL-safe text."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    kid = keyring().current
    sealed = AESGCM(keyring().derive(purpose, kid=kid)).encrypt(
        nonce, text.encode(), bound_to.encode()
    )
    return f"{kid}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"


def unseal(purpose: str, sealed: str, *, bound_to: str) -> str:
    """The reverse of `seal`; BadRequest for anything that was not sealed for `bound_to`."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    kid, _, body = sealed.partition(".")
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        key = keyring().derive(purpose, kid=kid)
        return AESGCM(key).decrypt(raw[:12], raw[12:], bound_to.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as error:
        raise BadRequest("The cursor does not belong to this query") from error
