"""Who sends a request: session, membership and practice in one BatchGet (ADR 0001)."""

from datetime import datetime, timedelta

from ..platform.clock import Clock
from ..platform.context import Actor, Tenant
from ..platform.errors import Bearer, NotFound, Unauthenticated, told_of
from ..platform.ids import PracticeId, UserId
from ..platform.overlap import beside as run_beside
from ..platform.runtime import Beside, Caller, runtime
from ..platform.store import SYSTEM, UnitOfWork, find, find_many, practice_scope
from ..practices.models import Practice
from .machines.authentication import authenticate_key
from .machines.tokens import BEGINS
from .models import Member, Session
from .operators import operator_permissions_of
from .permissions import WITHOUT_FACTOR, permissions_of
from .sessions.limits import demand_open
from .sessions.tokens import read_access_token

SEEN_EVERY = timedelta(minutes=1)
VENDOR = Tenant(PracticeId(SYSTEM), "US", "UTC", "USD", "en-US", "active")
"""The vendor's own tenant, as it is before the first of its people is invited."""


def authenticate(
    token: str, clock: Clock, beside: Beside | None, *, background: bool, source: str
) -> Caller:
    """The caller of a bearer token, a person's or an API key. Unauthenticated, the same for every cause.

    SessionLocked (401) tells the bearer of a good token alone that the session was idle too long.
    TooManyRequests (429), before anything is read, where the practice calls too often.
    """
    if token.startswith(BEGINS):
        return authenticate_key(token, clock, beside, source=source)
    now = clock.now()
    claims = read_access_token(token, now)
    bearer = Bearer(claims.practice_id, claims.user_id, claims.session_id)
    with told_of(bearer):
        runtime().rates.practices.take(claims.practice_id, now)
    keys = [
        Session.key(claims.practice_id, claims.session_id),
        Member.key(claims.practice_id, claims.user_id),
        Practice.key(claims.practice_id),
    ]
    extra = list(beside(claims.practice_id, claims.user_id)) if beside else []
    with practice_scope(claims.practice_id), told_of(bearer):
        found = find_many([*keys, *extra], consistent=True)
        session, member, practice = (found.get(key) for key in keys)
        if not (
            isinstance(session, Session)
            and isinstance(member, Member)
            and isinstance(practice, Practice)
        ):
            raise Unauthenticated
        if session.user_id != claims.user_id:
            raise Unauthenticated
        demand_open(session, member, now)
        touched = run_beside(_touch, session, now) if _is_unseen(session, now, background) else None
    return Caller(
        tenant=practice.tenant(),
        actor=Actor(
            UserId(claims.user_id),
            session_id=claims.session_id,
            mfa_at=session.mfa_at,
            provider_id=session.provider_id,
        ),
        permissions=_permissions(session, member, practice),
        beside={key: found.get(key) for key in extra},
        meanwhile=touched,
        locations=member.reach,
    )


def _permissions(session: Session, member: Member, practice: Practice) -> frozenset[str]:
    """What the roles give; what enrolling takes, where a second factor is wanted and was not given."""
    if practice.require_mfa and not session.mfa_at:
        return WITHOUT_FACTOR
    if practice.id == SYSTEM:
        return WITHOUT_FACTOR | operator_permissions_of(member.roles)
    return permissions_of(member.roles, practice.composed)


def tenant_of(practice_id: str) -> Tenant:
    """The practice an event names, as it is now. NotFound if it is gone.

    The vendor has an audit before the first of its people: whatever nobody's practice is.
    """
    with practice_scope(practice_id):
        practice = find(Practice, Practice.key(practice_id))
    if practice is None and practice_id == SYSTEM:
        return VENDOR
    if practice is None:
        raise NotFound
    return practice.tenant()


def _is_unseen(session: Session, now: datetime, background: bool) -> bool:
    return not background and now - session.seen_at > SEEN_EVERY


def _touch(session: Session, now: datetime) -> None:
    work = UnitOfWork()
    work.update(
        Session,
        session.item_key,
        actions=[Session.seen_at.set(now)],
        condition=Session.ended == False,  # noqa: E712  # a DynamoDB condition
        refusal=Unauthenticated(),
    )
    work.commit()
