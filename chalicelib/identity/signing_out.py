"""Signing a person out of every practice they work in."""

from collections.abc import Iterable

from ..platform.context import SystemContext
from ..platform.errors import AlreadyDone, Unauthenticated
from ..platform.store import Record, UnitOfWork
from .models import Member, Session


def sign_out(
    context: SystemContext, user_id: str, practices: Iterable[str], *, but: str = ""
) -> None:
    """End all sessions of a user in these practices; `but` is the one of this request that goes on.

    The memberships say it, which every request reads: no list of sessions can miss one. Each
    practice is a transaction of its own, before the request's: none reaches into many practices
    (ADR 15). Whoever is signed out and then refused has lost nothing but the session.
    """
    for practice_id in practices:
        work = UnitOfWork()
        work.update(
            Member,
            Member.key(practice_id, user_id),
            actions=[Member.signed_out_at.set(context.now()), Record.version.add(1)],
            condition=Member.status.exists(),
            refusal=AlreadyDone(),
        )
        if but and practice_id == context.practice_id:
            work.update(
                Session,
                Session.key(practice_id, but),
                actions=[Session.spared_at.set(context.now()), Record.version.add(1)],
                condition=Session.ended == False,  # noqa: E712  # a DynamoDB condition
                refusal=Unauthenticated(),
            )
        with context.visiting(practice_id):
            try:
                work.commit()
            except AlreadyDone:
                continue
