"""The second step of a sign-in, a passkey instead of both, stepping up, and unlocking."""

from typing import Any, NamedTuple

from ..platform.context import SystemContext
from ..platform.errors import Unauthenticated
from ..platform.store import Record
from .accounts import PASSKEY, Account, read_account
from .challenges import PASSKEY_SIGN_IN, SIGN_IN, stage_challenge, token_of
from .errors import WrongCredentials
from .factors import own_account, stage_factor_given
from .limits import demand_going_on
from .models import Challenge, Member, Session
from .opening import Granted, granted
from .passkeys import request_options
from .ports import PASSWORD, SEVERAL, Identified
from .schemas import SecondStep, StepUp, Unlock
from .tokens import new_refresh_token, refresh_hash
from .verifying import (
    FactorPresented,
    demand_password,
    demand_password_and_code,
    verify_factor,
    verify_second_step,
)


class Asked(NamedTuple):
    """What the second step has to answer, and how it can be answered."""

    challenge: str
    methods: tuple[str, ...]
    public_key: dict[str, Any] | None


def ask_second_step(
    context: SystemContext, identified: Identified, practice_id: str | None
) -> Asked:
    """Stage the challenge that someone with a second factor gets instead of a session."""
    account = identified.account
    challenge = stage_challenge(
        context,
        SIGN_IN,
        user_id=identified.user_id,
        practice_id=practice_id,
        proven=identified.amr,
    )
    options = request_options(context, challenge, account.passkeys) if account.passkeys else None
    return Asked(token_of(challenge), account.methods, options)


def ask_for_passkey(context: SystemContext) -> Asked:
    """Stage a challenge that any passkey of ours answers: to sign in, step up or unlock."""
    challenge = stage_challenge(context, PASSKEY_SIGN_IN)
    return Asked(token_of(challenge), (PASSKEY,), request_options(context, challenge))


def step_up(context: SystemContext, body: StepUp) -> None:
    """A second factor in this session, now: it holds for five minutes. WrongCode (401)."""
    stage_factor_given(context, verify_factor(context, own_account(context), presented_by(body)))
