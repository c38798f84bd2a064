"""Psychotherapy notes (45 CFR 164.501): apart from the chart, under keys that hold their author's id.

What is written is sealed; these records say that a note is there, whose, and when it was kept.
"""

from pynamodb.attributes import UnicodeAttribute

from ..platform.store import IdInKey, InstantAttribute, Key, Record, join

DRAFT, SIGNED = "draft", "signed"


class PsychotherapyNote(Record):
    """One note. `sha256`, once it is signed, is that of the sealed text, which never changes again."""

    KIND = "psychotherapy_note"

    id = IdInKey("psy")
    patient_id = IdInKey("pat")
    author_id = IdInKey("usr")
    sealed = UnicodeAttribute()
    note_kind = UnicodeAttribute(default="psychotherapy")
    status = UnicodeAttribute(default=DRAFT)
    saved_at = InstantAttribute()
    signed_at = InstantAttribute(null=True)
    sha256 = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, author_id: str, note_id: str) -> Key:
        """`prc_1#pat_2#` / `psychotherapy#usr_3#psy_4#`: one's own of a patient in one Query."""
        return Key(join(practice_id, patient_id), join("psychotherapy", author_id, note_id))

    @classmethod
    def of_author(cls, author_id: str) -> str:
        """The sort keys of an author's notes begin with `psychotherapy#usr_3#`."""
        return join("psychotherapy", author_id)


class PsychotherapyAddendum(Record):
    """What its author added to a signed note; written once."""

    KIND = "psychotherapy_addendum"

    id = IdInKey("pad")
    sealed = UnicodeAttribute()
    signed_at = InstantAttribute()

    @classmethod
    def key(cls, note: Key, addendum_id: str) -> Key:
        """`prc_1#pat_2#` / `psychotherapy#usr_3#psy_4#pad_5#`: after its note, in time order."""
        return Key(note.pk, f"{note.sk}{join(addendum_id)}")


class PsychotherapyRelease(Record):
    """That a named reader may read one note once: what authorises it, who asked, who approved."""

    KIND = "psychotherapy_release"

    id = IdInKey("rel")
    patient_id = IdInKey("pat")
    note_id = UnicodeAttribute()
    author_id = UnicodeAttribute()
    reader_id = UnicodeAttribute()
    authorisation = UnicodeAttribute()
    requested_at = InstantAttribute()
    approved_by = UnicodeAttribute(null=True)
    approved_at = InstantAttribute(null=True)
    ends_at = InstantAttribute(null=True)
    opened_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, release_id: str) -> Key:
        """`prc_1#pat_2#` / `psychotherapy-release#rel_3#`."""
        return Key(join(practice_id, patient_id), join("psychotherapy-release", release_id))
