"""Signing in and out; refreshing. A refresh token is good once: its second use ends the session."""

from datetime import timedelta
from typing import NamedTuple

from ..platform.context import Context, SystemContext
from ..platform.errors import Unauthenticated
from ..platform.store import find, find_many, get
from ..practices.models import UNVERIFIED, Practice
from .authentication import IDLE
from .errors import EmailNotVerified, WrongCredentials
from .models import ACTIVE, Member, Session
from .ports import Identified
from .schemas import SignIn
from .tokens import (
    AccessClaims,
    is_refresh_token,
    issue_access_token,
    new_refresh_token,
    refresh_hash,
)
from .verifying import PasswordPresented, verify_password

TOTAL = timedelta(hours=12)


class Granted(NamedTuple):
    """A session with the tokens that only its owner sees."""

    session: Session
    access_token: str
    refresh_token: str


def sign_in(context: SystemContext, body: SignIn) -> Granted:
    """A session in one practice. WrongCredentials (401) with equal work for unknown accounts."""
    presented = PasswordPresented(body.email, body.password.get_secret_value())
    return admit(context, verify_password(context, presented), body.practice_id)


def admit(context: SystemContext, identified: Identified, practice_id: str | None) -> Granted:
    """A session for someone who has shown who they are, by whichever adapter of the port.

    Someone who works in several practices names one; else the first they joined is taken that is
    verified and has them as an active member. WrongCredentials (401) where none does.
    """
    if not identified.account.user.email_verified:
        raise EmailNotVerified
    for workplace in identified.account.workplaces:
        if practice_id in (None, workplace.practice_id) and _is_admitted(
            context, workplace.practice_id, identified.user_id
        ):
            return _start(context, workplace.practice_id, identified)
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


def _start(context: SystemContext, practice_id: str, identified: Identified) -> Granted:
    session_id = context.new_id("ses")
    now = context.now()
    refresh_token = new_refresh_token(practice_id, session_id)
    session = Session(
        *Session.key(practice_id, session_id),
        user_id=identified.user_id,
        refresh_hash=refresh_hash(refresh_token),
        started_at=now,
        seen_at=now,
        ends_at=now + TOTAL,
        mfa_at=now if identified.with_factor else None,
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
