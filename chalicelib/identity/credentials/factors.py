"""Second factors of one's own: enrolling an app or a passkey, recovery codes, taking one away."""

from typing import Any, NamedTuple

from ...platform.context import SystemContext
from ...platform.errors import NotFound, Unauthenticated
from ...platform.store import Record, get
from ...practices.models import Practice
from ..accounts import PASSKEY, Account, read_account
from ..errors import FactorNeeded, LongerPasswordFirst, PasskeyRefused, TooManyPasskeys, WrongCode
from ..models import Session
from ..notices import FACTOR_ADDED, FACTOR_REMOVED, stage_notice
from .challenges import (
    ENROL_PASSKEY,
    ENROL_TOTP,
    open_challenge,
    stage_challenge,
    stage_spending,
    token_of,
)
from .factor_codes import opened_secret, sealed_secret, stage_recovery_codes
from .models import Challenge, Passkey, RecoveryCodes, Totp
from .one_time_codes import new_secret, step_of, uri_of
from .passkeys import creation_options, new_passkey
from .ports import KEY, ONE_TIME_CODE, SEVERAL, VERIFIED_USER
from .schemas import BeginFactor, PasskeyBody, TotpBody
from .verifying import demand_password

MOST_PASSKEYS = 10


class Own(NamedTuple):
    """The caller's account, and whether their practice wants a second factor."""

    account: Account
    required: bool


class Begun(NamedTuple):
    """What an app or a browser needs to enrol, and the challenge that its answer names."""

    challenge: str
    secret: str | None = None
    uri: str | None = None
    public_key: dict[str, Any] | None = None


def list_factors(context: SystemContext) -> Own:
    practice = get(Practice, Practice.key(context.practice_id))
    return Own(own_account(context), practice.require_mfa)


def begin_factor(context: SystemContext, body: BeginFactor) -> Begun:
    """Begin to enrol an app or a passkey: a challenge that holds for five minutes.

    Wants a step-up of who has a factor, and the password of who has none: WrongCredentials (401),
    also for who has no password and signs in by a provider, which is not theirs; a reset sets one.
    """
    account = own_account(context)
    if account.has_factor:
        context.demand_step_up()
    else:
        demand_password(context, account, body.password.get_secret_value() if body.password else "")
    if body.method == PASSKEY:
        return _begun_passkey(context, account)
    secret = new_secret()
    sealed = sealed_secret(context, account.user.id, secret)
    challenge = stage_challenge(context, ENROL_TOTP, user_id=account.user.id, sealed=sealed)
    uri = uri_of(secret, account=account.user.email)
    return Begun(token_of(challenge), secret, uri)


def add_totp(context: SystemContext, body: TotpBody) -> list[str]:
    """Enrol the app that shows this code, in place of another; recovery codes for who had no factor.

    WrongCode (401) for a wrong code and a challenge that is over.
    """
    account, challenge = _answered(context, body.challenge, ENROL_TOTP)
    secret = opened_secret(context, account.user.id, challenge.sealed or "")
    step = step_of(secret, body.code, context.now(), after=0)
    if step is None:
        raise WrongCode
    stored = account.totp or Totp(*Totp.key(account.user.id), added_at=context.now())
    stored.sealed, stored.last_step = challenge.sealed, step
    if account.totp is None:
        context.work.create(stored)
    else:
        context.work.save(stored)
    return _stage_added(context, account, (ONE_TIME_CODE, SEVERAL))


def add_passkey(context: SystemContext, body: PasskeyBody) -> list[str]:
    """Enrol a passkey; recovery codes for who had no factor. PasskeyRefused (422), WrongCode (401)."""
    account, challenge = _answered(context, body.challenge, ENROL_PASSKEY)
    _demand_room(account)
    passkey = new_passkey(context, account, challenge, name=body.name, credential=body.credential)
    if any(each.credential_id == passkey.credential_id for each in account.passkeys):
        raise PasskeyRefused
    context.work.create(passkey)
    return _stage_added(context, account, (KEY, VERIFIED_USER, SEVERAL))


def remove_totp(context: SystemContext) -> None:
    """Take the app away. FactorNeeded, LongerPasswordFirst (409) if it is the last factor."""
    account = own_account(context)
    if account.totp is None:
        raise NotFound
    _stage_removed(context, account, account.totp)


def remove_passkey(context: SystemContext, passkey_id: str) -> None:
    """Take a passkey away. FactorNeeded, LongerPasswordFirst (409) if it is the last factor."""
    account = own_account(context)
    passkey = next((each for each in account.passkeys if each.id == passkey_id), None)
    if passkey is None:
        raise NotFound
    _stage_removed(context, account, passkey)


def renew_recovery_codes(context: SystemContext) -> list[str]:
    """Ten new codes; those before are void. NotFound for who has no second factor."""
    account = own_account(context)
    if not account.has_factor:
        raise NotFound
    return stage_recovery_codes(context, account)


def account_of_caller(context: SystemContext) -> Account:
    """As `own_account`, to be held against what is presented and not changed: in any session."""
    account = read_account(context, context.actor.id)
    if account is None:
        raise Unauthenticated
    return account


def own_account(context: SystemContext) -> Account:
    """The caller's account, with what they sign in with everywhere.

    OwnSignInRequired (403) in a session that a practice's identity provider opened.
    """
    context.demand_own_credentials()
    return account_of_caller(context)


def stage_factor_given(context: SystemContext, amr: tuple[str, ...]) -> None:
    """Stage that a second factor was given in this session, now. An ended session stays ended."""
    context.work.update(
        Session,
        Session.key(context.practice_id, context.actor.session_id),
        actions=[
            Session.mfa_at.set(context.now()),
            Session.amr.add(set(amr)),
            Record.version.add(1),
        ],
        condition=Session.ended == False,  # noqa: E712  # a DynamoDB condition
        refusal=Unauthenticated(),
    )


def _begun_passkey(context: SystemContext, account: Account) -> Begun:
    _demand_room(account)
    challenge = stage_challenge(context, ENROL_PASSKEY, user_id=account.user.id)
    options = creation_options(context, account, challenge)
    return Begun(token_of(challenge), public_key=options)


def _demand_room(account: Account) -> None:
    if len(account.passkeys) >= MOST_PASSKEYS:
        raise TooManyPasskeys


def _answered(context: SystemContext, token: str, purpose: str) -> tuple[Account, Challenge]:
    """The caller's account and their own challenge, spent."""
    challenge = open_challenge(context, token, purpose)
    if challenge.user_id != context.actor.id:
        raise WrongCode
    stage_spending(context, challenge)
    return own_account(context), challenge


def _stage_added(context: SystemContext, account: Account, amr: tuple[str, ...]) -> list[str]:
    stage_factor_given(context, amr)
    stage_notice(context, account, FACTOR_ADDED)
    return [] if account.has_factor else stage_recovery_codes(context, account)


def _stage_removed(context: SystemContext, account: Account, factor: Totp | Passkey) -> None:
    context.matching(factor)
    if len(account.passkeys) + (account.totp is not None) == 1:
        _demand_parting(context, account)
        if isinstance(account.recovery, RecoveryCodes):
            context.work.remove(account.recovery)
    context.work.remove(factor)
    context.work.save(account.user)  # two that remove, or one that shortens the password, at once
    stage_notice(context, account, FACTOR_REMOVED)


def _demand_parting(context: SystemContext, account: Account) -> None:
    """That the account is good without a second factor."""
    if get(Practice, Practice.key(context.practice_id)).require_mfa:
        raise FactorNeeded
    if account.user.password_short:
        raise LongerPasswordFirst
