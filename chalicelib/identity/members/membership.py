"""What becomes of a membership: limited, suspended, active again; its invitation sent or withdrawn."""

from collections.abc import Sequence

from ...platform.context import Context, SystemContext
from ...platform.errors import FieldError, Invalid, invalid_field
from ...platform.store import find_many, get
from ...practices.models import Location
from ..errors import NotActive, NotInvited, NotYoursToGive
from ..links import stage_link
from ..models import Member
from ..permissions import Role
from ..standing import ACTIVE, INVITED, SUSPENDED, WITHDRAWN
from .giving import giver_of, is_active_owner, stage_standing
from .schemas import LocationLimit
from .seats import free_seat, take_seat


def suspend(context: Context, user_id: str) -> Member:
    """They are let in no more, from their next request on. NotActive, LastOwner (409)."""
    member = _turned(context, user_id, before=ACTIVE, after=SUSPENDED)
    free_seat(context)
    return member


def reactivate(context: Context, user_id: str) -> Member:
    """They may sign in again, with the roles they had.

    NotActive, and where the plan has no seat for them PlanLimitReached, PaymentOverdue (409).
    """
    member = _turned(context, user_id, before=SUSPENDED, after=ACTIVE)
    take_seat(context)
    return member


def limit_to_locations(context: Context, user_id: str, body: LocationLimit) -> Member:
    """Limit a member to locations; to none, and they work everywhere.

    NotYoursToGive (403) for one's own limit, and for more than the caller's own reach; Invalid for
    an owner, who works everywhere, and for a location that is not there.
    """
    member = context.matching(get(Member, Member.key(context.practice_id, user_id)))
    if user_id == context.actor.id:
        raise NotYoursToGive
    giver_of(context).demand_giving(member.roles)
    if Role.OWNER in member.roles:
        raise invalid_field("location_ids", "owner", "An owner works everywhere")
    if context.locations is not None and not (
        body.location_ids and context.locations >= set(body.location_ids)
    ):
        raise NotYoursToGive
    _refuse_unknown(context, body.location_ids)
    member.locations = set(body.location_ids) or None
    context.work.save(member)
    return member


def _refuse_unknown(context: Context, location_ids: Sequence[str]) -> None:
    keys = [Location.key(context.practice_id, each) for each in location_ids]
    found = find_many(keys, consistent=True) if keys else {}
    wrong = tuple(
        FieldError(f"location_ids.{at}", "not_found", "No such location")
        for at, key in enumerate(keys)
        if not isinstance(found.get(key), Location)
    )
    if wrong:
        raise Invalid("A location is not there", errors=wrong)


def resend_invitation(context: SystemContext, user_id: str) -> Member:
    """Mail a new link; the one before is good no more. NotInvited (409)."""
    member = _invited(context, user_id)
    member.invitation = stage_link(context, context.practice_id, user_id, purpose="invite")
    context.work.save(member)
    return member


def withdraw_invitation(context: Context, user_id: str) -> Member:
    """The mailed link is good no more. NotInvited (409)."""
    member = context.matching(_invited(context, user_id))
    member.status, member.invitation = WITHDRAWN, None
    context.work.save(member)
    free_seat(context)
    return member


def _turned(context: Context, user_id: str, *, before: str, after: str) -> Member:
    member = get(Member, Member.key(context.practice_id, user_id))
    if user_id == context.actor.id:
        raise NotYoursToGive
    giver = giver_of(context)
    giver.demand_giving(member.roles)
    if member.status != before:
        raise NotActive
    was_owner = is_active_owner(member)
    member.status = after
    context.work.save(member)
    stage_standing(context, giver.practice, member, was_owner=was_owner)
    return member


def _invited(context: Context, user_id: str) -> Member:
    member = get(Member, Member.key(context.practice_id, user_id))
    giver_of(context).demand_giving(member.roles)
    if member.status != INVITED:
        raise NotInvited
    return member
