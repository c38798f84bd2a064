"""Passwords: argon2id, and the rules of NIST SP 800-63B-4 §3.1.1.2."""

import unicodedata
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ..platform.errors import FieldError
from .errors import WeakPassword

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MINIMUM = 15
MAXIMUM = 256
REPEATS = 4
MOST_NEIGHBOURS = 0.7
ROWS = "1234567890 qwertyuiop asdfghjkl zxcvbnm abcdefghijklmnopqrstuvwxyz"
RUNS = f"{ROWS} {ROWS[::-1]}"
"""Signs that follow one another on a keyboard or in the alphabet, either way."""


def hash_password(password: str) -> str:
    """The argon2id hash of a password that holds to the rules; WeakPassword otherwise.

    At least 15 code points as NFKC has them, no composition rules, nothing cut off; refused is
    what everybody tries first: one word repeated, few different signs, a run along the keyboard.
    """
    normal = _normal(password)
    if len(normal) < MINIMUM:
        raise _weak("too_short", f"At least {MINIMUM}")
    if len(normal) > MAXIMUM:
        raise _weak("too_long", f"At most {MAXIMUM}")
    if _is_common(normal.casefold()):
        raise _weak("common", "A repetition or a row of keys")
    return _hasher().hash(normal)


def holds(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Without a hash the same work is done, and the answer is no."""
    from argon2.exceptions import VerificationError

    try:
        _hasher().verify(password_hash or _decoy(), _normal(password))
    except VerificationError:
        return False
    return password_hash is not None


def _weak(code: str, message: str) -> WeakPassword:
    return WeakPassword(errors=(FieldError("password", code, message),))


def _normal(password: str) -> str:
    """The same code points whichever keyboard it was typed on (NIST SP 800-63B-4 §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _is_common(password: str) -> bool:
    repeated = password in (password + password)[1:-1]
    neighbours = [one + next_one in RUNS for one, next_one in pairwise(password)]
    typed_along = sum(neighbours) > len(neighbours) * MOST_NEIGHBOURS
    return repeated or len(set(password)) < REPEATS or typed_along


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP minimum


@cache
def _decoy() -> str:
    return _hasher().hash("no account has this password")
