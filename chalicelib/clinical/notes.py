"""Notes: drafts from a template, reading them back, and addenda to what is signed."""

import zlib
from dataclasses import dataclass, replace

from ..care_team.reach import Reach, find_reached
from ..platform import log
from ..platform.context import Context
from ..platform.errors import DomainError, FieldError, NotFound, Stale, invalid_field
from ..platform.store import Key, Record, find
from .encounters import read_open, read_shown
from .errors import (
    EncounterLocked,
    EncounterNotSigned,
    NoteDamaged,
    NoteInvalid,
    TooManyAddenda,
)
from .models import IN_PROGRESS, SIGNED, Addendum, Encounter, Note
from .note_body import MOST_BYTES, canonical, digest, is_readable
from .note_templates import validate_draft
from .schemas import AddendumBody, NoteDraft
from .specialty_templates import TEMPLATES


@dataclass(frozen=True, slots=True)
class Documented:
    """An encounter, its note, and the addenda, oldest first."""

    encounter: Encounter
    note: Note
    addenda: tuple[Addendum, ...] = ()


def save_note(context: Context, patient_id: str, encounter_id: str, draft: NoteDraft) -> Note:
    """Replace the draft at the version that If-Match names, without reading it.

    NoteInvalid (422) names what does not fit the template; EncounterLocked (409) once it is signed.
    """
    version = context.if_match or 0
    encounter = read_open(context, patient_id, encounter_id)
    note = Note(
        *Note.key(context.practice_id, patient_id, encounter_id),
        encounter_id=encounter_id,
        body=_checked(draft),
        saved_by=context.actor.id,
        saved_at=context.now(),
    )
    context.work.update(
        Encounter,
        encounter.item_key,
        actions=[Encounter.note_version.set(version + 1)],
        condition=encounter.note_at(version),
        refusal=lambda: _why_not_saved(encounter.item_key),
    )
    context.work.update(
        Note,
        note.item_key,
        actions=note.replacing(version),
        condition=Note.version == version,
        refusal=Stale(),
    )
    return note


def read_documented(context: Context, patient_id: str, encounter_id: str) -> Documented:
    """An encounter with its note: one BatchGet, and a second where there are addenda.

    NotFound; NoteDamaged (500) where what was signed is not what is there.
    """
    read = read_with_note(context, patient_id, encounter_id)
    if read.note.version != read.encounter.note_version:
        read = read_with_note(context, patient_id, encounter_id, anew=True)
    if not _is_whole(read.encounter, read.note):
        raise _damaged(context, encounter_id)
    return replace(read, addenda=_addenda(context, read.encounter))


def read_with_note(
    context: Context, patient_id: str, encounter_id: str, *, anew: bool = False
) -> Documented:
    """As they are stored: one BatchGet. It is no snapshot: compare the versions of the two."""
    context.concerns(patient_id)
    encounter_key = Encounter.key(context.practice_id, patient_id, encounter_id)
    note_key = Note.key(context.practice_id, patient_id, encounter_id)
    reach, found = _find(context, (patient_id, encounter_id), [encounter_key, note_key], anew=anew)
    encounter, note = found.get(encounter_key), found.get(note_key)
    if not isinstance(encounter, Encounter) or not reach.sees(encounter.sensitivity):
        raise NotFound
    if not isinstance(note, Note):
        raise _damaged(context, encounter_id)
    return Documented(encounter, note)


def add_addendum(
    context: Context, patient_id: str, encounter_id: str, body: AddendumBody
) -> Addendum:
    """Add to a signed note, signed by whoever adds; the note itself stays untouched.

    EncounterNotSigned, TooManyAddenda (409).
    """
    encounter = read_shown(context, patient_id, encounter_id)
    addendum = Addendum(
        *Addendum.key(context.practice_id, patient_id, context.new_id("not")),
        encounter_id=encounter_id,
        text=body.text,
        sha256=digest(body.text),
        signed_by=context.actor.id,
        signed_at=context.now(),
    )
    context.work.update(
        Encounter,
        encounter.item_key,
        actions=[Encounter.version.add(1), Encounter.addenda.add({addendum.note_id})],
        condition=encounter.takes_addenda(),
        refusal=lambda: _why_not_added(encounter.item_key),
    )
    context.work.create(addendum)
    return addendum


def _checked(draft: NoteDraft) -> str:
    template = TEMPLATES.get(draft.template)
    if template is None:
        raise invalid_field("template", "unknown_template", "There is no such note template")
    wrong = validate_draft(template, draft.content)
    if wrong:
        raise NoteInvalid(
            errors=tuple(FieldError(f"content.{e.path}", e.code, e.message) for e in wrong)
        )
    body = canonical(template, draft.content)
    if len(body.encode()) > MOST_BYTES:
        raise invalid_field("content", "too_long", f"At most {MOST_BYTES} bytes")
    return body


def _why_not_saved(key: Key) -> DomainError:
    encounter = find(Encounter, key, consistent=True)
    if encounter is None:
        return NotFound()
    return Stale() if encounter.status == IN_PROGRESS else EncounterLocked()


def _why_not_added(key: Key) -> DomainError:
    encounter = find(Encounter, key, consistent=True)
    if encounter is None:
        return NotFound()
    return TooManyAddenda() if encounter.status == SIGNED else EncounterNotSigned()


def _addenda(context: Context, encounter: Encounter) -> tuple[Addendum, ...]:
    keys = [
        Addendum.key(context.practice_id, encounter.patient_id, note_id)
        for note_id in sorted(encounter.addenda or ())
    ]
    found = _find(context, (encounter.patient_id, encounter.id), keys)[1] if keys else {}
    addenda = [found.get(key) for key in keys]
    whole = [each for each in addenda if isinstance(each, Addendum) and _is_signed_text(each)]
    if len(whole) < len(keys):
        raise _damaged(context, encounter.id)
    return tuple(whole)


def _find(
    context: Context, visit: tuple[str, str], keys: list[Key], *, anew: bool = False
) -> tuple[Reach, dict[Key, Record]]:
    patient_id, encounter_id = visit
    try:
        return find_reached(context, patient_id, keys, anew=anew)
    except (zlib.error, OSError, EOFError, UnicodeDecodeError) as error:
        raise _damaged(context, encounter_id) from error


def _is_whole(encounter: Encounter, note: Note) -> bool:
    """It can be read; and if it is signed, it is what was hashed."""
    signed = encounter.status == SIGNED
    if note.blank:
        return not signed
    if signed and digest(note.body) != encounter.note_sha256:
        return False
    return is_readable(note.body)


def _is_signed_text(addendum: Addendum) -> bool:
    return digest(addendum.text) == addendum.sha256


def _damaged(context: Context, encounter_id: str) -> NoteDamaged:
    damaged = NoteDamaged()
    log.failure(
        "a note is damaged", damaged, record_id=encounter_id, practice_id=context.practice_id
    )
    return damaged
