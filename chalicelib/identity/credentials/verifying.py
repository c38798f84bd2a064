"""The adapters of the CredentialVerifier port: what a person presents → who they are."""

from typing import NamedTuple

from ...platform.context import SystemContext
from ..accounts import PASSKEY, Account, find_account, is_from_before, read_account
from ..errors import WrongCode, WrongCredentials
from .challenges import PASSKEY_SIGN_IN, SIGN_IN, open_challenge, stage_spending
from .factor_codes import stage_code
from .guessing import FACTOR, PASSWORD as PASSWORD_GUESSES, count_attempt, stage_success
from .models import Challenge
from .passkeys import stage_assertion, user_named_by
from .passwords import holds
from .ports import KEY, ONE_TIME_CODE, PASSWORD, SEVERAL, VERIFIED_USER, Identified


class PasswordPresented(NamedTuple):
    """An e-mail address and a password."""

    email: str
    password: str


class FactorPresented(NamedTuple):
    """A second factor, or a passkey alone: `code` by the methods that have one, else `credential`.

    `challenge` is the token of what it answers. Beside a session a code answers nothing.
    """

    method: str
    challenge: str = ""
    code: str = ""
    credential: str = ""


def verify_password(context: SystemContext, presented: PasswordPresented) -> Identified:
    """WrongCredentials (401), after equal work, for an unknown address and a wrong password."""
    account = find_account(context, presented.email)
    attempt = count_attempt(context, presented.email, PASSWORD_GUESSES, account=account)
    if not holds(account.user.password_hash if account else None, presented.password):
        raise WrongCredentials
    if account is None:
        raise WrongCredentials
    stage_success(context, attempt, remember=not account.has_factor)
    return Identified(account, (PASSWORD,))


def verify_second_step(
    context: SystemContext, presented: FactorPresented
) -> tuple[Identified, str | None]:
    """The second step of a sign-in, or a passkey alone; and the practice that the first step named.

    WrongCode (401), one body for every cause: also for a challenge from before a new password.
    """
    challenge = open_challenge(context, presented.challenge, SIGN_IN, PASSKEY_SIGN_IN)
    account = _account_of(context, challenge, presented)
    if presented.method == PASSKEY:
        stage_assertion(context, account, challenge, presented.credential)
        amr: tuple[str, ...] = (KEY, VERIFIED_USER, SEVERAL)
    else:
        amr = _verified_code(context, account, presented)
    stage_spending(context, challenge)
    shown = tuple(sorted({*(challenge.proven or ()), *amr}))
    return Identified(account, shown, challenge.provider_id), challenge.practice_id


def verify_factor(
    context: SystemContext, account: Account, presented: FactorPresented
) -> tuple[str, ...]:
    """A factor of someone who is known: how it was shown, its use staged. WrongCode (401).

    A passkey cannot be guessed: no failure of a code or a password keeps it out.
    """
    if presented.method != PASSKEY:
        return _verified_code(context, account, presented)
    challenge = open_challenge(context, presented.challenge, PASSKEY_SIGN_IN)
    stage_assertion(context, account, challenge, presented.credential)
    stage_spending(context, challenge)
    return (KEY, VERIFIED_USER, SEVERAL)


def demand_password(context: SystemContext, account: Account, password: str) -> None:
    """WrongCredentials (401) for another password than the account's; slowed as at sign-in."""
    attempt = count_attempt(context, account.user.email, PASSWORD_GUESSES, account=account)
    if not holds(account.user.password_hash, password):
        raise WrongCredentials
    stage_success(context, attempt, remember=not account.has_factor)


def demand_password_and_code(
    context: SystemContext, account: Account, password: str, presented: FactorPresented
) -> tuple[str, ...]:
    """Both at once: counted as one attempt at either, and refused alike (WrongCredentials, 401)."""
    kinds = (PASSWORD_GUESSES, FACTOR)
    attempt = count_attempt(context, account.user.email, *kinds, account=account)
    if not holds(account.user.password_hash, password):
        raise WrongCredentials
    try:
        stage_code(context, account, presented.method, presented.code)
    except WrongCode as error:
        raise WrongCredentials from error
    stage_success(context, attempt, remember=True)
    return (PASSWORD, ONE_TIME_CODE, SEVERAL)


def _verified_code(
    context: SystemContext, account: Account, presented: FactorPresented
) -> tuple[str, ...]:
    attempt = count_attempt(context, account.user.email, FACTOR, account=account)
    stage_code(context, account, presented.method, presented.code)
    stage_success(context, attempt, remember=True)
    return (ONE_TIME_CODE, SEVERAL)


def _account_of(
    context: SystemContext, challenge: Challenge, presented: FactorPresented
) -> Account:
    """Whose a sign-in is; after no password, whose passkey it claims to be."""
    if challenge.purpose == SIGN_IN:
        user_id = challenge.user_id or ""
    else:
        user_id = user_named_by(presented.credential) if presented.method == PASSKEY else ""
    account = read_account(context, user_id) if user_id else None
    if account is None or is_from_before(account, challenge.id):
        raise WrongCode
    return account
