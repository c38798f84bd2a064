"""Why patients come: the practice's list, and the reason of one visit."""

from dataclasses import dataclass

from ...platform.store import Key, Record, ValueAttribute, join

PRACTICE, ICD10CM = "practice", "icd-10-cm"


@dataclass(frozen=True, slots=True)
class Reason:
    """FHIR Appointment.reasonCode, with few words that the chart alone shows."""

    system: str
    code: str
    display: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ListedReason:
    """A reason as the practice calls it."""

    code: str
    display: str


class VisitReasons(Record):
    """The practice's own list of reasons for a visit, whole."""

    KIND = "visit_reasons"

    reasons = ValueAttribute(tuple[ListedReason, ...], default=())

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `visit-reasons#`."""
        return Key(join(practice_id), "visit-reasons#")
