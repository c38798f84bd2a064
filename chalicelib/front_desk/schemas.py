"""What clients get: what a visit still lacks."""

from enum import StrEnum

from pydantic import Field

from ..platform.http import Answer, MoneyValue


class Gap(StrEnum):
    """What the front desk asks for."""

    FORMS = "forms"
    CONSENTS = "consents"
    COVERAGE = "coverage"
    BALANCE = "balance"
    AUTHORIZATION = "authorization"


class LackingFormView(Answer):
    """A form that the visit needs, and how the patient's copy stands on its day."""

    form_id: str
    name: str
    standing: str = Field(description="`none`, `expired`, `refused` or `withdrawn`")


class VisitAuthorizationView(Answer):
    """The one that the visit is under. Below zero, more is booked than allowed."""

    id: str
    number: str
    visits_left: int
    covers: bool = Field(description="This type of visit, on its day")


class ReadinessView(Answer):
    """What a visit lacks on its day: `missing` says it in codes."""

    appointment_id: str
    missing: list[Gap]
    forms: list[LackingFormView]
    consents: list[LackingFormView]
    coverage_id: str | None = Field(description="Billed first on the day; null for self-pay too")
    balance_due: MoneyValue | None = Field(
        description="What the patient owes, to who takes payments or reads accounts"
    )
    authorization: VisitAuthorizationView | None
