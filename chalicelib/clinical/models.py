"""The chart: encounters, notes, problems and allergies, all in the patient's partition.

What one Query of a chart reads begins with `chart#`; the bodies of notes lie beside it.
"""

from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from ..platform.clock import from_iso, iso
from ..platform.ids import derived_id
from ..platform.store import (
    DateAttribute,
    GzipTextAttribute,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)
from .coding import CodedReason, Diagnosis, Procedure
from .statuses import Coded, Reaction
from .telehealth import Telehealth

IN_PROGRESS, SIGNED, ENTERED_IN_ERROR = "in_progress", "signed", "entered_in_error"
MOST_ADDENDA = 100


class Encounter(Record):
    """A visit as a clinical event, with its codes. Once signed, nothing of it changes.

    `version` counts changes of the encounter and its codes, `note_version` those of its note: two
    people at work on the one and the other do not meet. Nothing puts the whole item back. What is
    known of a video visit, `telehealth`, has a version too: it is no part of what is signed.
    """

    KIND = "encounter"

    id = IdInKey("enc")
    patient_id = IdInKey("pat")
    practitioner_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    appointment_id = UnicodeAttribute(null=True)
    started_at = InstantAttribute()
    day = DateAttribute()
    reason = UnicodeAttribute(null=True)
    reason_code = ValueAttribute(CodedReason, null=True)
    status = UnicodeAttribute(default=IN_PROGRESS)
    bill_to = UnicodeAttribute()
    diagnoses = ValueAttribute(tuple[Diagnosis, ...], default=())
    procedures = ValueAttribute(tuple[Procedure, ...], default=())
    note_version = IntegerAttribute(default=1)
    addenda = UnicodeSetAttribute(null=True)
    signed_by = UnicodeAttribute(null=True)
    signed_at = InstantAttribute(null=True)
    note_sha256 = UnicodeAttribute(null=True)
    sensitivity = UnicodeSetAttribute(null=True)
    part2_programme = BooleanAttribute(null=True)
    telehealth = ValueAttribute(Telehealth, null=True)
    telehealth_version = IntegerAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, encounter_id: str) -> Key:
        """`prc_1#pat_2#` / `chart#encounter#enc_3#`."""
        return Key(join(practice_id, patient_id), join("chart", "encounter", encounter_id))

    @classmethod
    def open_of(cls, practice_id: str, practitioner_id: str) -> str:
        """gs1 `prc_1#open#pra_2#` / `2026-03-02T14:00:00.000000Z#enc_3#`: what waits for a signature."""
        return join(practice_id, "open", practitioner_id)

    def list_as_open(self, practice_id: str) -> None:
        """Until it is signed, its practitioner's list of unsigned notes has it."""
        self.gs1pk = self.open_of(practice_id, self.practitioner_id)
        self.gs1sk = join(iso(self.started_at), self.id)

    @property
    def listed_since(self) -> datetime:
        """When it started, read off the index key."""
        return from_iso(str(self.gs1sk).partition("#")[0])

    @property
    def note_id(self) -> str:
        """Its one main note."""
        return derived_id("not", self.id)

    def changing(self, **changes: Any) -> list[Action]:
        """Set attributes here (None removes); the actions that do so in the table, next version included."""
        attributes = type(self).get_attributes()
        self.version += 1
        for name, value in changes.items():
            setattr(self, name, value)
        return [
            Encounter.version.set(self.version),
            *(
                attributes[name].remove() if value is None else attributes[name].set(value)
                for name, value in changes.items()
            ),
        ]

    def as_read(self) -> Condition:
        """It is in progress, and neither its codes nor its note have changed since it was read."""
        condition: Condition = self.at_version() & (Encounter.note_version == self.note_version)
        return condition

    def at_version(self) -> Condition:
        """It is in progress, and its codes have not changed since it was read."""
        condition: Condition = (Encounter.status == IN_PROGRESS) & (
            Encounter.version == self.version
        )
        return condition

    def note_at(self, version: int) -> Condition:
        """It is in progress, its note at this version, and its tags are those that were read."""
        at = (Encounter.status == IN_PROGRESS) & (Encounter.note_version == version)
        condition: Condition = at & self.tags_as_read()
        return condition

    @classmethod
    def knows_less_of_video(cls, version: int) -> Condition:
        """It is there, and has nothing of this version of its video visit, nor of a later one."""
        older = cls.telehealth_version.does_not_exist() | (cls.telehealth_version < version)
        condition: Condition = cls.pk.exists() & older
        return condition

    def tags_as_read(self) -> Condition:
        """Nobody has marked or unmarked it since."""
        if not self.sensitivity:
            untagged: Condition = Encounter.sensitivity.does_not_exist()
            return untagged
        same: Condition = Encounter.sensitivity == self.sensitivity
        return same

    def takes_addenda(self) -> Condition:
        """It is signed and has room, and its tags are those that were read."""
        few = size(Encounter.addenda) < MOST_ADDENDA  # type: ignore[no-untyped-call]
        room = Encounter.addenda.does_not_exist() | few
        condition: Condition = (Encounter.status == SIGNED) & room & self.tags_as_read()
        return condition


