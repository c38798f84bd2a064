"""What clients send and get: plans of reminders."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ..platform.http import Answer, Body, Instant, LocalTime, Short
from .purposes import Purpose

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
    notices: bool = Field(default=True, description="Of what is booked, moved and cancelled")


class ReminderPlanView(Answer):
    """`version` is 0 before a plan is first set."""

    version: int
    steps: list[StepValue]
    by_type: list[TypeSteps]
    quiet_hours: QuietHoursValue = Field(validation_alias="quiet")
    notices: bool


class MessageTemplateBody(Body):
    """Variables: `{practice}`, `{date}`, `{time}`, `{phone}`, `{link}`; of a visit by video `{video}`,
    which is added where it is left out; in a mail also `{location}`, `{first_name}`. A line with one
    that has no value is left out. How to answer a text message, and how to end texts, is added to it.
    """

    subject: Short | None = Field(default=None, examples=["Your appointment at {practice}"])
    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)
    ] = Field(examples=["See you on {date}, {time}, at {practice}."])


class LengthView(Answer):
    """Of a text message, whole, with the longest date and time; `units` as its encoding counts."""

    encoding: Literal["gsm-7", "ucs-2"]
    units: int
    segments: int


class MessageTemplateView(Answer):
    """The wording for one purpose on one channel, in one language: ours unless it is your `own`.

    The reminder's id is `sms.es`, that of what is booked `booked.sms.es`.
    """

    id: str
    purpose: Purpose
    version: int
    channel: Literal["email", "sms"]
    language: str
    own: bool
    subject: str | None
    text: str
    length: LengthView | None


class MessageTemplateList(Answer):
    items: list[MessageTemplateView]


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


class ChangeView(Answer):
    """What became of a message: when, by which channel, why."""

    status: str
    at: Instant
    channel: str
    reason: str


class MessageView(Answer):
    """One message to a patient, or of theirs: of ours no text is kept, of theirs the words.

    `cause` is the record it is about: an appointment, an offer of the waiting list, a recall.
    """

    id: str
    version: int
    template: str
    channel: str
    status: str
    reason: str | None
    cause: str
    staged_at: Instant
    words: str | None
    history: list[ChangeView]
