"""What clients send and get: psychotherapy notes. Answers of writes do not repeat what was written."""

from typing import Annotated, Literal

from pydantic import Field

from ..platform.http import Answer, Body, Instant, Short, Words

UserId = Annotated[str, Field(pattern=r"^usr_[0-9A-Z]{26}$")]
NoteId = Annotated[str, Field(pattern=r"^psy_[0-9A-Z]{26}$")]


NoteKind = Literal["psychotherapy", "sud_counselling"]


class PsychotherapyNoteBody(Body):
    """Analysis of a conversation, for its author alone.

    No medication, session times, modality, frequency, test results, diagnosis, functional status,
    treatment plan, symptoms, prognosis or progress (45 CFR 164.501): those belong in a progress note.
    """

    text: Words


class NewPsychotherapyNote(PsychotherapyNoteBody):
    """`sud_counselling`: of a session in a Part 2 programme (42 CFR 2.11), guarded alike."""

    note_kind: NoteKind = "psychotherapy"


class PsychotherapySignature(Body):
    expected_version: int = Field(ge=1, description="`version` of the note you have before you")


class PsychotherapyNoteView(Answer):
    """That it is there. `sha256`, once signed, is of the sealed text."""

    id: str
    version: int
    note_kind: NoteKind
    status: str
    saved_at: Instant
    signed_at: Instant | None
    sha256: str | None


class PsychotherapyAddendumView(Answer):
    id: str
    signed_at: Instant


class PsychotherapyAddendumText(PsychotherapyAddendumView):
    text: str


class PsychotherapyNoteText(PsychotherapyNoteView):
    """The note as its author wrote it, and what they added, oldest first."""

    text: str
    addenda: list[PsychotherapyAddendumText]


class ReleaseRequest(Body):
    """`authorisation` names the patient's signed authorisation, as it is filed: for this alone.

    45 CFR 164.508(a)(2); of a counselling note the separate consent of 42 CFR 2.31(b).
    """

    note_id: NoteId
    reader_id: UserId
    authorisation: Short


class ReleaseApproval(Body):
    """`authorisation` as it is read on the paper itself: it has to be the one that was named."""

    authorisation: Short


class ReleaseView(Answer):
    """`ends_at` is until when its reader may read, once."""

    id: str
    version: int
    note_id: str
    author_id: str
    reader_id: str
    requested_at: Instant
    approved_by: str | None
    ends_at: Instant | None
    opened_at: Instant | None
