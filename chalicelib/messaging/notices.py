"""Notices to the owners of a practice: that something happened, and where to look. No health data."""

from ..identity.models import Member
from ..identity.permissions import Role
from ..platform.context import Context
from ..platform.store import get, query_all
from ..practices.models import UNVERIFIED, Practice
from .ports import send_mail
from .templates import glass_broken_mail

ACTIVE = "active"


def tell_of_broken_glass(context: Context) -> None:
    """Mail each owner that somebody broke the glass. An unverified practice mails nothing."""
    if context.tenant.status == UNVERIFIED:
        return
    practice = get(Practice, Practice.key(context.practice_id))
    mail = glass_broken_mail(practice=practice.name)
    for member in query_all(practice.pk, begins="member#"):
        if isinstance(member, Member) and member.status == ACTIVE and Role.OWNER in member.roles:
            send_mail(member.email, mail.subject, mail.text)
