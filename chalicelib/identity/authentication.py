"""Who sends a request: session, membership and practice in one BatchGet (ADR 0001)."""

from datetime import timedelta

from ..platform.clock import Clock
from ..platform.context import Actor, Tenant
from ..platform.errors import NotFound, Unauthenticated
from ..platform.ids import UserId
from ..platform.overlap import beside as run_beside
from ..platform.runtime import Beside, Caller, runtime
from ..platform.store import UnitOfWork, find, find_many, practice_scope
from ..practices.models import Practice
from .models import ACTIVE, Member, Session
from .permissions import permissions_of
from .tokens import read_access_token

IDLE = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)


def authenticate(token: str, clock: Clock, beside: Beside | None) -> Caller:
    """The caller of a bearer token. Unauthenticated, the same for every cause.

    TooManyRequests (429), before anything is read, where the practice calls too often.
    """
    now = clock.now()
    claims = read_access_token(token, now)
    runtime().rates.practices.take(claims.practice_id, now)
    keys = [
        Session.key(claims.practice_id, claims.session_id),
        Member.key(claims.practice_id, claims.user_id),
        Practice.key(claims.practice_id),
    ]
    extra = [beside(claims.practice_id, claims.user_id)] if beside else []
    with practice_scope(claims.practice_id):
        found = find_many([*keys, *extra], consistent=True)
        session, member, practice = (found.get(key) for key in keys)
        if not (
            isinstance(session, Session)
            and isinstance(member, Member)
            and isinstance(practice, Practice)
        ):
            raise Unauthenticated
        if session.ended or session.ends_at <= now or session.seen_at + IDLE <= now:
            raise Unauthenticated
        if member.status != ACTIVE or session.user_id != claims.user_id:
            raise Unauthenticated
        unseen = now - session.seen_at > SEEN_EVERY
        touched = run_beside(_touch, session, clock) if unseen else None
    return Caller(
        tenant=practice.tenant(),
        actor=Actor(UserId(claims.user_id), session_id=claims.session_id, mfa_at=session.mfa_at),
        permissions=permissions_of(member.roles, practice.composed),
        beside=found.get(extra[0]) if extra else None,
        meanwhile=touched,
    )


def tenant_of(practice_id: str) -> Tenant:
    """The practice an event names, as it is now. NotFound if it is gone."""
    with practice_scope(practice_id):
        practice = find(Practice, Practice.key(practice_id))
    if practice is None:
        raise NotFound
    return practice.tenant()


def _touch(session: Session, clock: Clock) -> None:
    work = UnitOfWork()
    work.update(
        Session,
        session.item_key,
        actions=[Session.seen_at.set(clock.now())],
        condition=Session.ended == False,  # noqa: E712  # a DynamoDB condition
        refusal=Unauthenticated(),
    )
    work.commit()
