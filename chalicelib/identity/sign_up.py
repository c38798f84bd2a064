"""Sign-up: a practice and its owner in one transaction; nothing is made ready for it beforehand."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from ..platform import outbox
from ..platform.context import SystemContext
from ..platform.errors import FieldError, Invalid
from ..platform.identifiers import is_email
from ..platform.money import MINOR_DIGITS
from ..platform.store import Key, Record, find
from ..practices.models import ACTIVE, UNVERIFIED, Practice
from ..practices.service import zone_of
from .errors import EmailTaken, LinkSpent
from .models import EmailClaim, Link, Member, User, Workplace
from .passwords import hash_password
from .permissions import Role
from .schemas import NewPractice, SignUp
from .sign_up_caps import count_sign_up
from .tokens import link_id_of

LINK_LIVES = timedelta(days=3)
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


def keep(context: SystemContext, kind: type[Record], key: Key) -> None:
    """Stage that the table never forgets this record; it is otherwise as it was."""
    context.work.update(
        kind,
        key,
        actions=[Record.expires_at.remove()],
        condition=Record.pk.exists(),
        refusal=LinkSpent(),
    )


def new_user(
    context: SystemContext, *, email: str, name: str, lives: timedelta | None = None
) -> User:
    """Stage a user without a password, and the claim on their e-mail; for a while, or for good.

    A claim that has expired is free, whether or not the table has removed it yet.
    """
    ends = _epoch(context.now() + lives) if lives else None
    user = User(*User.key(context.new_id("usr")), email=email, name=name, email_verified=False)
    claim = EmailClaim(*EmailClaim.key(email), user_id=user.id)
    user.expires_at = claim.expires_at = ends
    context.work.create(user)
    expired = EmailClaim.expires_at < _epoch(context.now())
    context.work.create(claim, unless=expired, refusal=EmailTaken())
    return user


def stage_member(
    context: SystemContext,
    practice_id: str,
    user_id: str,
    *,
    person: tuple[str, str],
    roles: AbstractSet[str],
    status: str = "active",
) -> Member:
    """Stage a member of the practice, under the name and e-mail that the practice gives them."""
    name, email = person
    member = Member(
        *Member.key(practice_id, user_id),
        name=name,
        email=email,
        roles={str(role) for role in roles},
        status=status,
    )
    context.work.create(member)
    return member


def stage_workplace(context: SystemContext, practice_id: str, user_id: str) -> Workplace:
    """Stage that the user has joined: from the commit on they sign in there."""
    key = Workplace.key(user_id, practice_id)
    workplace = Workplace(*key, joined_at=context.now())
    context.work.create(workplace)
    return workplace


def stage_link(
    context: SystemContext,
    practice_id: str,
    user_id: str,
    *,
    purpose: str,
    lives: timedelta = LINK_LIVES,
) -> str:
    """Stage a one-use link, and the event by which messaging mails it; the link's id."""
    link = Link(
        *Link.key(context.new_id("lnk")),
        purpose=purpose,
        user_id=user_id,
        practice_id=practice_id,
        ends_at=context.now() + lives,
        expires_at=_epoch(context.now() + lives),
    )
    context.work.create(link)
    outbox.publish_for(
        context, practice_id, "identity.link_made", link.id, 1, purpose=purpose, user_id=user_id
    )
    return link.id


def spend_link(context: SystemContext, token: str, *, purpose: str) -> Link:
    """Stage the spending of a link; LinkSpent unless it is good for `purpose`."""
    link_id = link_id_of(token)
    link = find(Link, Link.key(link_id), consistent=True) if link_id else None
    if link is None or link.purpose != purpose or link.spent or link.ends_at <= context.now():
        raise LinkSpent
    link.spent = True
    context.work.save(link, refusal=LinkSpent())
    return link


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


def _epoch(instant: datetime) -> int:
    return int(instant.timestamp())
