"""Codes as a second factor: of an authenticator app, and the ten one-time recovery codes."""

import secrets

from ...platform.context import SystemContext
from ...platform.ids import ALPHABET
from ...platform.keyring import seal, token, unseal
from ..accounts import RECOVERY_CODE, TOTP, Account
from ..errors import WrongCode
from ..notices import RECOVERY_CODE_USED, stage_notice
from .models import RecoveryCodes
from .one_time_codes import step_of

CODES, SIGNS, GROUP = 10, 16, 4
"""A recovery code has 80 random bits: `7kqm-2w9x-…`, four groups of four."""
_READ_AS = str.maketrans("OIL", "011", "- ")


def sealed_secret(context: SystemContext, user_id: str, secret: str) -> str:  # noqa: ARG001
    """An app's secret as it is stored: it opens for this user alone."""
    return seal("totp", secret, bound_to=user_id)


def opened_secret(context: SystemContext, user_id: str, sealed: str) -> str:  # noqa: ARG001
    return unseal("totp", sealed, bound_to=user_id)


def stage_code(context: SystemContext, account: Account, method: str, code: str) -> None:
    """Hold a code against the account, and stage that it is used. WrongCode (401).

    A code of an app is good once: none of its step, or of an earlier one, is taken again.
    """
    if method == TOTP:
        _stage_app_code(context, account, code)
    elif method == RECOVERY_CODE:
        _stage_recovery_code(context, account, code)
    else:
        raise WrongCode


def stage_recovery_codes(context: SystemContext, account: Account) -> list[str]:
    """Stage ten new codes in place of what is left of the old; they are shown this once."""
    codes = [_new_code() for _ in range(CODES)]
    hashes = {_hash_of(account.user.id, code) for code in codes}
    stored = account.recovery
    if stored is None:
        key = RecoveryCodes.key(account.user.id)
        context.work.create(RecoveryCodes(*key, hashes=hashes, made_at=context.now()))
    else:
        stored.hashes, stored.made_at = hashes, context.now()
        context.work.save(stored)
    return codes


def _stage_app_code(context: SystemContext, account: Account, code: str) -> None:
    totp = account.totp
    if totp is None:
        raise WrongCode
    secret = opened_secret(context, account.user.id, totp.sealed)
    step = step_of(secret, code, context.now(), after=totp.last_step)
    if step is None:
        raise WrongCode
    totp.last_step = step
    context.work.save(totp, refusal=WrongCode())


def _stage_recovery_code(context: SystemContext, account: Account, code: str) -> None:
    stored, given = account.recovery, _hash_of(account.user.id, code)
    if stored is None or not account.has_factor or given not in (stored.hashes or ()):
        raise WrongCode
    stored.hashes = set(stored.hashes) - {given}
    context.work.save(stored, refusal=WrongCode())
    stage_notice(context, account, RECOVERY_CODE_USED)


def _new_code() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(SIGNS)).lower()
    return "-".join(signs[at : at + GROUP] for at in range(0, SIGNS, GROUP))


def _hash_of(user_id: str, code: str) -> str:
    """An HMAC under the deployment's key and the user: the table alone does not tell the code."""
    return token("recovery", user_id, code.upper().translate(_READ_AS))
