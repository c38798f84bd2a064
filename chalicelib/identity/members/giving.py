"""Who may give which roles, and what the practice's record has to say when they do.

An owner gives everything. A manager gives every built-in role but an owner's (DOMAIN.md, Roles).
Whoever else looks after members gives what they have themselves. Nobody changes their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ...platform.context import Context
from ...platform.errors import DomainError, FieldError, Invalid, NotFound, Stale
from ...platform.store import find_many, get, query_all
from ...practices.models import Practice
from ..errors import LastOwner, NotYoursToGive
from ..models import Member
from ..permissions import NOT_FOR_MANAGERS, PERMISSIONS_OF, Role, permissions_of
from ..standing import ACTIVE


@dataclass(frozen=True, slots=True)
class Giver:
    """Who acts on a member, and the practice whose roles they give."""

    member: Member
    practice: Practice

    @property
    def is_owner(self) -> bool:
        return Role.OWNER in self.member.roles

    @property
    def permissions(self) -> frozenset[str]:
        return permissions_of(self.member.roles, self.practice.composed)

    def may_give(self, role: str) -> bool:
        if self.is_owner:
            return True
        if role in NOT_FOR_MANAGERS:
            return False
        if role in PERMISSIONS_OF and Role.MANAGER in self.member.roles:
            return True
        return permissions_of([role], self.practice.composed) <= self.permissions

    def demand_giving(self, roles: Iterable[str]) -> None:
        """NotYoursToGive (403) if one of `roles` is not."""
        if not all(self.may_give(role) for role in roles):
            raise NotYoursToGive


def giver_of(context: Context) -> Giver:
    """Whoever sends this request, as they are now. One BatchGet."""
    keys = Member.key(context.practice_id, context.actor.id), Practice.key(context.practice_id)
    found = find_many(keys, consistent=True)
    member, practice = (found.get(key) for key in keys)
    if not isinstance(member, Member) or not isinstance(practice, Practice):
        raise NotFound
    return Giver(member, practice)


def refuse_unknown(practice: Practice, roles: Iterable[str]) -> None:
    """Invalid, naming each that is neither built-in nor one of the practice's own."""
    wrong = tuple(
        FieldError(f"roles.{at}", "not_found", "No such role")
        for at, role in enumerate(roles)
        if role not in PERMISSIONS_OF and role not in practice.composed
    )
    if wrong:
        raise Invalid("A role is not there", errors=wrong)


def is_active_owner(member: Member) -> bool:
    return member.status == ACTIVE and Role.OWNER in member.roles


def stage_standing(
    context: Context, practice: Practice, member: Member, *, was_owner: bool, gives: bool = False
) -> None:
    """After `member` has changed: stage what that means for the practice's record.

    Its owners are kept there, so that of two who take each other's role at once one is refused:
    LastOwner (409). Who is given (`gives`) a role that the practice composed holds it at the
    version read: it cannot be deleted at that moment.
    """
    is_owner = is_active_owner(member)
    composed = gives and not member.roles <= PERMISSIONS_OF.keys()
    if is_owner == was_owner and not composed:
        return
    if not practice.owners and is_owner != was_owner:
        _state_owners(context, practice, member)
        return
    condition = Practice.version == practice.version if composed else Practice.kind.exists()
    joins, goes = is_owner and not was_owner, was_owner and not is_owner
    if goes:
        condition = condition & Practice.keeps_an_owner_without(member.user_id)
    own = {member.user_id}
    context.work.update(
        Practice,
        practice.item_key,
        actions=Practice.next_version(joining=own if joins else None, going=own if goes else None),
        condition=condition,
        refusal=lambda: _why(practice, member.user_id),
    )


def _state_owners(context: Context, practice: Practice, member: Member) -> None:
    """The first change of owners since practices state them: they are counted once."""
    others = query_all(practice.pk, begins="member#", consistent=True)
    owners = {each.user_id for each in others if is_active_owner(each)} - {member.user_id}
    if is_active_owner(member):
        owners.add(member.user_id)
    if not owners:
        raise LastOwner
    context.work.update(
        Practice,
        practice.item_key,
        actions=Practice.next_version(owners=owners),
        condition=Practice.version == practice.version,
        refusal=Stale(),
    )


def _why(practice: Practice, user_id: str) -> DomainError:
    now = get(Practice, practice.item_key, consistent=True)
    return LastOwner() if now.owners == {user_id} else Stale()
