"""The standing of a problem or an allergy, and what may not go together (FHIR R4 Condition, AllergyIntolerance)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ..platform.errors import FieldError


class Verification(StrEnum):
    """How sure it is; an allergy is never provisional nor a differential."""

    UNCONFIRMED = "unconfirmed"
    PROVISIONAL = "provisional"
    DIFFERENTIAL = "differential"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    ENTERED_IN_ERROR = "entered_in_error"


class ClinicalStatus(StrEnum):
    """Whether it is at work; an allergy is active, inactive or resolved."""

    ACTIVE = "active"
    RECURRENCE = "recurrence"
    RELAPSE = "relapse"
    INACTIVE = "inactive"
    REMISSION = "remission"
    RESOLVED = "resolved"


OVER = frozenset({ClinicalStatus.INACTIVE, ClinicalStatus.REMISSION, ClinicalStatus.RESOLVED})


@dataclass(frozen=True, slots=True)
class Coded:
    """A code of a named system: RxNorm, SNOMED CT, UNII."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """What happened, and how bad it was: `mild`, `moderate` or `severe`."""

    manifestation: str
    severity: str | None = None


def wrong_standing(
    clinical: str | None,
    verification: str,
    *,
    onset: date | None,
    abatement: date | None,
    today: date,
) -> list[FieldError]:
    """What contradicts itself: FHIR's invariants con-3 to con-5 (ait-1, ait-2), and the order of dates."""
    wrong: list[FieldError] = []
    in_error = verification == Verification.ENTERED_IN_ERROR
    if in_error and clinical is not None:
        wrong.append(FieldError("clinical_status", "not_allowed", "Entered in error has none"))
    if not in_error and clinical is None:
        wrong.append(FieldError("clinical_status", "required", "Say whether it is active"))
    if abatement is not None and clinical is not None and clinical not in OVER:
        wrong.append(FieldError("clinical_status", "abated", "It has abated: not active any more"))
    for field, day in (("onset", onset), ("abatement", abatement)):
        if day is not None and day > today:
            wrong.append(FieldError(field, "in_future", "This day is still to come"))
    if onset is not None and abatement is not None and abatement < onset:
        wrong.append(FieldError("abatement", "before_onset", "It cannot abate before it began"))
    return wrong
