"""The terms of an insurance policy: whose it is, and when it pays in which place."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .demographics import PatientAddress, PersonName


class CoverageStatus(StrEnum):
    """FHIR R4 fm-status (required), without drafts: only `active` coverages are billed."""

    ACTIVE = "active"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"


class Relationship(StrEnum):
    """Of the patient to the subscriber: FHIR R4 subscriber-relationship, what claims tell apart."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    OTHER = "other"


class AuthorizationKind(StrEnum):
    """What the payer gave its number for."""

    PRIOR_AUTHORIZATION = "prior_authorization"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """The person whose policy it is, where that is not the patient."""

    name: PersonName
    birth_date: date
    sex: str
    address: PatientAddress | None = None


@dataclass(frozen=True, slots=True)
class CoverageSpan:
    """The days on which a coverage has its priority, both ends included."""

    coverage_id: str
    priority: int
    effective_from: date
    effective_until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (
            self.effective_until is None or day <= self.effective_until
        )

    def overlaps(self, other: "CoverageSpan") -> bool:
        """Whether both have one priority on one day."""
        return self.priority == other.priority and (
            self.holds_on(other.effective_from) or other.holds_on(self.effective_from)
        )
