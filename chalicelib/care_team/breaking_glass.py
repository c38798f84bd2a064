"""Break-glass: opening what is closed, in an emergency, for an hour, before witnesses."""

from ..platform import outbox
from ..platform.context import Context
from ..platform.store import get
from .errors import OnCareTeam
from .membership import OPENED_FOR, Opening, is_on_team
from .models import BreakGlass
from .schemas import BreakGlassBody
from .team import read_team, stage_team


def break_glass(context: Context, patient_id: str, body: BreakGlassBody) -> BreakGlass:
    """The caller sees this patient's sensitive records for 60 minutes; owners are told, a task asks for its review.

    OnCareTeam (409) for who sees them anyway. It opens no psychotherapy note.
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


def read_break_glass(context: Context, patient_id: str, break_glass_id: str) -> BreakGlass:
    """One, for its review."""
    context.concerns(patient_id)
    return get(BreakGlass, BreakGlass.key(context.practice_id, patient_id, break_glass_id))
