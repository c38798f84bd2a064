"""The secret of an API key: `clk_<practice>.<creator>.<key id>.<secret>`.

It names what authentication has to read. Of the secret only the SHA-256 is stored: it is 256 random
bits, which nobody guesses, so that a slow hash as of a password would protect nothing more and cost
each request its time.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

from ...platform.errors import Unauthenticated

BEGINS = "clk_"
_SHAPE = re.compile(
    r"clk_(prc_[0-9A-Z]{26})\.(usr_[0-9A-Z]{26})\.(key_[0-9A-Z]{26})\.([A-Za-z0-9_-]{43})"
)


@dataclass(frozen=True, slots=True)
class KeyToken:
    """What a machine client sends."""

    practice_id: str
    creator_id: str
    key_id: str
    secret: str

    def __str__(self) -> str:
        return f"{BEGINS}{self.practice_id}.{self.creator_id}.{self.key_id}.{self.secret}"

    @property
    def secret_sha256(self) -> str:
        return sha256(self.secret.encode()).hexdigest()

    def is_of(self, secret_sha256: str) -> bool:
        return hmac.compare_digest(self.secret_sha256, secret_sha256)


def new_key_token(practice_id: str, creator_id: str, key_id: str) -> KeyToken:
    return KeyToken(practice_id, creator_id, key_id, secrets.token_urlsafe(32))


def read_key_token(token: str) -> KeyToken:
    """Unauthenticated for what is not shaped as one."""
    found = _SHAPE.fullmatch(token)
    if found is None:
        raise Unauthenticated
    return KeyToken(*found.groups())
