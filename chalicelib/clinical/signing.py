"""Signing: the note and the codes become what they are for good, and the rest of the house is told."""

from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import FieldError, Stale
from ..practices.models import Practitioner
from .coding import missing_codes
from .errors import EncounterLocked, MissingForSigning, NotYourEncounter
from .models import IN_PROGRESS, SIGNED, Encounter, Note
from .note_body import digest, read_body
from .note_templates import missing_for_signing
from .notes import read_with_note
from .schemas import Signature
from .specialty_templates import TEMPLATES


def sign_encounter(
    context: Context, patient_id: str, encounter_id: str, signature: Signature
) -> Encounter:
    """Sign what its practitioner has before them: one read, one transaction, the body not rewritten.

    EncounterLocked (409) if it is signed; Stale (412) if codes or note are not at the versions
    named; MissingForSigning (422) names what is blank; NotYourEncounter (403) unless the caller is
    linked as its practitioner, which the transaction itself checks.
    """
    read = read_with_note(context, patient_id, encounter_id)
    encounter, note = read.encounter, read.note
    if encounter.status != IN_PROGRESS:
        raise EncounterLocked
    if not _is_expected(encounter, note, signature):
        raise Stale
    body = _complete(encounter, note)
    context.work.require(
        Practitioner,
        Practitioner.key(context.practice_id, encounter.practitioner_id),
        condition=Practitioner.user_id == context.actor.id,
        refusal=NotYourEncounter(),
    )
    _stage(context, encounter, sha256=digest(body))
    _tell(context, encounter)
    return encounter


def _stage(context: Context, encounter: Encounter, *, sha256: str) -> None:
    condition = encounter.as_read()
    actions = encounter.changing(
        status=SIGNED,
        signed_by=context.actor.id,
        signed_at=context.now(),
        note_sha256=sha256,
        gs1pk=None,
        gs1sk=None,
    )
    context.work.update(
        Encounter, encounter.item_key, actions=actions, condition=condition, refusal=Stale()
    )


def _tell(context: Context, encounter: Encounter) -> None:
    outbox.publish(
        context,
        "encounter.signed",
        encounter.id,
        encounter.version,
        patient_id=encounter.patient_id,
        practitioner_id=encounter.practitioner_id,
        location_id=encounter.location_id,
        day=encounter.day.isoformat(),
        appointment_id=encounter.appointment_id or "",
        bill_to=encounter.bill_to,
    )


def _is_expected(encounter: Encounter, note: Note, signature: Signature) -> bool:
    """What was read is what the signer has seen; a save between the two reads shows here."""
    notes = {encounter.note_version, note.version}
    return encounter.version == signature.expected_version and notes == {
        signature.expected_note_version
    }


def _complete(encounter: Encounter, note: Note) -> str:
    """The text to be signed; MissingForSigning if anything is blank."""
    missing = missing_codes(encounter.diagnoses, encounter.procedures)
    if note.blank:
        missing.append(FieldError("note.template", "required", "The note is empty"))
        raise MissingForSigning(errors=tuple(missing))
    body = read_body(note.body)
    missing += [
        FieldError(f"note.content.{path}", "required", "Fill this in before signing")
        for path in missing_for_signing(TEMPLATES[body.template], body.content)
    ]
    if missing:
        raise MissingForSigning(errors=tuple(missing))
    return note.body
