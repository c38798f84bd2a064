"""Signing a person out everywhere, in every practice they work in, at one commit."""

from ..platform.context import SystemContext
from ..platform.errors import Unauthenticated
from ..platform.store import Record, find_many
from .accounts import Account
from .models import Member, Session


def stage_sign_out(context: SystemContext, account: Account, *, but: str = "") -> None:
    """Stage the end of all sessions of a user; `but` is the one of this request that goes on.

    The memberships say it, which every request reads: no list of sessions can miss one.
    """
    for workplace in account.workplaces:
        key = Member.key(workplace.practice_id, account.user.id)
        with context.visiting(workplace.practice_id):
            if find_many([key], consistent=True):
                context.work.update(
                    Member,
                    key,
                    actions=[Member.signed_out_at.set(context.now()), Record.version.add(1)],
                    condition=Member.status.exists(),
                    refusal=Unauthenticated(),
                )
    if but:
        context.work.update(
            Session,
            Session.key(context.practice_id, but),
            actions=[Session.spared_at.set(context.now()), Record.version.add(1)],
            condition=Session.ended == False,  # noqa: E712  # a DynamoDB condition
            refusal=Unauthenticated(),
        )
