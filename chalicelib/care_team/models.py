"""Who sees a patient's sensitive records, and each time that somebody broke the glass."""

from dataclasses import dataclass
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from ..platform.store import IdInKey, InstantAttribute, Key, Record, ValueAttribute, join
from .membership import Opening, TeamMember


class CareTeam(Record):
    """A patient's care team (FHIR R4 CareTeam), and the break-glasses that still hold.

    One item, in the chart's own range: whoever reads the chart has it by the same Query.
    """

    KIND = "care_team"

    patient_id = IdInKey("pat")
    members = ValueAttribute(tuple[TeamMember, ...], default=())
    openings = ValueAttribute(tuple[Opening, ...], default=())

    @classmethod
    def key(cls, practice_id: str, patient_id: str) -> Key:
        """`prc_1#pat_2#` / `chart#team#`: read backwards, the first of a chart."""
        return Key(join(practice_id, patient_id), "chart#team#")


@dataclass(frozen=True, slots=True)
class EmergencyDisclosure:
    """What has to be documented at once where Part 2 records are opened so: 42 CFR 2.51(c).

    To whom and of which facility, by whom, when, and the nature of the emergency.
    """

    recipient: str
    affiliation: str
    disclosed_by: str
    disclosed_at: datetime
    nature: str


class BreakGlass(Record):
    """One time that somebody opened what was closed to them: who, why, until when. Never changed."""

    KIND = "break_glass"

    id = IdInKey("brk")
    patient_id = IdInKey("pat")
    user_id = UnicodeAttribute()
    reason = UnicodeAttribute()
    explanation = UnicodeAttribute()
    opened_at = InstantAttribute()
    until = InstantAttribute()
    emergency_disclosure = ValueAttribute(EmergencyDisclosure, null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, break_glass_id: str) -> Key:
        """`prc_1#pat_2#` / `break-glass#brk_3#`: beside the chart, which does not show it."""
        return Key(join(practice_id, patient_id), join("break-glass", break_glass_id))
