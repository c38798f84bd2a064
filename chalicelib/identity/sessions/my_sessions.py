"""A person's sessions, in whatever practice: list them, end one, end all; an admin ends a member's.

A session that a practice's own identity provider opened (oidc.py) reaches no further than that
practice: whoever runs the provider could open one for any member, who may work elsewhere too.
"""

from typing import NamedTuple

from ...platform.context import Context, SystemContext
from ...platform.errors import NotFound, Unauthenticated
from ...platform.http import PageQuery, open_cursor, seal_cursor
from ...platform.store import Key, Record, find_many, get, query
from ..accounts import read_account
from ..models import Member, Session, SessionOfUser
from ..signing_out import sign_out
from .limits import is_over, is_signed_out
from .signing_in import stage_end


class MySessions(NamedTuple):
    """One page of the sessions that are not over, newest first."""

    items: list[Session]
    next_cursor: str | None


def list_my_sessions(context: SystemContext, asked: PageQuery) -> MySessions:
    """One Query finds where they lie, one BatchGet brings them and their memberships."""
    own = own_session(context)
    page = query(
        SessionOfUser.key(context.actor.id, "ses_").pk,
        limit=min(asked.limit, 50),
        start=open_cursor(context, asked.cursor),
        newest_first=True,
        consistent=True,
    )
    places = [place for place in page.records if _reaches(context, own, place)]
    keys = [Session.key(place.practice_id, place.id) for place in places]
    practices = sorted({context.practice_id, *(place.practice_id for place in places)})
    found = _read(context, practices, keys)
    sessions = [session for key in keys if isinstance(session := found.get(key), Session)]
    items = [session for session in sessions if _goes_on(context, session, found)]
    return MySessions(items, seal_cursor(context, page.next_key))


def end_my_session(context: SystemContext, session_id: str) -> None:
    """End one of one's own, in whatever practice; nothing happens to one that is over. NotFound."""
    place = get(SessionOfUser, SessionOfUser.key(context.actor.id, session_id))
    if not _reaches(context, own_session(context), place):
        raise NotFound
    with context.visiting(place.practice_id):
        session = get(Session, Session.key(place.practice_id, session_id))
    if not is_over(session, context.now()):
        stage_end(context.work, place.practice_id, session_id)


def sign_out_everywhere(context: SystemContext) -> None:
    """End every session of one's own, this one too, in every practice."""
    account = None if own_session(context).provider_id else read_account(context, context.actor.id)
    practices = {context.practice_id, *(account.practices if account else ())}
    sign_out(context, context.actor.id, sorted(practices))


def sign_out_member(context: Context, user_id: str) -> None:
    """End every session of a member in this practice, by one write. NotFound for nobody's id."""
    member = get(Member, Member.key(context.practice_id, user_id))
    member.signed_out_at = context.now()
    context.work.save(member)


def own_session(context: Context) -> Session:
    """The session of this request. Unauthenticated for a caller without one."""
    if not context.actor.session_id:
        raise Unauthenticated
    return get(Session, Session.key(context.practice_id, context.actor.session_id))


def _reaches(context: Context, own: Session, place: SessionOfUser) -> bool:
    return not own.provider_id or place.practice_id == context.practice_id


def _read(context: SystemContext, practices: list[str], keys: list[Key]) -> dict[Key, Record]:
    """The caller's memberships in these practices, and what lies at `keys` in them."""
    with context.visiting(*practices):
        members = [Member.key(practice_id, context.actor.id) for practice_id in practices]
        return find_many([*members, *keys], consistent=True)


def _goes_on(context: Context, session: Session, found: dict[Key, Record]) -> bool:
    member = found.get(Member.key(session.practice_id, session.user_id))
    if not isinstance(member, Member) or is_signed_out(session, member):
        return False
    return not is_over(session, context.now())
