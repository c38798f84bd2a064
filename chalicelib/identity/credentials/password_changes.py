"""Changing a password, resetting a forgotten one by a mailed link, mailing a verification again."""

from datetime import timedelta

from ...platform.context import SystemContext
from ...platform.store import find
from ...practices.models import Practice
from ..accounts import NOBODY, Account, find_account, is_from_before, read_account
from ..errors import LinkSpent
from ..links import LINK_LIVES, spend_link, stage_link
from ..models import Link
from ..notices import PASSWORD_CHANGED, stage_notice
from ..signing_out import sign_out
from .factors import own_account
from .guessing import MAIL, PASSWORD, count_attempt, stage_fresh_start
from .passwords import hash_password, stands_alone
from .schemas import EmailBody, PasswordChange, PasswordReset
from .verifying import demand_password

RESET, VERIFICATION = "reset_password", "verify_email"
RESET_LIVES = timedelta(hours=1)


def change_password(context: SystemContext, body: PasswordChange) -> None:
    """Replace one's own password; one's other sessions end.

    WrongCredentials (401) for another password than the current one, WeakPassword (422).
    """
    account = own_account(context)
    demand_password(context, account, body.current_password.get_secret_value())
    password = body.new_password.get_secret_value()
    _set_password(context, account, password, practice_id=context.practice_id)
    sign_out(context, account.user.id, account.practices, but=context.actor.session_id)


def request_reset(context: SystemContext, body: EmailBody) -> None:
    """Mail a link that is good for one hour, if a verified account has this address.

    The same calls and the same answer if none has. GuessingSlowed (429) after a few requests.
    """
    account = find_account(context, body.email)
    count_attempt(context, body.email, MAIL, account=account)
    reached = account is not None and account.user.email_verified
    _stage_mail(context, account if reached else None, purpose=RESET, lives=RESET_LIVES)


def request_verification(context: SystemContext, body: EmailBody) -> None:
    """Mail the verification of a sign-up again, if an unverified one has this address; else as above."""
    account = find_account(context, body.email)
    count_attempt(context, body.email, MAIL, account=account)
    waiting = account is not None and not account.user.email_verified
    _stage_mail(context, account if waiting else None, purpose=VERIFICATION, lives=LINK_LIVES)


def reset_password(context: SystemContext, body: PasswordReset) -> None:
    """Set a new password by the mailed link; every session of the user ends, second factors stay.

    LinkSpent (422), also for a link older than the password; WeakPassword (422).
    """
    link = spend_link(context, body.token, purpose=RESET)
    account = read_account(context, link.user_id)
    if account is None or is_from_before(account, link.id):
        raise LinkSpent
    password = body.password.get_secret_value()
    _set_password(context, account, password, practice_id=link.practice_id)
    sign_out(context, account.user.id, account.practices)
    stage_fresh_start(context, account.user.email, PASSWORD, MAIL)


def _set_password(
    context: SystemContext, account: Account, password: str, *, practice_id: str
) -> None:
    with context.entering(practice_id, account.user.id):
        practice = find(Practice, Practice.key(practice_id))
    user = account.user
    about = (user.email, user.name, practice.name if practice else "")
    user.password_hash = hash_password(password, about=about, with_factor=account.has_factor)
    user.password_short = not stands_alone(password)
    user.password_set_at = context.now()
    context.work.save(user)
    stage_notice(context, account, PASSWORD_CHANGED)


def _stage_mail(
    context: SystemContext, account: Account | None, *, purpose: str, lives: timedelta
) -> None:
    """A link and its event; for nobody as many items, which no mail and nobody ever reads."""
    if account is not None and account.workplaces:
        practice_id = account.workplaces[0].practice_id
        with context.visiting(practice_id):
            stage_link(context, practice_id, account.user.id, purpose=purpose, lives=lives)
        return
    for _ in range(2):
        ends_at = context.now() + lives
        decoy = Link(
            *Link.key(context.new_id("lnk")),
            purpose=purpose,
            user_id=NOBODY,
            practice_id="none",
            ends_at=ends_at,
            spent=True,
            expires_at=int(ends_at.timestamp()),
        )
        context.work.create(decoy)
