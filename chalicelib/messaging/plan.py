"""How a practice reminds: read and set, whole."""

from collections.abc import Iterator, Sequence

from ..platform.context import Context
from ..platform.errors import FieldError, Invalid, Stale, invalid_field
from ..platform.store import find
from .models import ReminderPlan, StepsOfType
from .reminder_times import QuietHours, Step
from .schemas import ReminderPlanBody, StepValue


def read_plan(context: Context) -> ReminderPlan:
    """Two days and two hours before, quiet from 21:00 to 08:00 and version 0 where none was set."""
    key = ReminderPlan.key(context.practice_id)
    return find(ReminderPlan, key) or ReminderPlan(*key)


def set_plan(context: Context, body: ReminderPlanBody) -> ReminderPlan:
    """Replace it; what is booked keeps its reminders until it moves. Invalid (422) names what cannot be."""
    plan = context.matching(read_plan(context))
    if body.quiet_hours.starts == body.quiet_hours.ends:
        raise invalid_field("quiet_hours.ends", "no_hours_left", "Some hours are not quiet")
    wrong = tuple(_repeated(body))
    if wrong:
        raise Invalid("Something is given twice", errors=wrong)
    plan.steps = _steps(body.steps)
    plan.by_type = tuple(StepsOfType(each.type_id, _steps(each.steps)) for each in body.by_type)
    plan.notices = body.notices
    plan.quiet_hours = QuietHours(body.quiet_hours.starts, body.quiet_hours.ends)
    if plan.version == 0:
        context.work.create(plan, refusal=Stale())
    else:
        context.work.save(plan)
    return plan


def _steps(given: Sequence[StepValue]) -> tuple[Step, ...]:
    return tuple(Step(each.before, each.unit) for each in given)


def _repeated(body: ReminderPlanBody) -> Iterator[FieldError]:
    yield from _twice("steps", body.steps)
    yield from _twice("by_type", [each.type_id for each in body.by_type], ".type_id")
    for at, each in enumerate(body.by_type):
        yield from _twice(f"by_type.{at}.steps", each.steps)


def _twice(field: str, given: Sequence[object], part: str = "") -> Iterator[FieldError]:
    for at, each in enumerate(given):
        if each in given[:at]:
            yield FieldError(f"{field}.{at}{part}", "repeated", "Give it once")
