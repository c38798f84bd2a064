"""Sign-up: a practice and its owner in one transaction; nothing is made ready for it beforehand."""

from datetime import timedelta

from ...platform import outbox
from ...platform.context import SystemContext
from ...platform.errors import FieldError, Invalid
from ...platform.identifiers import is_email
from ...platform.money import MINOR_DIGITS
from ...platform.store import find
from ...practices.models import ACTIVE, UNVERIFIED, Practice
from ...practices.service import zone_of
from ..credentials.passwords import hash_password
from ..errors import LinkSpent
from ..joining import keep, new_user, stage_member, stage_workplace
from ..links import spend_link, stage_link
from ..models import EmailClaim, Member, User, Workplace
from ..permissions import Role
from .schemas import NewPractice, SignUp
from .sign_up_caps import count_sign_up

UNVERIFIED_LIVES = timedelta(days=30)
COUNTRIES = frozenset({"US", "CA", "AU", "NZ", "GB"})


def sign_up(context: SystemContext, body: SignUp) -> Practice:
    """Make the practice, its owner, and the link that verifies the e-mail.

    EmailTaken (409) if an account has the e-mail, WeakPassword (422), Invalid (422) naming a
    country, zone, currency or e-mail that cannot be; TooManyRequests (429) above a cap. What is
    never verified expires: the table forgets it after 30 days.
    """
    check_practice(body)
    count_sign_up(context, body.email)
    user = new_user(context, email=body.email, name=body.name, lives=UNVERIFIED_LIVES)
    about = (body.email, body.name, body.practice_name)
    user.password_hash = hash_password(body.password.get_secret_value(), about=about)
    practice = Practice(
        *Practice.key(context.new_id("prc")),
        name=body.practice_name,
        status=UNVERIFIED,
        country=body.country,
        time_zone=body.time_zone,
        currency=body.currency,
        locale=body.locale,
        owner_id=user.id,
        owners={user.id},
    )
    with context.entering(practice.id, user.id):
        context.work.create(practice)
        member = stage_member(
            context, practice.id, user.id, person=(body.name, body.email), roles={Role.OWNER}
        )
        workplace = stage_workplace(context, practice.id, user.id)
        practice.expires_at = member.expires_at = workplace.expires_at = user.expires_at
        stage_link(context, practice.id, user.id, purpose="verify_email")
    return practice


def verify_email(context: SystemContext, token: str) -> Practice:
    """Follow the mailed link: the e-mail is verified and the practice active. LinkSpent (422)."""
    link = spend_link(context, token, purpose="verify_email")
    user = find(User, User.key(link.user_id), consistent=True)
    with context.entering(link.practice_id, link.user_id):
        practice = find(Practice, Practice.key(link.practice_id), consistent=True)
    if user is None or practice is None:
        raise LinkSpent
    user.email_verified = True
    practice.status = ACTIVE
    user.expires_at = practice.expires_at = None
    context.work.save(user)
    context.work.save(practice)
    for kind, key in (
        (Member, Member.key(practice.id, user.id)),
        (Workplace, Workplace.key(user.id, practice.id)),
        (EmailClaim, EmailClaim.key(user.email)),
    ):
        keep(context, kind, key)
    outbox.publish_for(context, practice.id, "practice.verified", practice.id, practice.version)
    return practice


def check_practice(body: NewPractice) -> None:
    """Invalid (422) naming a country, zone, currency or e-mail that cannot be."""
    zone_of(body.time_zone)
    wrong = [
        FieldError(field, f"unknown_{field}", "Not served")
        for field, holds in (
            ("country", body.country in COUNTRIES),
            ("currency", body.currency in MINOR_DIGITS),
            ("email", is_email(body.email)),
        )
        if not holds
    ]
    if wrong:
        raise Invalid("Some fields cannot be right", errors=tuple(wrong))
