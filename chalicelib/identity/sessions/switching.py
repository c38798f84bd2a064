"""The practices a person works in, and a session in another of them without signing in again."""

from typing import NamedTuple

from ...platform.context import SystemContext
from ...platform.errors import NotFound, StepUpRequired
from ...platform.store import find_many
from ...practices.models import Practice
from ..accounts import read_account
from ..models import Member
from .my_sessions import own_session
from .opening import Granted, Proof, open_session
from .signing_in import is_admitted


class MyPractice(NamedTuple):
    """A practice that the caller may work in now."""

    practice: Practice
    member: Member


def list_my_practices(context: SystemContext) -> list[MyPractice]:
    """Where the caller is an active member, in the order in which they joined."""
    mine = _workplaces(context)
    with context.visiting(*mine):
        return _admitting(context, mine)


def switch_practice(context: SystemContext, practice_id: str) -> Granted:
    """A session in another practice, proved as this one was; its total time does not begin anew.

    NotFound for a practice the caller does not work in. OwnSignInRequired (403) where this session is
    good for its practice alone. StepUpRequired (403) where the other wants a second factor and none was given.
    """
    own = own_session(context)
    if practice_id not in _workplaces(context):
        raise NotFound
    if practice_id != context.practice_id:
        context.demand_own_credentials()
    with context.entering(practice_id, context.actor.id):
        found = _admitting(context, [practice_id])
    if not found:
        raise NotFound
    ((practice, member),) = found
    if practice.require_mfa and own.mfa_at is None:
        raise StepUpRequired
    proof = Proof(frozenset(own.amr or ()), own.signed_in_at or own.started_at, own.mfa_at)
    return open_session(context, member, practice_id, proof)


def _workplaces(context: SystemContext) -> list[str]:
    account = read_account(context, context.actor.id)
    return account.practices if account else []


def _admitting(context: SystemContext, practices: list[str]) -> list[MyPractice]:
    keys = [(Practice.key(each), Member.key(each, context.actor.id)) for each in practices]
    found = find_many([key for pair in keys for key in pair], consistent=True)
    both = [(found.get(practice), found.get(member)) for practice, member in keys]
    return [
        MyPractice(practice, member)
        for practice, member in both
        if isinstance(practice, Practice)
        and isinstance(member, Member)
        and is_admitted(practice, member)
    ]
