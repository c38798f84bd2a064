"""Who of the members may do something: for naming an assignee, a team member, a reader."""

from collections.abc import Iterable

from ...platform.context import Context
from ...platform.store import find_many
from ...practices.models import Practice
from ..models import Member
from ..permissions import Permission, permissions_of

ACTIVE = "active"


def holders_of(context: Context, permission: Permission, user_ids: Iterable[str]) -> set[str]:
    """Those of these users who are active members and have the permission. One BatchGet a hundred."""
    practice_key = Practice.key(context.practice_id)
    keys = [Member.key(context.practice_id, user_id) for user_id in user_ids]
    found = find_many([practice_key, *keys], consistent=True)
    practice = found.pop(practice_key)
    composed = practice.composed if isinstance(practice, Practice) else {}
    return {
        member.user_id
        for member in found.values()
        if isinstance(member, Member)
        and member.status == ACTIVE
        and permission in permissions_of(member.roles, composed)
    }
