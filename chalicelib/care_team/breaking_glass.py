"""Break-glass: opening what is closed, in an emergency, for an hour, before witnesses."""

from ..identity.models import Member
from ..patients.part2 import has_part2_records
from ..platform import outbox
from ..platform.context import Context
from ..platform.store import find_many, get
from ..practices.models import Practice
from .errors import OnCareTeam
from .membership import OPENED_FOR, Opening, is_on_team
from .models import BreakGlass, EmergencyDisclosure
from .schemas import BreakGlassBody
from .team import read_team, stage_team


def break_glass(context: Context, patient_id: str, body: BreakGlassBody) -> BreakGlass:
    """The caller sees this patient's sensitive records for 60 minutes; owners are told, a task asks for its review.

    OnCareTeam (409) for who sees them anyway. It opens no psychotherapy note. Of a patient with
    Part 2 records it is an emergency disclosure, and documented as one.
    """
    team, now, user_id = read_team(context, patient_id), context.now(), context.actor.id
    if is_on_team(team.members, user_id, now):
        raise OnCareTeam
    opened = BreakGlass(
        *BreakGlass.key(context.practice_id, patient_id, context.new_id("brk")),
        user_id=user_id,
        reason=body.reason,
        explanation=body.explanation,
        opened_at=now,
        until=now + OPENED_FOR,
        emergency_disclosure=_disclosure(context, patient_id, body),
    )
    context.work.create(opened)
    team.openings = (Opening(opened.id, user_id, opened.until), *team.openings)
    stage_team(context, team)
    context.trace.why, context.trace.break_glass = body.reason, opened.id
    outbox.publish(context, "glass.broken", opened.id, 1)
    outbox.publish(
        context,
        "task.wanted",
        opened.id,
        1,
        queue="privacy",
        kind="break_glass_review",
        patient_id=patient_id,
        about=user_id,
    )
    return opened


def _disclosure(
    context: Context, patient_id: str, body: BreakGlassBody
) -> EmergencyDisclosure | None:
    """Who breaks the glass discloses to themselves; None where nothing is a Part 2 programme's."""
    if not has_part2_records(context, patient_id):
        return None
    keys = Member.key(context.practice_id, context.actor.id), Practice.key(context.practice_id)
    found = find_many(keys, consistent=True)
    member, practice = (found.get(key) for key in keys)
    recipient = member.name if isinstance(member, Member) else context.actor.id
    return EmergencyDisclosure(
        recipient=recipient,
        affiliation=practice.name if isinstance(practice, Practice) else context.practice_id,
        disclosed_by=f"{recipient} ({context.actor.id})",
        disclosed_at=context.now(),
        nature=body.explanation,
    )


def read_break_glass(context: Context, patient_id: str, break_glass_id: str) -> BreakGlass:
    """One, for its review."""
    context.concerns(patient_id)
    return get(BreakGlass, BreakGlass.key(context.practice_id, patient_id, break_glass_id))
