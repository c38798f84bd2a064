"""Releasing a psychotherapy note: an authorisation, its author, a second person, one reader, once."""

from datetime import timedelta

from ..identity.members.holders import holders_of
from ..identity.permissions import Permission
from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import NotFound, invalid_field
from ..platform.store import get
from .errors import PsychotherapyNoteNotSigned, ReleaseNotOpen, TwoPeople
from .models import SIGNED, PsychotherapyNote, PsychotherapyRelease
from .notes import Opened, find_note, open_at
from .schemas import ReleaseApproval, ReleaseRequest

READABLE_FOR = timedelta(hours=24)
WHY = "authorisation"


def request_release(
    context: Context, patient_id: str, body: ReleaseRequest
) -> PsychotherapyRelease:
    """The author asks that somebody named may read one note of theirs; a task asks for approval.

    NotFound for a note that is not theirs; PsychotherapyNoteNotSigned (409); Invalid naming a
    reader who may read none.
    """
    note = find_note(context, patient_id, body.note_id)
    if note.status != SIGNED:
        raise PsychotherapyNoteNotSigned
    if not holders_of(context, Permission.READ_RELEASED_NOTES, [body.reader_id]):
        raise invalid_field("reader_id", "not_found", "Nobody here who reads released notes")
    context.trace.why = WHY
    release = PsychotherapyRelease(
        *PsychotherapyRelease.key(context.practice_id, patient_id, context.new_id("rel")),
        note_id=note.id,
        author_id=context.actor.id,
        reader_id=body.reader_id,
        authorisation=body.authorisation,
        requested_at=context.now(),
    )
    context.work.create(release)
    outbox.publish(
        context,
        "task.wanted",
        release.id,
        1,
        queue="privacy",
        kind="psychotherapy_release",
        patient_id=patient_id,
        about=context.actor.id,
    )
    return release


def approve_release(
    context: Context, patient_id: str, release_id: str, body: ReleaseApproval
) -> PsychotherapyRelease:
    """A second person, with the authorisation before them, lets the reader read within a day.

    TwoPeople (403) for the author; ReleaseNotOpen (409) if it is approved; Invalid for
    another authorisation than the one that was named.
    """
    release = _release(context, patient_id, release_id)
    if context.actor.id == release.author_id:
        raise TwoPeople
    if release.approved_by:
        raise ReleaseNotOpen
    if body.authorisation != release.authorisation:
        raise invalid_field("authorisation", "not_the_same", "Not the authorisation that was named")
    release.approved_by, release.approved_at = context.actor.id, context.now()
    release.ends_at = context.now() + READABLE_FOR
    context.work.save(release, refusal=ReleaseNotOpen())
    return release


def open_release(context: Context, patient_id: str, release_id: str) -> Opened:
    """The reader reads the note, this once. NotFound for anybody else; ReleaseNotOpen (409)."""
    release = _release(context, patient_id, release_id)
    if release.reader_id != context.actor.id:
        raise NotFound
    if release.opened_at or not release.ends_at or release.ends_at <= context.now():
        raise ReleaseNotOpen
    release.opened_at = context.now()
    context.work.save(release, refusal=ReleaseNotOpen())
    return open_at(
        PsychotherapyNote.key(context.practice_id, patient_id, release.author_id, release.note_id)
    )


def _release(context: Context, patient_id: str, release_id: str) -> PsychotherapyRelease:
    context.concerns(patient_id)
    context.trace.why = WHY
    key = PsychotherapyRelease.key(context.practice_id, patient_id, release_id)
    return get(PsychotherapyRelease, key)
