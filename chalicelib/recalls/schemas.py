"""What clients send and get: rules of recalls, and whom they call in."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from ..platform.http import Answer, Body, Instant, PageQuery, Short

_ID = "_[0-9A-Z]{26}"
PatientId = Annotated[str, StringConstraints(pattern=f"^pat{_ID}$")]
TypeId = Annotated[str, StringConstraints(pattern=f"^typ{_ID}$")]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https://[!-~]{3,190}$")]
Status = Literal["due", "contacted", "no_answer", "booked", "declined", "closed"]


class IntervalValue(Body):
    """So long after the visit."""

    count: int = Field(ge=1, le=120, examples=[6])
    unit: Literal["weeks", "months"]


class ContactPlanValue(Body):
    """How a patient is called in; by `phone` the front desk has a task for each attempt."""

    channel: Literal["message", "phone"] = "message"
    days_before: int = Field(default=14, ge=0, le=180, description="The first attempt")
    attempts: int = Field(default=2, ge=1, le=5, description="How often")
    days_between: int = Field(default=14, ge=1, le=90)
    booking_url: WebAddress | None = Field(
        default=None, description="Where they book online", examples=["https://elm.example/book"]
    )


_Plan: Any = Field(default=ContactPlanValue())


class RecallRuleBody(Body):
    """Whoever had a visit of one type is due for one of another, or of the same, after a while."""

    name: Short = Field(examples=["Six months after a physical"])
    after_type_id: TypeId
    type_id: TypeId | None = Field(default=None, description="As `after_type_id` without")
    interval: IntervalValue
    plan: ContactPlanValue = _Plan
    enabled: bool = Field(default=True, description="Whether it makes recalls and contacts people")


class RecallRuleView(Answer):
    id: str
    version: int
    name: str
    after_type_id: str
    type_id: str
    interval: IntervalValue
    plan: ContactPlanValue
    enabled: bool


class RecallRuleList(Answer):
    items: list[RecallRuleView]


class RecallBody(Body):
    """Somebody who is to come again, entered by hand."""

    patient_id: PatientId
    type_id: TypeId
    due_on: date = Field(examples=["2026-09-02"])
    plan: ContactPlanValue = _Plan


class RecallChange(Body):
    """Another day; who was contacted for the first one is contacted anew."""

    due_on: date = Field(examples=["2026-10-02"])


class RecallOutcome(Body):
    """What came of an attempt by telephone: they were told, nobody answered, or they do not want it.

    `closed`: it is not needed any more.
    """

    outcome: Literal["told", "no_answer", "declined", "closed"]


class AttemptView(Answer):
    """One attempt: `message`, `task` or `phone`, and what came of it."""

    at: Instant
    how: str
    by: str
    result: str


class RecallView(Answer):
    """`appointment_id` is the visit by which it is booked."""

    id: str
    version: int
    status: Status
    reason: str | None
    patient_id: str
    rule_id: str | None
    type_id: str
    due_on: date
    attempts: int
    appointment_id: str | None
    history: list[AttemptView]


class RecallLine(Answer):
    """A line of the list: the recall, and whose it is."""

    recall: RecallView
    patient_name: str


class RecallQuery(PageQuery):
    """Whom nobody has booked yet, who is due first first; of one patient all, past ones too."""

    status: Literal["due", "contacted", "no_answer"] | None = None
    type_id: TypeId | None = None
    patient_id: PatientId | None = None
