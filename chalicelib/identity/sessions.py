"""Signing in and out; refreshing. A refresh token is good once: its second use ends the session."""

from datetime import timedelta
from typing import NamedTuple

from ..platform.context import Context, SystemContext
from ..platform.errors import Unauthenticated
from ..platform.store import find, find_many, get, query
from ..practices.models import UNVERIFIED, Practice
from .authentication import IDLE
from .errors import EmailNotVerified, WrongCredentials
from .models import ACTIVE, EmailClaim, Member, Session, User, Workplace
from .passwords import holds
from .schemas import SignIn
from .tokens import (
    AccessClaims,
    is_refresh_token,
    issue_access_token,
    new_refresh_token,
    refresh_hash,
)

TOTAL = timedelta(hours=12)


class Granted(NamedTuple):
    """A session with the tokens that only its owner sees."""

    session: Session
    access_token: str
    refresh_token: str


def sign_in(context: SystemContext, body: SignIn) -> Granted:
    """A session in one practice. WrongCredentials (401) with equal work for unknown accounts.

    Someone who works in several practices names one; else the first they joined is taken that is
    verified and has them as an active member.
    """
    claim = find(EmailClaim, EmailClaim.key(body.email))
    known = query(User.key(claim.user_id).pk).records if claim else []
    user = next((record for record in known if isinstance(record, User)), None)
    if not holds(user.password_hash if user else None, body.password.get_secret_value()):
        raise WrongCredentials
    if user is None:
        raise WrongCredentials
    if not user.email_verified:
        raise EmailNotVerified
    workplaces = [record for record in known if isinstance(record, Workplace)]
    for workplace in sorted(workplaces, key=lambda each: (each.joined_at, each.practice_id)):
        if body.practice_id in (None, workplace.practice_id) and _is_admitted(
            context, workplace.practice_id, user.id
        ):
            return _start(context, workplace.practice_id, user.id)
    raise WrongCredentials


def _is_admitted(context: SystemContext, practice_id: str, user_id: str) -> bool:
    with context.entering(practice_id, user_id):
        member_key, practice_key = Member.key(practice_id, user_id), Practice.key(practice_id)
        found = find_many([member_key, practice_key], consistent=True)
    member, practice = found.get(member_key), found.get(practice_key)
    return (
        isinstance(member, Member)
        and member.status == ACTIVE
        and isinstance(practice, Practice)
        and practice.status != UNVERIFIED
    )


def _start(context: SystemContext, practice_id: str, user_id: str) -> Granted:
    session_id = context.new_id("ses")
    now = context.now()
    refresh_token = new_refresh_token(practice_id, session_id)
    session = Session(
        *Session.key(practice_id, session_id),
        user_id=user_id,
        refresh_hash=refresh_hash(refresh_token),
        started_at=now,
        seen_at=now,
        ends_at=now + TOTAL,
        ended=False,
        expires_at=int((now + TOTAL).timestamp()),
    )
    context.work.create(session)
    return _granted(context, session, refresh_token)


def refresh(context: SystemContext, token: str) -> Granted:
    """New tokens for an old refresh token. Unauthenticated, and the end of the session, if re-used."""
    practice_id, _, rest = token.partition(".")
    session_id = rest.partition(".")[0]
    if not is_refresh_token(token):
        raise Unauthenticated
    with context.entering(practice_id):
        session = find(Session, Session.key(practice_id, session_id), consistent=True)
        if session is None or session.ended or session.ends_at <= context.now():
            raise Unauthenticated
        if session.refresh_hash != refresh_hash(token):
            _end(session)
            raise Unauthenticated
        if session.seen_at + IDLE <= context.now():
            raise Unauthenticated
        with context.entering(practice_id, session.user_id):
            refreshed = new_refresh_token(practice_id, session_id)
    session.refresh_hash = refresh_hash(refreshed)
    context.work.save(session, refusal=Unauthenticated())
    return _granted(context, session, refreshed)


def sign_out(context: Context) -> None:
    """End the session of this request."""
    session = get(Session, Session.key(context.practice_id, context.actor.session_id))
    session.ended = True
    context.work.save(session)


def _end(session: Session) -> None:
    from ..platform.store import UnitOfWork

    session.ended = True
    work = UnitOfWork()
    work.save(session, refusal=Unauthenticated())
    work.commit()


def _granted(context: Context, session: Session, refresh_token: str) -> Granted:
    claims = AccessClaims(session.user_id, session.practice_id, session.id)
    return Granted(session, issue_access_token(claims, context.now()), refresh_token)
