"""API keys: made, listed, changed for a new one, revoked. The secret is shown once."""

from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import NamedTuple

from ...platform.context import Context
from ...platform.errors import FieldError, Invalid, invalid_field
from ...platform.ids import instant_of
from ...platform.store import get, query_all
from ...practices.models import Practice
from ..errors import KeyOver, NotYoursToGive, TooManyKeys
from ..permissions import FOR_MACHINES
from .models import ApiKey
from .schemas import ApiKeyBody
from .tokens import new_key_token

MOST_KEYS = 50
LONGEST = timedelta(days=366)
LISTED = timedelta(days=366)
"""How long one that is over stays listed."""
KEPT = timedelta(days=7 * 366)
"""And how long it is known: as long as the audit may have to name it (audit/sealing.py)."""


class Made(NamedTuple):
    """A key with the token that only its maker sees, once."""

    key: ApiKey
    token: str


def list_keys(context: Context) -> list[ApiKey]:
    """Of the practice, those that are over for a year too."""
    kept = query_all(Practice.key(context.practice_id).pk, begins="api-key#")
    return [key for key in kept if context.now() < key.ends_at + LISTED]


def make_key(context: Context, body: ApiKeyBody) -> Made:
    """A key with scopes that its maker has. NotYoursToGive (403) for others; TooManyKeys (409).

    Invalid names a scope that no machine may have, an end in the past or over a year away, and a
    source that is no network.
    """
    _check(context, body)
    if not context.permissions >= set(body.scopes):
        raise NotYoursToGive
    if sum(key.is_live(context.now()) for key in list_keys(context)) >= MOST_KEYS:
        raise TooManyKeys
    return _stage(
        context,
        name=body.name,
        scopes={scope.value for scope in body.scopes},
        ends_at=body.ends_at,
        sources=set(body.sources) or None,
    )


def rotate_key(context: Context, key_id: str, *, overlap: timedelta) -> Made:
    """A new key in place of one that goes on for `overlap`, with as long a life. KeyOver (409).

    NotYoursToGive (403) for scopes that the caller does not have.
    """
    old = get(ApiKey, ApiKey.key(context.practice_id, key_id))
    now = context.now()
    if not old.is_live(now):
        raise KeyOver
    if not context.permissions >= old.scopes:
        raise NotYoursToGive
    life = min(old.ends_at - instant_of(old.id), LONGEST)
    old.end(min(old.ends_at, now + overlap), kept=KEPT)
    context.work.save(old)
    return _stage(
        context, name=old.name, scopes=old.scopes, ends_at=now + life, sources=old.sources
    )


def revoke_key(context: Context, key_id: str) -> None:
    """It is refused from the next request on. KeyOver (409)."""
    key = context.matching(get(ApiKey, ApiKey.key(context.practice_id, key_id)))
    if not key.is_live(context.now()):
        raise KeyOver
    stage_revocation(context, key)


def revoke_keys_of(context: Context, user_id: str) -> None:
    """Stage the end of every key that they made."""
    for key in list_keys(context):
        if key.created_by == user_id and key.is_live(context.now()):
            stage_revocation(context, key)


def stage_revocation(context: Context, key: ApiKey) -> None:
    key.revoked_at = context.now()
    key.end(context.now(), kept=KEPT)
    context.work.save(key)


def _stage(
    context: Context, *, name: str, scopes: set[str], ends_at: datetime, sources: set[str] | None
) -> Made:
    key_id = context.new_id("key")
    token = new_key_token(context.practice_id, context.actor.id, key_id)
    key = ApiKey(
        *ApiKey.key(context.practice_id, key_id),
        name=name,
        scopes=scopes,
        created_by=context.actor.id,
        secret_sha256=token.secret_sha256,
        sources=sources,
    )
    key.end(ends_at, kept=KEPT)
    context.work.create(key)
    return Made(key, str(token))


def _check(context: Context, body: ApiKeyBody) -> None:
    if not context.now() < body.ends_at <= context.now() + LONGEST:
        raise invalid_field("ends_at", "out_of_range", "Within a year from now")
    wrong = [
        FieldError(f"scopes.{at}", "not_for_machines", "Only people have this")
        for at, scope in enumerate(body.scopes)
        if scope not in FOR_MACHINES
    ]
    wrong += [
        FieldError(f"sources.{at}", "bad_network", "As in 192.0.2.0/24")
        for at, network in enumerate(body.sources)
        if not _is_network(network)
    ]
    if wrong:
        raise Invalid("Some fields cannot be right", errors=tuple(wrong))


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
