"""An account whose owner has lost every second factor, once operations have proved who they are."""

from ...platform.context import SystemContext
from ..accounts import Account
from ..links import stage_link
from ..notices import FACTOR_REMOVED, stage_notice
from ..signing_out import sign_out
from .password_changes import RESET, RESET_LIVES


def stage_factors_lost(context: SystemContext, account: Account, *, practice_id: str) -> None:
    """Stage the end of all factors, of the password and of every session; a new password is mailed.

    Whoever has the mailbox alone got no further than this: two operators and a day stand before it.
    """
    for factor in (account.totp, account.recovery, *account.passkeys):
        if factor is not None:
            context.work.remove(factor)
    account.user.password_hash = None
    context.work.save(account.user)
    sign_out(context, account.user.id, account.practices)
    stage_notice(context, account, FACTOR_REMOVED)
    stage_link(context, practice_id, account.user.id, purpose=RESET, lives=RESET_LIVES)
