"""A sole owner who lost every second factor: how they get in again, and nobody else does.

One operator has checked who they are, another approves it, a day goes by in which a mailed link can
stop it, and only then are the factors taken away and a link to a new password mailed.
"""

from ..identity.accounts import Account, read_account
from ..identity.credentials.factors_lost import stage_factors_lost
from ..identity.links import spend_link, stage_link
from ..identity.models import Member
from ..identity.permissions import Role
from ..platform.context import SystemContext
from ..platform.errors import AlreadyExists, NotFound
from ..platform.store import find, get, query_all
from ..practices.models import Practice
from .directory import demand_practice
from .errors import NotSoleOwner, RecoveryNotOpen, SecondPersonNeeded
from .models import APPROVED, CANCELLED, DONE, OPENED, RECOVERY_WAITS, Recovery
from .schemas import RecoveryAsk

PURPOSE = "cancel_recovery"
ACTIVE = "active"


def open_recovery(context: SystemContext, body: RecoveryAsk) -> Recovery:
    """Record that the owner's identity is proved; they are told by mail, with a link that stops it.

    NotFound unless they are an active owner, NotSoleOwner (409) if there is another one,
    AlreadyExists (409) while one is under way.
    """
    demand_practice(body.practice_id)
    _demand_sole_owner(context, body.practice_id, body.user_id)
    key = Recovery.key(body.user_id)
    recovery = find(Recovery, key, consistent=True)
    if recovery is not None and recovery.status not in (DONE, CANCELLED):
        raise AlreadyExists
    begun = Recovery(
        *key,
        practice_id=body.practice_id,
        evidence=body.evidence,
        opened_by=context.actor.id,
        opened_at=context.now(),
    )
    if recovery is None:
        context.work.create(begun)
    else:
        begun.version = recovery.version
        context.work.save(begun)
    stage_link(context, body.practice_id, body.user_id, purpose=PURPOSE)
    return begun


def approve_recovery(context: SystemContext, user_id: str) -> Recovery:
    """A second operator agrees; the day begins. SecondPersonNeeded, RecoveryNotOpen (409)."""
    recovery = _recovery(context, user_id, OPENED)
    if context.actor.id in (recovery.opened_by, user_id):
        raise SecondPersonNeeded
    recovery.status = APPROVED
    recovery.approved_by, recovery.approved_at = context.actor.id, context.now()
    context.work.save(recovery)
    return recovery


def complete_recovery(context: SystemContext, user_id: str) -> Recovery:
    """Take the factors and the password away and mail a link to a new one. RecoveryNotOpen (409)."""
    recovery = _recovery(context, user_id, APPROVED)
    if context.now() < recovery.approved_at + RECOVERY_WAITS:
        raise RecoveryNotOpen
    account = _account(context, user_id)
    recovery.status = DONE
    context.work.save(recovery)
    stage_factors_lost(context, account, practice_id=recovery.practice_id)
    return recovery


def cancel_recovery(context: SystemContext, token: str) -> Recovery:
    """By the mailed link: it was not the owner who asked. LinkSpent (422), RecoveryNotOpen (409)."""
    link = spend_link(context, token, purpose=PURPOSE)
    recovery = find(Recovery, Recovery.key(link.user_id), consistent=True)
    if recovery is None or recovery.status in (DONE, CANCELLED):
        raise RecoveryNotOpen
    with context.entering(recovery.practice_id, link.user_id):
        recovery.status = CANCELLED
        context.work.save(recovery)
    return recovery


def list_recoveries() -> list[Recovery]:
    """The last of each owner."""
    return list(query_all(Recovery.key("usr").pk))


def _recovery(context: SystemContext, user_id: str, status: str) -> Recovery:
    recovery = get(Recovery, Recovery.key(user_id), consistent=True)
    if recovery.status != status:
        raise RecoveryNotOpen
    with context.entering(recovery.practice_id, context.actor.id):
        return recovery


def _account(context: SystemContext, user_id: str) -> Account:
    account = read_account(context, user_id)
    if account is None:
        raise NotFound
    return account


def _demand_sole_owner(context: SystemContext, practice_id: str, user_id: str) -> None:
    with context.entering(practice_id, context.actor.id):
        partition = Practice.key(practice_id).pk
        members = list(query_all(partition, begins="member#", consistent=True))
    owners = {
        member.user_id
        for member in members
        if isinstance(member, Member) and member.status == ACTIVE and Role.OWNER in member.roles
    }
    if user_id not in owners:
        raise NotFound
    if len(owners) > 1:
        raise NotSoleOwner
