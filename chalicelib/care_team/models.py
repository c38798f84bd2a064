"""Who sees a patient's sensitive records, and each time that somebody broke the glass."""

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

    @classmethod
    def key(cls, practice_id: str, patient_id: str, break_glass_id: str) -> Key:
        """`prc_1#pat_2#` / `break-glass#brk_3#`: beside the chart, which does not show it."""
        return Key(join(practice_id, patient_id), join("break-glass", break_glass_id))
