"""Forms that a practice asks for, and what each patient gave."""

from datetime import date

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from ..platform.store import (
    DateAttribute,
    GzipTextAttribute,
    IdInKey,
    IntegerAttribute,
    Key,
    Record,
    ValueAttribute,
    join,
)
from .standing import Entry, NeededBy, Standing, standing_on


class Form(Record):
    """A form or a consent. Its text lies beside it, a version an item, as patients signed it.

    `text_version` is 0 while it has none: it is on paper, or the document that `document_id` names.
    """

    KIND = "form"

    id = IdInKey("frm")
    name = UnicodeAttribute()
    of_kind = UnicodeAttribute()
    needed_by = UnicodeAttribute()
    valid_months = IntegerAttribute(null=True)
    document_id = UnicodeAttribute(null=True)
    text_version = IntegerAttribute(default=0)
    active = BooleanAttribute(default=True)

    @classmethod
    def key(cls, practice_id: str, form_id: str) -> Key:
        """`prc_1#` / `form#frm_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("form", form_id))

    @property
    def for_everybody(self) -> bool:
        return bool(self.active and self.needed_by == NeededBy.EVERYBODY)


class FormText(Record):
    """One version of a form's text. Never changed: somebody may have signed it."""

    KIND = "form_text"

    text = GzipTextAttribute()

    @classmethod
    def key(cls, practice_id: str, form_id: str, version: int) -> Key:
        """`prc_1#` / `text-of-form#frm_2#0003#`."""
        return Key(join(practice_id), join("text-of-form", form_id, f"{version:04}"))


class PatientForm(Record):
    """A patient's copies of one form, oldest first, and since when another one is outstanding."""

    KIND = "patient_form"

    form_id = IdInKey("frm")
    patient_id = IdInKey("pat")
    history = ValueAttribute(tuple[Entry, ...], default=())
    wanted_on = DateAttribute(null=True)
    wanted_for = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, form_id: str) -> Key:
        """`prc_1#pat_2#` / `form#frm_3#`: all of a patient's in one Query."""
        return Key(join(practice_id, patient_id), join("form", form_id))

    def standing(self, form: Form, day: date) -> Standing:
        return standing_on(self.history, form.valid_months, day)
