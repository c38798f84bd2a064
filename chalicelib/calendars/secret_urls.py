"""The secret in a feed's URL: `<practice>.<owner>.<feed>.<64 hex digits>`. Made from the ids, stored nowhere."""

from typing import NamedTuple

from ..identity.derived_secrets import derived_secret, is_derived
from ..platform.ids import is_id


class Named(NamedTuple):
    """Whose feed a secret is of."""

    practice_id: str
    owner_id: str
    feed_id: str


def secret_of(feed: Named) -> str:
    text = ".".join(feed)
    return f"{text}.{derived_secret('calendar', text)}"


def named_by(secret: str) -> Named | None:
    """The feed that a secret is of; None if we did not make it."""
    text, _, given = secret.rpartition(".")
    ids = text.split(".")
    if len(ids) != len(Named._fields) or not all(map(is_id, ids)):
        return None
    return Named(*ids) if is_derived(given, "calendar", text) else None
