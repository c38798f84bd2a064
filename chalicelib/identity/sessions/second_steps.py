"""What is asked for after a password, and of a passkey instead of both."""

from typing import Any, NamedTuple

from ...platform.context import SystemContext
from ..accounts import PASSKEY
from ..credentials.challenges import PASSKEY_SIGN_IN, SIGN_IN, stage_challenge, token_of
from ..credentials.passkeys import request_options
from ..credentials.ports import Identified
from ..credentials.verifying import FactorPresented
from .schemas import FactorBody


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
        provider_id=identified.provider_id,
    )
    options = request_options(context, challenge, account.passkeys) if account.passkeys else None
    return Asked(token_of(challenge), account.methods, options)


def ask_for_passkey(context: SystemContext) -> Asked:
    """Stage a challenge that any passkey of ours answers: to sign in, step up or unlock."""
    challenge = stage_challenge(context, PASSKEY_SIGN_IN)
    return Asked(token_of(challenge), (PASSKEY,), request_options(context, challenge))


def presented_by(body: FactorBody, challenge: str) -> FactorPresented:
    """The factor that a body gives."""
    return FactorPresented(body.method, challenge, body.code, body.credential)
