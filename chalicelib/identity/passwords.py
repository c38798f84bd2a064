"""Passwords: argon2id, and the rules of NIST SP 800-63B-4 §3.1.1.2."""

from functools import cache
from typing import TYPE_CHECKING

from ..platform.errors import FieldError
from .errors import WeakPassword

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MINIMUM = 15
MAXIMUM = 256
REPEATS = 4


def hash_password(password: str) -> str:
    """The argon2id hash of a password that holds to the rules; WeakPassword otherwise.

    At least 15 characters, no composition rules, nothing cut off.
    """
    if len(password) < MINIMUM:
        raise WeakPassword(errors=(FieldError("password", "too_short", f"At least {MINIMUM}"),))
    if len(password) > MAXIMUM:
        raise WeakPassword(errors=(FieldError("password", "too_long", f"At most {MAXIMUM}"),))
    if len(set(password)) < REPEATS:
        raise WeakPassword(errors=(FieldError("password", "common", "Too few different signs"),))
    return _hasher().hash(password)


def holds(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Without a hash the same work is done, and the answer is no."""
    from argon2.exceptions import VerificationError

    try:
        _hasher().verify(password_hash or _decoy(), password)
    except VerificationError:
        return False
    return password_hash is not None


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP minimum


@cache
def _decoy() -> str:
    return _hasher().hash("no account has this password")
