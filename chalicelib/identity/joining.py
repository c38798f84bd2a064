"""The records of someone who joins a practice."""

from collections.abc import Set as AbstractSet
from datetime import timedelta

from ..platform.context import SystemContext
from ..platform.store import Key, Record
from .errors import EmailTaken, LinkSpent
from .models import EmailClaim, Member, User, Workplace


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
    ends = int((context.now() + lives).timestamp()) if lives else None
    user = User(*User.key(context.new_id("usr")), email=email, name=name, email_verified=False)
    claim = EmailClaim(*EmailClaim.key(email), user_id=user.id)
    user.expires_at = claim.expires_at = ends
    context.work.create(user)
    expired = EmailClaim.expires_at < int(context.now().timestamp())
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
