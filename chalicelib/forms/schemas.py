"""What clients send and get: forms, and patients' copies of them."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, StringConstraints

from ..platform.http import Answer, Body, Instant, Line, Short, Words
from ..platform.http.values import fields_of
from .standing import FormKind, NeededBy, Outcome, Signer, Standing, valid_until

if TYPE_CHECKING:
    from .copies import Copies
    from .models import Form

FormId = Annotated[str, StringConstraints(pattern=r"^frm_[0-9A-Z]{26}$")]
DocumentId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
"""Where the practice files a document: nothing is looked up by it."""


class FormBody(Body):
    """A form or a consent. A changed `text` is a new version; copies keep the one that was signed."""

    name: Short = Field(examples=["Consent to treatment"])
    of_kind: FormKind
    needed_by: NeededBy = Field(
        default=NeededBy.TYPES, description="Every patient, or those whose type of visit names it"
    )
    valid_months: int | None = Field(
        default=None, ge=1, le=120, description="A copy's; once is enough without"
    )
    text: Words | None = Field(default=None, description="Left out, it stays as it is")
    document_id: DocumentId | None = Field(default=None, description="What is signed, in its place")
    active: bool = Field(default=True, description="Asked for; one that is not keeps its copies")


class FormSummary(Answer):
    id: str
    version: int
    name: str
    of_kind: FormKind
    needed_by: NeededBy
    valid_months: int | None
    document_id: str | None
    text_version: int = Field(description="0 while it has no text")
    active: bool


class FormView(FormSummary):
    """With its text as it is now."""

    text: str | None

    @classmethod
    def of(cls, form: "Form", text: str | None) -> Self:
        return cls(**fields_of(FormSummary.model_validate(form)), text=text)


class FormList(Answer):
    items: list[FormSummary]


class CopyBody(Body):
    """What came of asking a patient for a form. Consents alone are refused or withdrawn."""

    form_id: FormId
    outcome: Outcome = Outcome.RECEIVED
    signer: Signer = Signer.PATIENT
    signer_name: Line | None = Field(default=None, description="Of a proxy or guardian")
    signed_on: date | None = Field(default=None, description="Today without")
    document_id: DocumentId | None = Field(default=None, description="The signed copy")


class CopyView(Answer):
    """One entry of the history; `text_version` is the one that was signed."""

    outcome: Outcome
    signed_on: date
    signer: Signer
    signer_name: str | None
    document_id: str | None
    text_version: int
    recorded_at: Instant
    recorded_by: str


class PatientFormView(Answer):
    """How a patient's copy of a form stands today. `outstanding`: the next one is waited for."""

    form_id: str
    name: str
    of_kind: FormKind
    standing: Standing
    valid_until: date | None = Field(description="The first day without a valid copy")
    outstanding: bool
    wanted_on: date | None
    wanted_for: str | None = Field(description="The appointment")
    history: list[CopyView]

    @classmethod
    def of(cls, copies: "Copies", day: date) -> Self:
        form, own = copies.form, copies.own
        received = [each for each in own.history[-1:] if each.outcome == Outcome.RECEIVED]
        return cls(
            form_id=form.id,
            name=form.name,
            of_kind=FormKind(form.of_kind),
            standing=own.standing(form, day),
            valid_until=valid_until(received[0], form.valid_months) if received else None,
            outstanding=copies.outstanding,
            wanted_on=own.wanted_on,
            wanted_for=own.wanted_for,
            history=[CopyView.model_validate(each) for each in own.history],
        )


class PatientFormList(Answer):
    """What is outstanding first, then by name."""

    items: list[PatientFormView]
