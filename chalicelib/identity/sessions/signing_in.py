"""Signing in and out; refreshing. A refresh token is good once: its second use ends the session."""

from datetime import timedelta

from ...platform.context import SUSPENDED, Context, SystemContext
from ...platform.errors import DomainError, PracticeSuspended, Unauthenticated
from ...platform.store import Record, UnitOfWork, find, find_many
from ...practices.models import UNVERIFIED, Practice
from ..credentials.ports import Identified
from ..credentials.verifying import PasswordPresented, verify_password, verify_second_step
from ..errors import EmailNotVerified, WrongCredentials
from ..models import Member, Session
from ..standing import ACTIVE
from .limits import demand_going_on, demand_open
from .opening import Granted, Proof, granted, open_session
from .schemas import SecondStep, SignIn
from .second_steps import Asked, ask_second_step, presented_by
from .tokens import is_refresh_token, refresh_hash, successor_of

RETRY_HOLDS = timedelta(minutes=1)


def sign_in(context: SystemContext, body: SignIn) -> Granted | Asked:
    """A session in one practice, or what the second factor has to answer where one is enrolled.

    WrongCredentials (401) with equal work for unknown accounts.
    """
    presented = PasswordPresented(body.email, body.password.get_secret_value())
    return admit(context, verify_password(context, presented), body.practice_id)


def finish_sign_in(context: SystemContext, body: SecondStep) -> Granted | Asked:
    """The second step, or a passkey instead of both. WrongCode (401), one body for every cause."""
    presented = presented_by(body, body.challenge)
    identified, practice_id = verify_second_step(context, presented)
    return admit(context, identified, practice_id or body.practice_id)


def admit(
    context: SystemContext, identified: Identified, practice_id: str | None
) -> Granted | Asked:
    """A session for someone who has shown who they are, by whichever adapter of the port.

    Who has a second factor and has not shown it is asked for it first. Someone who works in several
    practices names one; else the first they joined is taken that is verified and has them as an
    active member. WrongCredentials (401) where none does; PracticeSuspended (403) where only a
    suspended one does.
    """
    if not identified.account.user.email_verified:
        raise EmailNotVerified
    refusal: DomainError = WrongCredentials()
    for workplace in identified.account.workplaces:
        if practice_id in (None, workplace.practice_id):
            try:
                member = admitted(context, workplace.practice_id, identified.user_id)
            except PracticeSuspended as suspended:
                refusal = suspended
                continue
            if member is None:
                continue
            if identified.account.has_factor and not identified.with_factor:
                return ask_second_step(context, identified, practice_id)
            proof = Proof.of(identified, context.now())
            return open_session(context, member, workplace.practice_id, proof)
    raise refusal


def admitted(context: SystemContext, practice_id: str, user_id: str) -> Member | None:
    """The membership of someone who may work there now. PracticeSuspended (403)."""
    with context.entering(practice_id, user_id):
        member_key, practice_key = Member.key(practice_id, user_id), Practice.key(practice_id)
        found = find_many([member_key, practice_key], consistent=True)
    member, practice = found.get(member_key), found.get(practice_key)
    if not isinstance(member, Member) or not isinstance(practice, Practice):
        return None
    if member.status == ACTIVE and practice.status == SUSPENDED:
        raise PracticeSuspended
    return member if is_admitted(practice, member) else None


def is_admitted(practice: Practice, member: Member) -> bool:
    """Whether the practice is open to sign in to, and to this member."""
    return member.status == ACTIVE and practice.status not in {UNVERIFIED, SUSPENDED}


def refresh(context: SystemContext, token: str, *, attempt: str | None) -> Granted:
    """New tokens for an old refresh token. Unauthenticated, and the end of the session, if re-used.

    The same token with the same `attempt` is no re-use: whoever lost the answer gets the same
    successor again for a minute, while it is unused. SessionLocked (401) after an idle time.
    """
    session, member = _of_token(context, token)
    demand_going_on(session, member, context.now())
    successor = successor_of(token, attempt)
    is_current = session.refresh_hash == refresh_hash(token)
    if not is_current and not _is_retried(context, session, successor):
        _end(context, session)
        raise Unauthenticated
    demand_open(session, member, context.now())
    if is_current:
        _stage_successor(context, session, successor)
    return granted(context, session, member, successor)


def going_on(context: SystemContext, token: str) -> tuple[Session, Member]:
    """The session whose current refresh token this is, locked or not.

    Unauthenticated if it is over, and the end of the session if the token was used.
    """
    session, member = _of_token(context, token)
    demand_going_on(session, member, context.now())
    if session.refresh_hash != refresh_hash(token):
        _end(context, session)
        raise Unauthenticated
    return session, member


def _of_token(context: SystemContext, token: str) -> tuple[Session, Member]:
    practice_id, _, rest = token.partition(".")
    session_id = rest.partition(".")[0]
    if not is_refresh_token(token):
        raise Unauthenticated
    with context.entering(practice_id):
        session = find(Session, Session.key(practice_id, session_id), consistent=True)
    if session is None:
        raise Unauthenticated
    with context.entering(practice_id, session.user_id):
        member = find(Member, Member.key(practice_id, session.user_id), consistent=True)
    if member is None:
        raise Unauthenticated
    return session, member


def _stage_successor(context: SystemContext, session: Session, successor: str) -> None:
    """An update, so that an end or a last activity written meanwhile stays; the version rises, so
    that a change under way does not bring the old token back."""
    context.work.update(
        Session,
        session.item_key,
        actions=[
            Session.refresh_hash.set(refresh_hash(successor)),
            Session.refreshed_at.set(context.now()),
            Record.version.add(1),
        ],
        condition=(Session.refresh_hash == session.refresh_hash) & (Session.ended == False),  # noqa: E712
        refusal=Unauthenticated(),
    )


def _is_retried(context: SystemContext, session: Session, successor: str) -> bool:
    at = session.refreshed_at
    unused = session.refresh_hash == refresh_hash(successor)
    return unused and at is not None and context.now() < at + RETRY_HOLDS


def sign_out(context: Context) -> None:
    """End the session of this request."""
    stage_end(context.work, context.practice_id, context.actor.session_id)


def stage_end(work: UnitOfWork, practice_id: str, session_id: str) -> None:
    """Stage the end of a session. Its version rises: a change under way does not bring it back."""
    work.update(
        Session,
        Session.key(practice_id, session_id),
        actions=[Session.ended.set(True), Record.version.add(1)],
        condition=Session.ended == False,  # noqa: E712  # a DynamoDB condition
        refusal=Unauthenticated(),
    )


def _end(context: SystemContext, session: Session) -> None:
    """At once, since the request that finds it out is refused."""
    work = UnitOfWork()
    stage_end(work, session.practice_id, session.id)
    with context.entering(session.practice_id, session.user_id):
        work.commit()
