"""Whether a patient's copy of a form holds on a day. Pure."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class FormKind(StrEnum):
    """An intake form is filled in; a consent is given, refused or withdrawn."""

    INTAKE = "intake"
    CONSENT = "consent"


class NeededBy(StrEnum):
    """Of whom it is asked: every patient, or those whose type of appointment names it."""

    EVERYBODY = "everybody"
    TYPES = "types"


class Outcome(StrEnum):
    """What came of asking for it."""

    RECEIVED = "received"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Signer(StrEnum):
    """Who signed."""

    PATIENT = "patient"
    PROXY = "proxy"
    GUARDIAN = "guardian"


class Standing(StrEnum):
    """How a patient's copy stands on a day; `none`: never asked for nor given."""

    VALID = "valid"
    EXPIRED = "expired"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Entry:
    """What came, as it was recorded: of which version of the form, signed on which day by whom."""

    outcome: str
    signed_on: date
    signer: str
    text_version: int
    recorded_at: datetime
    recorded_by: str
    signer_name: str | None = None
    document_id: str | None = None


def valid_until(entry: Entry, valid_months: int | None) -> date | None:
    """The first day on which it is no longer valid; None where once is enough."""
    return None if valid_months is None else months_later(entry.signed_on, valid_months)


def standing_on(history: Sequence[Entry], valid_months: int | None, day: date) -> Standing:
    """By what came last."""
    if not history:
        return Standing.NONE
    last = history[-1]
    if last.outcome != Outcome.RECEIVED:
        return Standing(last.outcome)
    ends = valid_until(last, valid_months)
    return Standing.VALID if ends is None or day < ends else Standing.EXPIRED


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
