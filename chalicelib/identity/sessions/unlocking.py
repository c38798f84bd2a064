"""A second factor beside a session: stepping up, and resuming one that was locked by idleness."""

from typing import Any

from ...platform.context import SystemContext
from ...platform.errors import Unauthenticated
from ...platform.store import Record
from ..accounts import PASSKEY, Account, read_account
from ..credentials.factors import account_of_caller, stage_factor_given
from ..credentials.ports import PASSWORD, SEVERAL
from ..credentials.verifying import demand_password, demand_password_and_code, verify_factor
from ..errors import WrongCredentials
from ..models import Session
from .opening import Granted, granted
from .schemas import StepUp, Unlock
from .second_steps import presented_by
from .signing_in import going_on
from .tokens import new_refresh_token, refresh_hash


def step_up(context: SystemContext, body: StepUp) -> None:
    """A second factor in this session, now: it holds for five minutes. WrongCode (401)."""
    presented = presented_by(body, body.challenge)
    stage_factor_given(context, verify_factor(context, account_of_caller(context), presented))


def unlock(context: SystemContext, body: Unlock) -> Granted:
    """Resume the session that this refresh token is of, idle or not: same id, new tokens.

    By a passkey; else by the password and, where a factor is enrolled, a code. Unauthenticated (401)
    for a session that is over, and its end for a token that was used; WrongCredentials, WrongCode.
    """
    session, member = going_on(context, body.refresh_token)
    account = read_account(context, session.user_id)
    if account is None:
        raise Unauthenticated
    amr = _shown(context, account, body)
    refreshed = new_refresh_token(session.practice_id, session.id)
    with context.entering(session.practice_id, session.user_id):
        _stage_resumption(context, session, amr, refreshed)
    return granted(context, session, member, refreshed)


def _shown(context: SystemContext, account: Account, body: Unlock) -> tuple[str, ...]:
    password = body.password.get_secret_value() if body.password else ""
    if body.factor is not None and account.has_factor:
        presented = presented_by(body.factor, body.factor.challenge)
        if presented.method == PASSKEY:
            return verify_factor(context, account, presented)
        return demand_password_and_code(context, account, password, presented)
    demand_password(context, account, password)
    if account.has_factor:
        raise WrongCredentials
    return (PASSWORD,)


def _stage_resumption(
    context: SystemContext, session: Session, amr: tuple[str, ...], refreshed: str
) -> None:
    """Of two at once one holds; an end written meanwhile stays."""
    before, now = session.refresh_hash, context.now()
    session.seen_at = session.refreshed_at = now
    session.refresh_hash = refresh_hash(refreshed)
    session.amr = set(session.amr or ()) | set(amr)
    actions: list[Any] = [
        Session.seen_at.set(now),
        Session.refreshed_at.set(now),
        Session.refresh_hash.set(session.refresh_hash),
        Session.amr.set(session.amr),
        Record.version.add(1),
    ]
    if SEVERAL in amr:
        session.mfa_at = now
        actions.append(Session.mfa_at.set(now))
    context.work.update(
        Session,
        session.item_key,
        actions=actions,
        condition=(Session.refresh_hash == before) & (Session.ended == False),  # noqa: E712
        refusal=Unauthenticated(),
    )
