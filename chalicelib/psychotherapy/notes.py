"""Psychotherapy notes: their author writes, reads, signs and adds to them, and nobody else does.

The author's id is part of the key, taken from the caller: no role, care team or break-glass leads
to another's. The text is sealed under a key derived for the author, so that a stray read shows
nothing.
"""

from dataclasses import dataclass
from hashlib import sha256

from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.errors import BadRequest, NotFound, Stale, invalid_field
from ..platform.http import PageQuery, open_cursor, seal_cursor
from ..platform.keyring import seal, unseal
from ..platform.store import Key, get, query, query_all
from ..practices.service import provides_part2
from .errors import (
    PsychotherapyNoteDamaged,
    PsychotherapyNoteLocked,
    PsychotherapyNoteNotSigned,
)
from .models import DRAFT, SIGNED, PsychotherapyAddendum, PsychotherapyNote
from .schemas import NewPsychotherapyNote, PsychotherapyNoteBody, PsychotherapySignature

COUNSELLING = "sud_counselling"


@dataclass(frozen=True, slots=True)
class Opened:
    """A note with its words, and each addendum with its."""

    note: PsychotherapyNote
    text: str
    addenda: list[tuple[PsychotherapyAddendum, str]]


def write_note(context: Context, patient_id: str, body: NewPsychotherapyNote) -> PsychotherapyNote:
    """Begin a note of one's own. NotFound for the patient.

    Invalid (422) for a counselling note of who provides for no Part 2 programme.
    """
    context.concerns(patient_id)
    read_patient(context, patient_id)
    if body.note_kind == COUNSELLING and not provides_part2(context, context.actor.id):
        raise invalid_field("note_kind", "no_part2_programme", "You provide for no such programme")
    key = _key(context, patient_id, context.new_id("psy"))
    sealed = sealed_for(key, body.text)
    note = PsychotherapyNote(*key, note_kind=body.note_kind, sealed=sealed, saved_at=context.now())
    context.work.create(note)
    return note


def list_notes(
    context: Context, patient_id: str, asked: PageQuery
) -> tuple[list[PsychotherapyNote], str | None]:
    """One's own of a patient, oldest first. NotFound for the patient."""
    context.concerns(patient_id)
    read_patient(context, patient_id)
    page = query(
        _key(context, patient_id, "psy_").pk,
        begins=PsychotherapyNote.of_author(context.actor.id),
        limit=asked.limit,
        start=open_cursor(context, asked.cursor),
    )
    notes = [each for each in page.records if isinstance(each, PsychotherapyNote)]
    return notes, seal_cursor(context, page.next_key)


def read_note(context: Context, patient_id: str, note_id: str) -> Opened:
    """One's own, with its words: one Query. NotFound; PsychotherapyNoteDamaged (500)."""
    context.concerns(patient_id)
    return open_at(_key(context, patient_id, note_id))


def save_note(
    context: Context, patient_id: str, note_id: str, body: PsychotherapyNoteBody
) -> PsychotherapyNote:
    """Replace a draft. PsychotherapyNoteLocked (409) once it is signed."""
    note = context.matching(_draft(context, patient_id, note_id))
    note.sealed, note.saved_at = sealed_for(note.item_key, body.text), context.now()
    context.work.save(note)
    return note


def sign_note(
    context: Context, patient_id: str, note_id: str, body: PsychotherapySignature
) -> PsychotherapyNote:
    """Lock it for good. Stale (412) if it is not the version named."""
    note = _draft(context, patient_id, note_id)
    if note.version != body.expected_version:
        raise Stale
    note.status, note.signed_at = SIGNED, context.now()
    note.sha256 = digest_of(note.sealed)
    context.work.save(note)
    return note


def add_addendum(
    context: Context, patient_id: str, note_id: str, body: PsychotherapyNoteBody
) -> PsychotherapyAddendum:
    """Add to a signed note of one's own. PsychotherapyNoteNotSigned (409)."""
    note = find_note(context, patient_id, note_id)
    if note.status != SIGNED:
        raise PsychotherapyNoteNotSigned
    key = PsychotherapyAddendum.key(note.item_key, context.new_id("pad"))
    addendum = PsychotherapyAddendum(
        *key, sealed=sealed_for(key, body.text), signed_at=context.now()
    )
    context.work.create(addendum)
    return addendum


def find_note(context: Context, patient_id: str, note_id: str) -> PsychotherapyNote:
    """One's own, without its words. NotFound."""
    context.concerns(patient_id)
    return get(PsychotherapyNote, _key(context, patient_id, note_id))


def open_at(key: Key) -> Opened:
    """The note at `key`, opened. NotFound; PsychotherapyNoteDamaged (500)."""
    records = list(query_all(key.pk, begins=key.sk, consistent=True))
    note = next((each for each in records if isinstance(each, PsychotherapyNote)), None)
    if note is None:
        raise NotFound
    if note.status == SIGNED and digest_of(note.sealed) != note.sha256:
        raise PsychotherapyNoteDamaged
    addenda = [each for each in records if isinstance(each, PsychotherapyAddendum)]
    return Opened(
        note,
        words_of(note),
        [(each, words_of(each)) for each in addenda],
    )


def _draft(context: Context, patient_id: str, note_id: str) -> PsychotherapyNote:
    note = find_note(context, patient_id, note_id)
    if note.status != DRAFT:
        raise PsychotherapyNoteLocked
    return note


def _key(context: Context, patient_id: str, note_id: str) -> Key:
    return PsychotherapyNote.key(context.practice_id, patient_id, context.actor.id, note_id)


def sealed_for(key: Key, text: str) -> str:
    """The words of a note or an addendum as they are stored, bound to their place."""
    return seal(_purpose(key), text, bound_to=f"{key.pk}{key.sk}")


def words_of(record: PsychotherapyNote | PsychotherapyAddendum) -> str:
    """What was sealed in it, for its author, its one reader, and an export to a custodian's key.

    PsychotherapyNoteDamaged (500) for what was not sealed at this key.
    """
    key, sealed = record.item_key, record.sealed
    try:
        return unseal(_purpose(key), sealed, bound_to=f"{key.pk}{key.sk}")
    except BadRequest as error:
        raise PsychotherapyNoteDamaged from error


def _purpose(key: Key) -> str:
    """One key an author in a practice: `psychotherapy prc_1 usr_3`."""
    return f"psychotherapy {key.pk.partition('#')[0]} {key.sk.split('#')[1]}"


def digest_of(sealed: str) -> str:
    """What a signed note's `sha256` has to be."""
    return sha256(sealed.encode()).hexdigest()
