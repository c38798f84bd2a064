"""What clients send and get: reasons for a visit."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from ...platform.http import Answer, Body, Line, Short

System = Literal["practice", "icd-10-cm"]
ReasonCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]


class ReasonBody(Body):
    """Why the patient comes: a code of ICD-10-CM or of the practice's list."""

    system: System = "practice"
    code: ReasonCode = Field(examples=["back_pain"])
    text: Line | None = Field(default=None, description="In few words; the chart alone shows it")


class ReasonChange(Body):
    """The reason, whole; null for none."""

    reason: ReasonBody | None


class ReasonView(Answer):
    """`text` is there for who reads charts."""

    system: System
    code: str
    display: str | None
    text: str | None


class AppointmentReasonView(Answer):
    """`version` is the appointment's."""

    version: int
    appointment_id: str
    reason: ReasonView | None


class ListedReasonBody(Body):
    code: ReasonCode = Field(examples=["back_pain"])
    display: Short = Field(examples=["Back pain"])


class VisitReasonsBody(Body):
    """The whole list, as it is shown. What is booked keeps what it was called."""

    reasons: list[ListedReasonBody] = Field(max_length=200)


class ListedReasonView(Answer):
    code: str
    display: str


class VisitReasonsView(Answer):
    """`version` is 0 while none were set."""

    version: int
    reasons: list[ListedReasonView]
