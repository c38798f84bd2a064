"""What clients send and get: plans of reminders."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ..platform.http import Answer, Body, Instant, LocalTime

TypeId = Annotated[str, StringConstraints(pattern=r"^typ_[0-9A-Z]{26}$")]


class StepValue(Body):
    """So long before a visit: days by the location's clock, or hours as they pass."""

    before: int = Field(ge=1, le=90, examples=[2])
    unit: Literal["days", "hours"]


class TypeSteps(Body):
    """The steps of one appointment type; none, and nobody is reminded of it."""

    type_id: TypeId
    steps: list[StepValue] = Field(max_length=5)


class QuietHoursValue(Body):
    """No message in these hours, as the patient's clock shows them; over midnight, too."""

    starts: LocalTime = time(21)
    ends: LocalTime = time(8)


class ReminderPlanBody(Body):
    """All of a practice's plan: what was there before is replaced."""

    steps: list[StepValue] = Field(max_length=5, description="Of types that have none of their own")
    by_type: list[TypeSteps] = Field(default=[], max_length=50)
    quiet_hours: QuietHoursValue = QuietHoursValue()


class ReminderPlanView(Answer):
    """`version` is 0 before a plan is first set."""

    version: int
    steps: list[StepValue]
    by_type: list[TypeSteps]
    quiet_hours: QuietHoursValue = Field(validation_alias="quiet")


class VisitAnswer(Body):
    answer: Literal["confirmed", "cancelled", "move"]


class VisitView(Answer):
    """What a reminder's link shows; `open` says whether it can still be answered by it."""

    practice: str
    location: str
    phone: str | None
    first_name: str | None
    language: str
    starts_at: Instant
    time_zone: str
    answer: str | None
    open: bool


class VisitAnswered(Answer):
    """What was understood; the front desk, or the schedule's own rules, do the rest."""

    answer: str
