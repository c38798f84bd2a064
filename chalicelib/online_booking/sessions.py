"""From a page's address, or a booking's secret, to the practice: what a public caller works in."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from ..identity.derived_secrets import derived_secret, is_derived
from ..platform.context import PUBLIC_KIND, Actor, SystemContext
from ..platform.errors import NotFound
from ..platform.ids import UserId, is_id
from ..platform.store import find, find_many
from ..practices.agreements import is_agreed
from ..practices.models import ACTIVE, Practice
from .models import BookingPage, BookingSession, PracticeSlug

VISITOR = "online:visitor"
"""Who looks at a page, for the audit: nobody in particular."""
_SECRET, _CODE = "online booking", "booking code"


@dataclass(frozen=True, slots=True)
class Open:
    """A page that is open: `context` works in its practice, under the name of whom the audit gets."""

    context: SystemContext
    practice: Practice
    page: BookingPage


@contextmanager
def open_page(context: SystemContext, slug: str) -> Iterator[Open]:
    """The page at an address. NotFound without one, while it is off, and while nobody works there."""
    claim = find(PracticeSlug, PracticeSlug.key(slug))
    if claim is None:
        raise NotFound
    with context.entering(claim.practice_id, VISITOR):
        opened = _opened(context, claim.practice_id, VISITOR)
        if opened is None or opened.page.slug != slug:
            raise NotFound
        yield opened


@contextmanager
def open_booking(context: SystemContext, secret: str) -> Iterator[tuple[Open, BookingSession]]:
    """The booking that a secret opens. NotFound for what opens none."""
    practice_id, session_id = _named_by(secret)
    with context.entering(practice_id, f"online:{session_id}"):
        key = BookingSession.key(practice_id, session_id)
        session = find(BookingSession, key, consistent=True)
        opened = _opened(context, practice_id, f"online:{session_id}")
        if session is None or opened is None:
            raise NotFound
        yield opened, session


def open_if_online(context: SystemContext, practice_id: str, actor_id: str) -> Open | None:
    """The page of a practice that was entered; None while it is not open."""
    return _opened(context, practice_id, actor_id)


def secret_of(session: BookingSession) -> str:
    """`<practice>.<session>.<64 hex digits>`: made from the ids, stored nowhere."""
    text = f"{session.practice_id}.{session.id}"
    return f"{text}.{derived_secret(_SECRET, text)}"


def code_of(session: BookingSession) -> str:
    """The six digits that were sent last: made from the session's id, stored nowhere."""
    made = derived_secret(_CODE, f"{session.practice_id}.{session.id}.{session.codes}")
    return f"{int(made, 16) % 1_000_000:06d}"


def is_code_of(session: BookingSession, given: str) -> bool:
    """Whether it is; takes as long either way."""
    return hmac.compare_digest(given.encode(), code_of(session).encode())


def _named_by(secret: str) -> tuple[str, str]:
    text, _, given = secret.rpartition(".")
    practice_id, _, session_id = text.partition(".")
    made = is_id(practice_id) and is_id(session_id) and is_derived(given, _SECRET, text)
    if not made:
        raise NotFound
    return practice_id, session_id


def _opened(context: SystemContext, practice_id: str, actor_id: str) -> Open | None:
    """None unless the practice is active, has accepted the agreement, and has its page on."""
    keys = Practice.key(practice_id), BookingPage.key(practice_id)
    practice, page = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(practice, Practice) or not isinstance(page, BookingPage):
        return None
    within = replace(context, tenant=practice.tenant(), actor=Actor(UserId(actor_id), PUBLIC_KIND))
    is_open = practice.status == ACTIVE and page.enabled and is_agreed(within)
    return Open(within, practice, page) if is_open else None
