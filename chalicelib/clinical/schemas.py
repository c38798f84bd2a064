"""What clients send and get: encounters, notes, problems, allergies, charts."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BeforeValidator, Field

from ..platform.http import Answer, Body, Flag, Instant, Line, PageQuery, Query, Words
from ..platform.http.values import fields_of
from .coding import MOST_DIAGNOSES, MOST_PROCEDURES, CodedReason, Procedure
from .note_body import NoteBody, read_body
from .sensitivity import Sensitivity
from .statuses import Coded, Reaction

if TYPE_CHECKING:
    from .models import Encounter, Note
    from .notes import Documented

BillTo = Literal["insurance", "self_pay"]
Modifier = Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$", examples=["25"])]
PractitionerId = Annotated[str, Field(pattern=r"^pra_[0-9A-Z]{26}$")]
LocationId = Annotated[str, Field(pattern=r"^loc_[0-9A-Z]{26}$")]
ProcedureCode = Annotated[
    str,
    Field(
        pattern=r"^[A-Z0-9][A-Z0-9.-]{0,19}$",
        description="HCPCS level II, or a code of the practice's own",
        examples=["G0463"],
    ),
]
Tags = Annotated[
    list[Sensitivity], Field(max_length=5, description="What makes it sensitive (HL7 v3 ActCode)")
]
TagsView = Annotated[list[str], BeforeValidator(lambda stored: sorted(stored or ()))]
Icd10 = Annotated[
    str, Field(max_length=10, description="ICD-10-CM, with or without its dot", examples=["M54.50"])
]


class EncounterStart(Body):
    """A visit without an appointment. `started_at` is now, if left out."""

    practitioner_id: PractitionerId
    location_id: LocationId
    started_at: AwareDatetime | None = None
    bill_to: BillTo = "insurance"
    reason: Line | None = None
    sensitivity: Tags = []


class SensitivityBody(Body):
    """What makes it sensitive; none for an ordinary record."""

    sensitivity: Tags


class DiagnosisBody(Body):
    code: Icd10


class ProcedureBody(Body):
    """`pointers` count the diagnoses from 1; a draft may leave them out, signing wants one."""

    code: ProcedureCode
    units: int = Field(default=1, ge=1, le=999)
    modifiers: list[Modifier] = Field(default=[], max_length=4)
    pointers: list[int] = Field(default=[], max_length=4)
    note: Line | None = Field(default=None, max_length=80)

    def procedure(self) -> Procedure:
        return Procedure(
            self.code, self.units, tuple(self.modifiers), tuple(self.pointers), self.note
        )


class EncounterChange(Body):
    """The codes of an encounter, whole; the main diagnosis first. `bill_to` left out stays."""

    diagnoses: list[DiagnosisBody] = Field(max_length=MOST_DIAGNOSES)
    procedures: list[ProcedureBody] = Field(max_length=MOST_PROCEDURES)
    reason: Line | None = None
    bill_to: BillTo | None = None


class NoteDraft(Body):
    """The whole note: `{section: {field: value}}`, as its template lays it out."""

    template: str = Field(max_length=64, examples=["soap_general"])
    content: dict[str, dict[str, Any] | None]


class Signature(Body):
    """The versions that the practitioner has before them: nothing else is signed."""

    expected_version: int = Field(ge=1, description="`version` of the encounter")
    expected_note_version: int = Field(ge=1, description="`version` of its note")


class AddendumBody(Body):
    text: Words


class DiagnosisView(Answer):
    """`check` is `not_checked` where no ICD-10-CM release for the date of service is loaded."""

    code: str
    check: str
    description: str | None


class ProcedureView(Answer):
    code: str
    units: int
    modifiers: list[str]
    pointers: list[int]
    note: str | None


class AttendanceView(Answer):
    """Somebody's time in the meeting; `left_at` is null while they are in it."""

    who: str = Field(description="`patient`, `provider` or `guest`")
    joined_at: Instant
    left_at: Instant | None


class TelehealthView(Answer):
    """Who was on the video visit from when until when, and where the patient said that they were."""

    attended: list[AttendanceView]
    located_in: str | None
    consented_at: Instant | None


class EncounterView(Answer):
    id: str
    version: int
    patient_id: str
    practitioner_id: str
    location_id: str
    appointment_id: str | None
    started_at: Instant
    day: date
    reason: str | None
    reason_code: CodedReason | None
    status: str
    bill_to: str
    diagnoses: list[DiagnosisView]
    procedures: list[ProcedureView]
    note_id: str
    note_version: int
    signed_by: str | None
    signed_at: Instant | None
    note_sha256: str | None
    sensitivity: TagsView
    part2_programme: Flag = Field(description="Of a programme under 42 CFR Part 2")
    telehealth: TelehealthView | None = Field(description="Of a visit by video")


class NoteView(Answer):
    """A note before its first save has no template and no content."""

    id: str
    version: int
    template: str | None
    template_version: int | None
    content: dict[str, dict[str, Any]]
    saved_by: str | None
    saved_at: Instant | None

    @classmethod
    def of(cls, note: "Note") -> Self:
        body = NoteBody("", 0, {}) if note.blank else read_body(note.body)
        return cls(
            id=note.id,
            version=note.version,
            template=body.template or None,
            template_version=body.template_version or None,
            content=body.content,
            saved_by=note.saved_by,
            saved_at=note.saved_at,
        )


