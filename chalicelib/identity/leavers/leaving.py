"""Leaving a practice: access ends at once, and what the leaver was at work on is handed over."""

from ...platform import outbox
from ...platform.context import Context, SystemContext
from ...platform.errors import invalid_field
from ...platform.store import find, get, query_all
from ...practices.models import Practice, Practitioner
from ..errors import NotActive
from ..machines.api_keys import revoke_keys_of
from ..members.giving import giver_of, is_active_owner, stage_standing
from ..members.seats import TAKES_A_SEAT, free_seat
from ..models import Member, Workplace
from ..standing import ACTIVE, LEFT, SUSPENDED
from .models import HandOver
from .schemas import Leaving


def leave(context: SystemContext, user_id: str, body: Leaving) -> HandOver:
    """End a membership, with its sessions and the API keys they made, in one transaction.

    Scheduling, the clinical record and the tasks hand over what is theirs when they hear of it.
    NotActive, LastOwner (409); NotYoursToGive (403); Invalid naming a successor who is no active
    member, or a practitioner who is not there.
    """
    member = get(Member, Member.key(context.practice_id, user_id))
    giver = giver_of(context)
    if user_id != context.actor.id:
        giver.demand_giving(member.roles)
    if member.status not in (ACTIVE, SUSPENDED):
        raise NotActive
    to_practitioner, own = _practitioners(context, member, body)
    made = HandOver(
        *HandOver.key(context.practice_id, context.new_id("hov")),
        user_id=user_id,
        successor_id=body.successor_user_id,
        practitioner_id=to_practitioner,
        begun_by=context.actor.id,
        begun_at=context.now(),
    )
    context.work.create(made)
    _end(context, giver.practice, member, made)
    outbox.publish(
        context,
        "member.left",
        user_id,
        member.version,
        hand_over_id=made.id,
        successor=body.successor_user_id or "",
        practitioners=",".join(own),
        to_practitioner=to_practitioner or "",
    )
    return made


def _end(context: SystemContext, practice: Practice, member: Member, made: HandOver) -> None:
    was_owner = is_active_owner(member)
    if member.status in TAKES_A_SEAT:
        free_seat(context)
    member.status, member.hand_over_id = LEFT, made.id
    member.signed_out_at = context.now()
    context.work.save(member)
    stage_standing(context, practice, member, was_owner=was_owner)
    revoke_keys_of(context, member.user_id)
    workplace = find(Workplace, Workplace.key(member.user_id, context.practice_id))
    if workplace is not None:
        context.work.remove(workplace)


def _practitioners(
    context: Context, member: Member, body: Leaving
) -> tuple[str | None, tuple[str, ...]]:
    """Whom the work goes to as practitioner, and whom the leaver saw patients as."""
    known: list[Practitioner] = list(
        query_all(Practice.key(context.practice_id).pk, begins="practitioner#", consistent=True)
    )
    own = tuple(each.id for each in known if each.user_id == member.user_id)
    named = body.successor_practitioner_id
    if named is not None and (named in own or named not in {each.id for each in known}):
        raise invalid_field("successor_practitioner_id", "not_found", "No such practitioner")
    if body.successor_user_id is None:
        return named, own
    successor = find(Member, Member.key(context.practice_id, body.successor_user_id))
    if successor is None or successor.status != ACTIVE or successor.user_id == member.user_id:
        raise invalid_field("successor_user_id", "not_found", "No such active member")
    theirs = [each.id for each in known if each.user_id == body.successor_user_id]
    return named or (theirs[0] if len(theirs) == 1 else None), own
