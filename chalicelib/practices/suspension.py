"""Suspending a practice and taking it back: sign-in stops, data stays, queues wait.

Operations call these; nobody in the practice can.
"""

from ..platform import holding, outbox
from ..platform.context import SUSPENDED, Context
from ..platform.store import get
from .errors import NotActive, NotSuspended
from .models import ACTIVE, LifeStep, Practice


def suspend_practice(context: Context, *, by: str, reason: str) -> Practice:
    """From the commit on nobody works in it. NotActive (409) for one that is anything but active."""
    practice = get(Practice, Practice.key(context.practice_id))
    if practice.status != ACTIVE:
        raise NotActive
    practice.status = SUSPENDED
    holding.pause(context)
    _record(context, practice, "suspended", by=by, reason=reason)
    return practice


def resume_practice(context: Context, *, by: str, reason: str) -> Practice:
    """All goes on where it stopped. NotSuspended (409) for one that is not suspended."""
    practice = get(Practice, Practice.key(context.practice_id))
    if practice.status != SUSPENDED:
        raise NotSuspended
    practice.status = ACTIVE
    holding.resume(context)
    _record(context, practice, "resumed", by=by, reason=reason)
    return practice


def _record(context: Context, practice: Practice, step: str, *, by: str, reason: str) -> None:
    key = LifeStep.key(context.practice_id, context.new_id("stp"))
    context.work.save(practice)
    context.work.create(LifeStep(*key, step=step, by=by, reason=reason, at=context.now()))
    outbox.publish(context, f"practice.{step}", practice.id, practice.version)
