"""Mails about an account: one-use links (verification, invitation, reset), and what changed."""

from ..identity.links import link_token
from ..identity.models import Link, User
from ..platform.config import settings
from ..platform.context import Context
from ..platform.store import find, get, system_scope
from ..practices.models import UNVERIFIED, Practice
from .ports import send_mail
from .templates import VERIFICATION, account_mail, link_mail


def mail_link(context: Context, link_id: str) -> None:
    """Mail the link to its user, unless it is spent or over.

    An unverified practice mails nothing but its verification, and none of its own words in it.
    """
    with system_scope(context.practice_id):
        link = find(Link, Link.key(link_id))
        if link is None or link.spent or link.ends_at <= context.now():
            return
        if context.tenant.status == UNVERIFIED and link.purpose != VERIFICATION:
            return
        user = get(User, User.key(link.user_id)) if link.user_id else None
        practice = get(Practice, Practice.key(context.practice_id))
    url = f"{settings().app_url}/follow/{link.purpose}?token={link_token(link.id)}"
    mail = link_mail(link.purpose, name=user.name if user else "", practice=practice.name, url=url)
    send_mail(user.email if user else link.email, mail.subject, mail.text)


def mail_notice(context: Context, user_id: str, notice: str) -> None:
    """Tell a person what happened to their account; nothing from an unverified practice."""
    if context.tenant.status == UNVERIFIED:
        return
    with system_scope():
        user = find(User, User.key(user_id))
    if user is not None:
        mail = account_mail(notice)
        send_mail(user.email, mail.subject, mail.text)
