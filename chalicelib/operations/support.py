"""Support grants: an operator asks, the owner agrees, and for four hours the set-up can be looked at.

Never health data: what a grant opens is the practice's settings, places and people.
"""

from ..platform import outbox
from ..platform.context import Context, SystemContext
from ..platform.store import get, query_all
from ..practices.models import Practice
from .acting import acting_in
from .errors import GrantNotOpen
from .models import ASKED, ENDED, OPEN, SUPPORT_LASTS, SupportGrant
from .schemas import SupportAsk


def ask_for_support_grant(context: SystemContext, body: SupportAsk) -> SupportGrant:
    """Ask the owner; they are told by mail. NotFound for an unknown practice."""
    with acting_in(context, body.practice_id) as there:
        grant = SupportGrant(
            *SupportGrant.key(body.practice_id, context.new_id("sup")),
            operator_id=context.actor.id,
            reason=body.reason,
            asked_at=context.now(),
        )
        context.work.create(grant)
        outbox.publish(there, "practice.notice", grant.id, 1, notice="support_asked")
    return grant


def list_support_grants(context: Context) -> list[SupportGrant]:
    """All that were ever asked for, oldest first."""
    return list(query_all(Practice.key(context.practice_id).pk, begins="support-grant#"))


def consent_to_support(context: Context, grant_id: str) -> SupportGrant:
    """The owner agrees; the four hours begin. GrantNotOpen (409) if that was said before."""
    grant = _grant(context, grant_id)
    if grant.status != ASKED:
        raise GrantNotOpen
    grant.status = OPEN
    grant.consented_by, grant.consented_at = context.actor.id, context.now()
    grant.ends_at = context.now() + SUPPORT_LASTS
    context.work.save(grant)
    return grant


def end_support(context: Context, grant_id: str) -> SupportGrant:
    """Take it back, or refuse it, at once. GrantNotOpen (409) for one that has ended."""
    grant = _grant(context, grant_id)
    if grant.status != ASKED and not grant.is_open(context.now()):
        raise GrantNotOpen
    grant.status = ENDED
    grant.ended_at = context.now()
    context.work.save(grant)
    return grant


def demand_open_grant(context: Context, grant_id: str) -> SupportGrant:
    """GrantNotOpen (409) for another operator's, before consent, and after the end."""
    grant = _grant(context, grant_id)
    if grant.operator_id != context.actor.id or not grant.is_open(context.now()):
        raise GrantNotOpen
    return grant


def _grant(context: Context, grant_id: str) -> SupportGrant:
    return get(SupportGrant, SupportGrant.key(context.practice_id, grant_id), consistent=True)
