"""The secret in a URL that whoever has it may read by: `<practice>.<owner>.<id>.<64 hex digits>`.

Made from the ids, for one purpose, and stored nowhere.
"""

from typing import NamedTuple

from ..platform.ids import is_id
from .derived_secrets import derived_secret, is_derived


class Named(NamedTuple):
    """What a secret opens: `link_id` is the record without which it opens nothing."""

    practice_id: str
    owner_id: str
    link_id: str


def secret_of(purpose: str, named: Named) -> str:
    text = ".".join(named)
    return f"{text}.{derived_secret(purpose, text)}"


def named_by(purpose: str, secret: str) -> Named | None:
    """What a secret opens; None if we did not make it, for this purpose."""
    text, _, given = secret.rpartition(".")
    ids = text.split(".")
    if len(ids) != len(Named._fields) or not all(map(is_id, ids)):
        return None
    return Named(*ids) if is_derived(given, purpose, text) else None
