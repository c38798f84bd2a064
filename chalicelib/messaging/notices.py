"""Notices to the owners of a practice: that something happened, and where to look. No health data."""

from collections.abc import Callable
from functools import partial

from ..identity.models import Member
from ..identity.permissions import Role
from ..platform.context import Context
from ..platform.store import get, query_all
from ..practices.models import UNVERIFIED, Practice
from .ports import send_mail
from .templates import glass_broken_mail, practice_mail
from .visit_texts import Mail

ACTIVE = "active"


def tell_of_broken_glass(context: Context) -> None:
    """Mail each owner that somebody broke the glass. An unverified practice mails nothing."""
    _tell(context, glass_broken_mail)


def tell_owners(context: Context, notice: str) -> None:
    """Mail each owner what became of the practice. KeyError for a notice that has no mail."""
    _tell(context, partial(practice_mail, notice))


def _tell(context: Context, written: Callable[..., Mail]) -> None:
    if context.tenant.status == UNVERIFIED:
        return
    practice = get(Practice, Practice.key(context.practice_id))
    mail = written(practice=practice.name)
    for member in query_all(practice.pk, begins="member#"):
        if isinstance(member, Member) and member.status == ACTIVE and Role.OWNER in member.roles:
            send_mail(member.email, mail.subject, mail.text)
