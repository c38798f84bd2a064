"""One-use links, mailed: staged, and spent once."""

from datetime import timedelta

from ..platform import outbox
from ..platform.context import SystemContext
from ..platform.store import find
from .derived_secrets import derived_secret, is_derived
from .errors import LinkSpent
from .models import Link

LINK_LIVES = timedelta(days=3)


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
        expires_at=int((context.now() + lives).timestamp()),
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


def link_token(link_id: str) -> str:
    """The secret of a mailed link: made from its id, so that it is stored nowhere."""
    return f"{link_id}.{derived_secret('link', link_id)}"


def link_id_of(token: str) -> str | None:
    """The link's id if the secret is right."""
    link_id, _, mac = token.partition(".")
    return link_id if is_derived(mac, "link", link_id) else None