class AddendumView(Answer):
    note_id: str
    encounter_id: str
    text: str
    sha256: str
    signed_by: str
    signed_at: Instant


class EncounterDetail(EncounterView):
    """An encounter with its note and what was added to it, oldest first.

    `note` is null where only the codes are shown: to who bills a sensitive visit.
    """

    note: NoteView | None
    addenda: list[AddendumView]

    @classmethod
    def of(cls, documented: "Documented") -> Self:
        return cls(
            **fields_of(EncounterView.model_validate(documented.encounter)),
            note=NoteView.of(documented.note),
            addenda=[AddendumView.model_validate(each) for each in documented.addenda],
        )

    @classmethod
    def codes_of(cls, encounter: "Encounter") -> Self:
        """Its diagnoses and procedures, without a word of what was said."""
        view = fields_of(EncounterView.model_validate(encounter))
        return cls(**{**view, "reason": None, "reason_code": None}, note=None, addenda=[])


class OpenEncounterQuery(PageQuery):
    practitioner_id: PractitionerId
    status: Literal["in_progress"] = "in_progress"


class OpenEncounterView(Answer):
    id: str
    patient_id: str
    patient_name: str
    status: str
    started_at: Instant


class ProblemBody(Body):
    """A problem by code, by description, or both; the code's own title is the description if left out."""

    code: Icd10 | None = None
    description: Line | None = None
    clinical_status: (
        Literal["active", "recurrence", "relapse", "inactive", "remission", "resolved"] | None
    ) = None
    verification_status: Literal[
        "unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered_in_error"
    ] = "confirmed"
    onset: date | None = None
    abatement: date | None = None
    sensitivity: Tags | None = Field(default=None, description="Left out: it stays what it is")


class ProblemView(Answer):
    id: str
    version: int
    code: str | None
    check: str | None
    description: str
    clinical_status: str | None
    verification_status: str
    onset: date | None
    abatement: date | None
    recorded_by: str
    recorded_at: Instant
    sensitivity: TagsView


class CodedValue(Body):
    """A code and the system it is of."""

    system: Literal[
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "http://snomed.info/sct",
        "http://fdasis.nlm.nih.gov",
    ]
    code: str = Field(pattern=r"^[A-Z0-9]{1,20}$", examples=["7980"])

    def coded(self) -> Coded:
        return Coded(self.system, self.code)


class ReactionValue(Body):
    manifestation: Line
    severity: Literal["mild", "moderate", "severe"] | None = None

    def reaction(self) -> Reaction:
        return Reaction(self.manifestation, self.severity)


class AllergyBody(Body):
    substance: Line
    substance_code: CodedValue | None = None
    criticality: Literal["low", "high", "unable_to_assess"] = "unable_to_assess"
    clinical_status: Literal["active", "inactive", "resolved"] | None = None
    verification_status: Literal["unconfirmed", "confirmed", "refuted", "entered_in_error"] = (
        "confirmed"
    )
    reactions: list[ReactionValue] = Field(default=[], max_length=20)
    onset: date | None = None
    sensitivity: Tags | None = Field(default=None, description="Left out: it stays what it is")


class AllergyView(Answer):
    id: str
    version: int
    substance: str
    substance_code: CodedValue | None
    criticality: str
    clinical_status: str | None
    verification_status: str
    reactions: list[ReactionValue]
    onset: date | None
    recorded_by: str
    recorded_at: Instant
    sensitivity: TagsView


class ChartQuery(Query):
    cursor: str | None = Field(
        default=None, max_length=2_000, description="`next_cursor` of the page before"
    )


class ChartPatient(Answer):
    """Whose chart it is."""

    id: str
    version: int
    mrn: str
    full_name: str
    birth_date: date
    sex: str
    status: str
    deceased: bool
    deceased_on: date | None


class ChartCoverage(Answer):
    id: str
    version: int
    payer_name: str
    member_id: str
    priority: int
    effective_from: date
    effective_until: date | None
    status: str


class ChartView(Answer):
    """One page of a chart, at most 1 MB as stored: nearly always all of it.

    `patient`, problems and allergies come on the first page, coverages on the last. `withheld`, of
    what is on this page, is told to who may break the glass; to all others it is false.
    """

    patient: ChartPatient | None
    problems: list[ProblemView]
    allergies: list[AllergyView]
    encounters: list[EncounterView]
    coverages: list[ChartCoverage]
    withheld: bool
    next_cursor: str | None = None


class UnitView(Answer):
    """A UCUM unit and the bounds of a value in it."""

    unit: str
    least: float
    most: float


class TemplateField(Answer):
    key: str
    label: str
    kind: str
    required: bool
    choices: list[str]
    units: list[UnitView]
    max_length: int


class TemplateSection(Answer):
    key: str
    label: str
    fields: list[TemplateField]


class TemplateView(Answer):
    """`template_version` counts changes of its fields."""

    key: str
    template_version: int = Field(validation_alias="version")
    label: str
    sections: list[TemplateSection]


class TemplateList(Answer):
    items: list[TemplateView]
