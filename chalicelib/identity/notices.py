"""What a person is told by mail about their account: what changed, and that somebody is guessing."""

from dataclasses import replace

from ..platform import outbox
from ..platform.context import SystemContext
from ..platform.store import UnitOfWork
from .accounts import Account

PASSWORD_CHANGED, SIGN_IN_SLOWED = "password_changed", "sign_in_slowed"
FACTOR_ADDED, FACTOR_REMOVED = "factor_added", "factor_removed"
RECOVERY_CODE_USED = "recovery_code_used"
OWNERSHIP_OFFERED, OWNERSHIP_TAKEN = "ownership_offered", "ownership_taken"
OWNERSHIP_GIVEN = "ownership_given"
EVENT = "identity.account_notice"


def stage_notice(
    context: SystemContext, account: Account, notice: str, *, work: UnitOfWork | None = None
) -> None:
    """Stage the event by which messaging mails it; none for someone who works nowhere yet.

    `work` is given where the request itself is about to be refused.
    """
    workplaces = [each.practice_id for each in account.workplaces]
    practice_id = context.practice_id or next(iter(workplaces), "")
    if not practice_id:
        return
    with context.visiting(practice_id):
        telling = replace(context, work=work or context.work)
        outbox.publish_for(telling, practice_id, EVENT, account.user.id, 1, notice=notice)
