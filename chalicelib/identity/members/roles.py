"""The roles of a practice: the built-in ones, and those it composes itself.

They lie on the practice's own record, which every request reads: a change holds at the next call.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...platform.context import Context
from ...platform.errors import FieldError, Invalid, NotFound
from ...platform.store import get, query_all
from ...practices.models import ComposedRole, Practice
from ..errors import NotYoursToGive, RoleInUse, RoleNameTaken, TooManyRoles
from ..permissions import COMPOSABLE, EVERYBODYS, PERMISSIONS_OF, Permission, Role
from ..standing import LEFT, WITHDRAWN
from .giving import Giver, giver_of
from .schemas import RoleBody

MOST_ROLES = 20


@dataclass(frozen=True, slots=True)
class KnownRole:
    """A role that members may have."""

    id: str
    version: int
    name: str
    permissions: tuple[str, ...]
    built_in: bool


def list_roles(context: Context) -> list[KnownRole]:
    """The built-in ones, then the practice's own in the order they were made."""
    practice = get(Practice, Practice.key(context.practice_id))
    built_in = [
        KnownRole(role, 1, role.replace("_", " ").title(), tuple(sorted(permissions)), True)
        for role, permissions in PERMISSIONS_OF.items()
    ]
    return built_in + [_known(role) for role in practice.composed_roles or ()]


def compose_role(context: Context, body: RoleBody) -> KnownRole:
    """Make a role. NotYoursToGive (403) for a permission that the caller, no owner, does not have.

    Invalid names a permission no role of a practice's own may hold; RoleNameTaken, TooManyRoles (409).
    """
    giver = giver_of(context)
    own = giver.practice.composed_roles or ()
    if len(own) >= MOST_ROLES:
        raise TooManyRoles
    made = ComposedRole(context.new_id("rol"), body.name, _composed(giver, body.permissions))
    _keep(context, giver.practice, own, made)
    return _known(made)


def change_role(context: Context, role_id: str, body: RoleBody) -> KnownRole:
    """Replace a role's name and permissions; errors as `compose_role`'s.

    What it loses has to be the caller's to give as well, and nobody changes a role they hold.
    """
    giver = giver_of(context)
    role = context.matching(_own(giver.practice, role_id))
    _demand_hands_on(giver, role)
    permissions = _composed(giver, body.permissions)
    changed = replace(role, name=body.name, permissions=permissions, version=role.version + 1)
    others = tuple(each for each in giver.practice.composed_roles or () if each.id != role_id)
    _keep(context, giver.practice, others, changed)
    return _known(changed)


def drop_role(context: Context, role_id: str) -> None:
    """Delete a role. RoleInUse (409) says how many members hold it."""
    giver = giver_of(context)
    practice = giver.practice
    role = context.matching(_own(practice, role_id))
    _demand_hands_on(giver, role)
    members = query_all(practice.pk, begins="member#", consistent=True)
    holders = sum(
        role_id in each.roles and each.status not in (LEFT, WITHDRAWN) for each in members
    )
    if holders:
        raise RoleInUse(f"{holders} member{'s hold' if holders > 1 else ' holds'} this role")
    practice.composed_roles = tuple(
        each for each in practice.composed_roles or () if each.id != role_id
    )
    context.work.save(practice)


def _composed(giver: Giver, permissions: Sequence[Permission]) -> tuple[str, ...]:
    """The permissions of a role, each one that may be in it and is the giver's to give."""
    wrong = tuple(
        FieldError(f"permissions.{at}", "not_composable", "Only built-in roles have this")
        for at, permission in enumerate(permissions)
        if permission not in COMPOSABLE
    )
    if wrong:
        raise Invalid("A permission cannot be in this role", errors=wrong)
    if not giver.is_owner and not giver.permissions >= set(permissions):
        raise NotYoursToGive
    return tuple(sorted({permission.value for permission in permissions}))


def _demand_hands_on(giver: Giver, role: ComposedRole) -> None:
    """NotYoursToGive: a role one holds, or one with more than one has oneself."""
    if role.id in giver.member.roles or not giver.may_give(role.id):
        raise NotYoursToGive


def _keep(
    context: Context, practice: Practice, others: tuple[ComposedRole, ...], role: ComposedRole
) -> None:
    taken = {each.name.casefold() for each in others} | set(Role)
    if role.name.casefold().replace(" ", "_") in taken or role.name.casefold() in taken:
        raise RoleNameTaken
    practice.composed_roles = tuple(sorted((*others, role), key=lambda each: each.id))
    context.work.save(practice)


def _own(practice: Practice, role_id: str) -> ComposedRole:
    own: dict[str, ComposedRole] = {role.id: role for role in practice.composed_roles or ()}
    if role_id not in own:
        raise NotFound
    return own[role_id]


def _known(role: ComposedRole) -> KnownRole:
    permissions = tuple(sorted({*role.permissions, *EVERYBODYS}))
    return KnownRole(role.id, role.version, role.name, permissions, False)
