"""An appointment's own status, and apart from it how far the patient has come. Pure.

Source: DOMAIN.md, Scheduling; FHIR R4 Appointment.status and its cancellation reasons.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

IN_PERSON, VIDEO = "in_person", "video"
"""Modalities of a visit that rules ask for."""


class Status(StrEnum):
    """What the appointment is. Only a booked one changes."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    FULFILLED = "fulfilled"
    ENTERED_IN_ERROR = "entered_in_error"


class Progress(StrEnum):
    """Where the patient is; only ever forward."""

    NONE = "none"
    ARRIVED = "arrived"
    CHECKED_IN = "checked_in"
    ROOMED = "roomed"
    WITH_PROVIDER = "with_provider"
    CHECKED_OUT = "checked_out"


class CancellationReason(StrEnum):
    """FHIR's appointment-cancellation-reason, without the codes that tell of someone's health."""

    PATIENT = "pat"
    PATIENT_REMINDER = "pat-crs"
    PATIENT_PORTAL = "pat-cpp"
    PATIENT_TRANSPORT = "pat-lt"
    PATIENT_MOVED = "pat-mv"
    PROVIDER = "prov"
    PROVIDER_PERSONAL = "prov-pers"
    EQUIPMENT = "maint"
    ERROR = "oth-err"
    FINANCIAL = "oth-fin"
    NO_INTERPRETER = "oth-int"
    ROOM = "oth-room"
    WEATHER = "oth-weath"
    LEFT_UNSEEN = "left-unseen"
    """Not FHIR's: the patient came, and left without being seen."""

    @property
    def is_patients(self) -> bool:
        """Whether it was the patient who did not come: late, it may cost a fee."""
        return self.value.startswith("pat")


class Entry(StrEnum):
    """How a visit comes into the book."""

    BOOKED = "booked"
    WALK_IN = "walk_in"
    PAST = "past"


class OverbookReason(StrEnum):
    """Why a visit is booked where the provider has another."""

    URGENT = "urgent"
    PROVIDER_ASKED = "provider_asked"
    WALK_IN = "walk_in"
    SHORT_VISIT = "short_visit"
    LIKELY_NO_SHOW = "likely_no_show"


@dataclass(frozen=True, slots=True)
class Step:
    """One change of status or progress: to what, when, by whom, and the coded reason if any."""

    to: str
    at: datetime
    by: str
    reason: str | None = None


_ORDER = tuple(Progress)


def leads_to(now: Progress, then: Progress) -> bool:
    """Whether a patient goes from `now` to `then`: forward, and past check-in only through it."""
    forward = _ORDER.index(then) > _ORDER.index(now)
    past_the_desk = _ORDER.index(then) > _ORDER.index(Progress.CHECKED_IN)
    return forward and (not past_the_desk or now not in (Progress.NONE, Progress.ARRIVED))


def may_follow(now: Progress, then: Progress) -> bool:
    """As `leads_to`; and who is roomed may be taken to another room."""
    return leads_to(now, then) or now == then == Progress.ROOMED


def may_be_cancelled(progress: Progress) -> bool:
    """Until the provider sees the patient: one who left without being seen cancels too."""
    return _ORDER.index(progress) < _ORDER.index(Progress.WITH_PROVIDER)
