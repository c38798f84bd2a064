"""Which machine sends a request: key, its creator's membership and the practice in one BatchGet.

A key can do what it is scoped to and its creator may do now: it ends with their membership, and
what they lose it loses at the next call.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from ...platform.clock import Clock
from ...platform.context import Actor
from ...platform.errors import Bearer, Unauthenticated, told_of
from ...platform.ids import UserId
from ...platform.overlap import beside as run_beside
from ...platform.runtime import Beside, Caller, runtime
from ...platform.store import UnitOfWork, find_many, practice_scope
from ...practices.models import Practice
from ..models import Member
from ..permissions import FOR_MACHINES, permissions_of
from ..standing import ACTIVE
from .models import ApiKey
from .tokens import KeyToken, read_key_token

API_CLIENT = "api_client"
USED_EVERY = timedelta(hours=1)


def authenticate_key(token: str, clock: Clock, beside: Beside | None, *, source: str) -> Caller:
    """The caller of an API key. Unauthenticated, the same for every cause.

    TooManyRequests (429) where the key, or its practice, calls too often.
    """
    now, named = clock.now(), read_key_token(token)
    practice_id = named.practice_id
    keys = [
        ApiKey.key(practice_id, named.key_id),
        Member.key(practice_id, named.creator_id),
        Practice.key(practice_id),
    ]
    extra = list(beside(practice_id, named.key_id)) if beside else []
    with practice_scope(practice_id):
        found = find_many([*keys, *extra], consistent=True)
        key, member, practice = (found.get(each) for each in keys)
        if not isinstance(key, ApiKey) or not named.is_of(key.secret_sha256):
            raise Unauthenticated
        if not isinstance(member, Member) or not isinstance(practice, Practice):
            raise Unauthenticated
        with told_of(Bearer(practice_id, key.id)):
            if not _holds(key, member, named, source=source, now=now):
                raise Unauthenticated
            runtime().rates.api_keys.take(key.id, now)
            runtime().rates.practices.take(practice_id, now)
        used = run_beside(_use, key, now) if _is_unused(key, now) else None
    held = permissions_of(member.roles, practice.composed)
    return Caller(
        tenant=practice.tenant(),
        actor=Actor(UserId(key.id), kind=API_CLIENT),
        permissions=frozenset(key.scopes) & FOR_MACHINES & held,
        beside={each: found.get(each) for each in extra},
        meanwhile=used,
        locations=member.reach,
    )


def _holds(key: ApiKey, member: Member, named: KeyToken, *, source: str, now: datetime) -> bool:
    return (
        key.created_by == named.creator_id
        and key.is_live(now)
        and member.status == ACTIVE
        and (not key.sources or _is_within(source, key.sources))
    )


def _is_within(source: str, networks: Iterable[str]) -> bool:
    try:
        address = ip_address(source)
    except ValueError:
        return False
    return any(address in ip_network(network) for network in networks)


def _is_unused(key: ApiKey, now: datetime) -> bool:
    """Its last use is written at most once an hour."""
    return key.last_used_at is None or now - key.last_used_at > USED_EVERY


def _use(key: ApiKey, now: datetime) -> None:
    work = UnitOfWork()
    work.update(
        ApiKey,
        key.item_key,
        actions=[ApiKey.last_used_at.set(now)],
        condition=ApiKey.revoked_at.does_not_exist(),
        refusal=Unauthenticated(),
    )
    work.commit()