class EarlyAttendance(Record):
    """What is known of a video visit before its encounter is there, which takes it over."""

    KIND = "early_attendance"

    telehealth = ValueAttribute(Telehealth)
    telehealth_version = IntegerAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str, encounter_id: str) -> Key:
        """`prc_1#pat_2#` / `video-visit#enc_3#`."""
        return Key(join(practice_id, patient_id), join("video-visit", encounter_id))


class Note(Record):
    """The body of an encounter's note. Its status is the encounter's: signing does not rewrite it."""

    KIND = "note"

    id = IdInKey("not")
    encounter_id = UnicodeAttribute()
    body = GzipTextAttribute(null=True)
    saved_by = UnicodeAttribute(null=True)
    saved_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, encounter_id: str) -> Key:
        """`prc_1#pat_2#` / `note-body#not_3#`; the id follows from the encounter's, which has one note."""
        return _beside_the_chart(practice_id, patient_id, derived_id("not", encounter_id))

    @property
    def blank(self) -> bool:
        """Nothing has been saved yet."""
        return self.body is None

    def replacing(self, version: int) -> list[Action]:
        """This draft in place of the one at `version`, which was not read."""
        self.version = version + 1
        return [
            Note.version.set(self.version),
            Note.body.set(self.body),
            Note.saved_by.set(self.saved_by),
            Note.saved_at.set(self.saved_at),
        ]


class Addendum(Record):
    """What was added to a signed note. Written once, signed as it is written."""

    KIND = "addendum"

    note_id = IdInKey("not")
    encounter_id = UnicodeAttribute()
    text = GzipTextAttribute()
    sha256 = UnicodeAttribute()
    signed_by = UnicodeAttribute()
    signed_at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, patient_id: str, note_id: str) -> Key:
        """`prc_1#pat_2#` / `note-body#not_3#`; its encounter lists the ids."""
        return _beside_the_chart(practice_id, patient_id, note_id)


class Problem(Record):
    """An entry of the problem list (FHIR R4 Condition)."""

    KIND = "problem"

    id = IdInKey("prb")
    patient_id = IdInKey("pat")
    code = UnicodeAttribute(null=True)
    check = UnicodeAttribute(null=True)
    description = UnicodeAttribute()
    clinical_status = UnicodeAttribute(null=True)
    verification_status = UnicodeAttribute()
    onset = DateAttribute(null=True)
    abatement = DateAttribute(null=True)
    recorded_by = UnicodeAttribute()
    recorded_at = InstantAttribute()
    sensitivity = UnicodeSetAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, problem_id: str) -> Key:
        """`prc_1#pat_2#` / `chart#problem#prb_3#`."""
        return Key(join(practice_id, patient_id), join("chart", "problem", problem_id))


class Allergy(Record):
    """What a patient must not be given (FHIR R4 AllergyIntolerance)."""

    KIND = "allergy"

    id = IdInKey("alg")
    patient_id = IdInKey("pat")
    substance = UnicodeAttribute()
    substance_code = ValueAttribute(Coded, null=True)
    criticality = UnicodeAttribute()
    clinical_status = UnicodeAttribute(null=True)
    verification_status = UnicodeAttribute()
    reactions = ValueAttribute(tuple[Reaction, ...], default=())
    onset = DateAttribute(null=True)
    recorded_by = UnicodeAttribute()
    recorded_at = InstantAttribute()
    sensitivity = UnicodeSetAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, allergy_id: str) -> Key:
        """`prc_1#pat_2#` / `chart#intolerance#alg_3#`: read backwards, a chart's first page has them."""
        return Key(join(practice_id, patient_id), join("chart", "intolerance", allergy_id))


def _beside_the_chart(practice_id: str, patient_id: str, note_id: str) -> Key:
    return Key(join(practice_id, patient_id), join("note-body", note_id))
