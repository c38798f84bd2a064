"""Passwords: argon2id, and the rules of NIST SP 800-63B-4 §3.1.1.2."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from ...platform.errors import FieldError
from ..errors import WeakPassword
from .common_passwords import is_common

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MINIMUM = 15
MINIMUM_WITH_FACTOR = 8
MAXIMUM = 256
SHORTEST_NAME = 4
OWN_SHARE = 8
"""A password is more than names and addresses: so many signs of it are not."""


def hash_password(password: str, *, about: Iterable[str] = (), with_factor: bool = False) -> str:
    """The argon2id hash of a password that holds to the rules; WeakPassword otherwise.

    At least 15 code points as NFKC has them, 8 where the account has a second factor; no composition
    rules, nothing cut off. Refused is what everybody tries first, and what consists of the words
    `about` whom it is: name, e-mail address, practice.
    """
    normal = _normal(password)
    least = MINIMUM_WITH_FACTOR if with_factor else MINIMUM
    if len(normal) < least:
        raise _weak("too_short", f"At least {least}")
    if len(normal) > MAXIMUM:
        raise _weak("too_long", f"At most {MAXIMUM}")
    if is_common(normal.casefold()):
        raise _weak("common", "Among the first that anybody tries")
    if _is_personal(normal, about):
        raise _weak("personal", "Not your name, your e-mail address or your practice")
    return _hasher().hash(normal)


def stands_alone(password: str) -> bool:
    """Whether it is long enough for an account without a second factor."""
    return len(_normal(password)) >= MINIMUM


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


def _is_personal(password: str, about: Iterable[str]) -> bool:
    """Whether it holds a whole name or address, or little beside the words of one."""
    squeezed, parts = _squeezed(password), set[str]()
    for words in about:
        wholes = {_squeezed(words), _squeezed(words.partition("@")[0])}
        if any(len(whole) >= SHORTEST_NAME and whole in squeezed for whole in wholes):
            return True
        separate = "".join(sign if sign.isalnum() else " " for sign in words).split()
        parts |= {part for part in map(_squeezed, separate) if len(part) >= SHORTEST_NAME}
    rest = squeezed
    for part in sorted(parts, key=len, reverse=True):
        rest = rest.replace(part, "")
    return rest != squeezed and len(rest) < OWN_SHARE


def _squeezed(text: str) -> str:
    """Letters and digits alone, case-folded."""
    return "".join(sign for sign in _normal(text).casefold() if sign.isalnum())


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP minimum


@cache
def _decoy() -> str:
    return _hasher().hash("no account has this password")
