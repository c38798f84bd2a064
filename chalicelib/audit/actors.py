"""Who an entry's actor is: a member, an API key with whoever made it, or the system at work."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..identity.machines.models import ApiKey
from ..identity.models import Member
from ..identity.permissions import Role
from ..platform.audit import AuditEntry
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.store import find, find_many, get, query

PERSON, MACHINE = "usr_", "key_"


@dataclass(frozen=True, slots=True)
class Known:
    """`name` and `role` of an actor; of an API key also who made it."""

    name: str
    role: str
    made_by: str | None = None


def demand_actor(context: Context, actor_id: str, months: Iterable[str]) -> None:
    """NotFound for whoever is no member of the practice and no key of it, past or present.

    Keys do not move with a practice, their entries do: one that has some in these months is known.
    """
    if actor_id.startswith(PERSON):
        get(Member, Member.key(context.practice_id, actor_id))
    elif not actor_id.startswith(MACHINE) or not (
        find(ApiKey, ApiKey.key(context.practice_id, actor_id))
        or any(_has_entries(context, actor_id, month) for month in months)
    ):
        raise NotFound


def known_of(context: Context, actor_ids: Iterable[str]) -> dict[str, Known]:
    """One BatchGet a hundred actors; another for those who made the keys among them, if any is."""
    asked = sorted(set(actor_ids))
    people = _members(context, [each for each in asked if not each.startswith(MACHINE)])
    keys = _keys(context, [each for each in asked if each.startswith(MACHINE)])
    makers = _members(context, {each.created_by for each in keys} - people.keys()) | people
    known = {each: Known(who.name, _roles(who)) for each, who in people.items()}
    for key in keys:
        maker = makers.get(key.created_by)
        role = f"API client, made by {_roles(maker)}" if maker else "API client"
        known[key.id] = Known(key.name, role, maker.name if maker else key.created_by)
    return known


def _has_entries(context: Context, actor_id: str, month: str) -> bool:
    partition = AuditEntry.key(context.practice_id, actor_id, month, "aud").pk
    return bool(query(partition, limit=1).records)


def _members(context: Context, user_ids: Iterable[str]) -> dict[str, Member]:
    found = find_many(Member.key(context.practice_id, each) for each in sorted(user_ids))
    return {each.user_id: each for each in found.values() if isinstance(each, Member)}


def _keys(context: Context, key_ids: Iterable[str]) -> list[ApiKey]:
    found = find_many(ApiKey.key(context.practice_id, each) for each in key_ids)
    return [each for each in found.values() if isinstance(each, ApiKey)]


def _roles(member: Member) -> str:
    """Built-in roles by name; one that the practice composed is `staff`."""
    known = {str(role) for role in Role}
    named = {role.replace("_", " ") if role in known else "staff" for role in member.roles}
    return ", ".join(sorted(named))
