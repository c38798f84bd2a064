"""Routes of psychotherapy notes."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Page, PageQuery, Routes
from . import notes, releasing
from .schemas import (
    NewPsychotherapyNote,
    PsychotherapyAddendumText,
    PsychotherapyAddendumView,
    PsychotherapyNoteBody,
    PsychotherapyNoteText,
    PsychotherapyNoteView,
    PsychotherapySignature,
    ReleaseApproval,
    ReleaseRequest,
    ReleaseView,
)

routes = Routes("psychotherapy")
NOTES = "/v1/patients/{patient_id}/psychotherapy-notes"
NOTE = f"{NOTES}/{{psychotherapy_note_id}}"
RELEASES = "/v1/patients/{patient_id}/psychotherapy-releases"
RELEASE = f"{RELEASES}/{{release_id}}"
WRITE = Permission.WRITE_PSYCHOTHERAPY_NOTES


@routes.post(NOTES, permission=WRITE, status=201)
def write_psychotherapy_note(
    context: Context, patient_id: str, body: NewPsychotherapyNote
) -> PsychotherapyNoteView:
    """Begin a psychotherapy note: yours alone, apart from the chart. The answer does not repeat it.

    Counselling notes of a programme under 42 CFR Part 2 are guarded alike; 422 naming `note_kind`
    for who provides for none.
    """
    return PsychotherapyNoteView.model_validate(notes.write_note(context, patient_id, body))


@routes.get(NOTES, permission=WRITE)
def list_psychotherapy_notes(
    context: Context, patient_id: str, query: PageQuery
) -> Page[PsychotherapyNoteView]:
    """Your own of a patient, without their words; nobody else's are told of."""
    items, cursor = notes.list_notes(context, patient_id, query)
    return Page[PsychotherapyNoteView].model_validate({"items": items, "next_cursor": cursor})


@routes.get(NOTE, permission=WRITE)
def read_psychotherapy_note(
    context: Context, patient_id: str, psychotherapy_note_id: str
) -> PsychotherapyNoteText:
    """One of your own. 404 for anybody else's."""
    return _text(notes.read_note(context, patient_id, psychotherapy_note_id))


@routes.put(NOTE, permission=WRITE)
def save_psychotherapy_note(
    context: Context, patient_id: str, psychotherapy_note_id: str, body: PsychotherapyNoteBody
) -> PsychotherapyNoteView:
    """Replace a draft. 409 `psychotherapy_note_locked`."""
    return PsychotherapyNoteView.model_validate(
        notes.save_note(context, patient_id, psychotherapy_note_id, body)
    )


@routes.post(f"{NOTE}/sign", permission=WRITE)
def sign_psychotherapy_note(
    context: Context, patient_id: str, psychotherapy_note_id: str, body: PsychotherapySignature
) -> PsychotherapyNoteView:
    """Lock it for good. 409 `psychotherapy_note_locked`; 412 if it is not what you have read."""
    return PsychotherapyNoteView.model_validate(
        notes.sign_note(context, patient_id, psychotherapy_note_id, body)
    )


@routes.post(f"{NOTE}/addenda", permission=WRITE, status=201)
def add_psychotherapy_addendum(
    context: Context, patient_id: str, psychotherapy_note_id: str, body: PsychotherapyNoteBody
) -> PsychotherapyAddendumView:
    """Add to a signed note. 409 `psychotherapy_note_not_signed`."""
    return PsychotherapyAddendumView.model_validate(
        notes.add_addendum(context, patient_id, psychotherapy_note_id, body)
    )


@routes.post(RELEASES, permission=WRITE, status=201, step_up=True)
def request_psychotherapy_release(
    context: Context, patient_id: str, body: ReleaseRequest
) -> ReleaseView:
    """Ask that somebody named may read one signed note of yours, once, by the patient's authorisation.

    422 for a reader who may read no released notes; 409 `psychotherapy_note_not_signed`.
    """
    return ReleaseView.model_validate(releasing.request_release(context, patient_id, body))


@routes.post(f"{RELEASE}/approve", permission=Permission.REVIEW_ACCESS, step_up=True)
def approve_psychotherapy_release(
    context: Context, patient_id: str, release_id: str, body: ReleaseApproval
) -> ReleaseView:
    """Approve a release, with the authorisation before you; its reader has a day.

    403 `two_people` for its author; 409 `release_not_open`.
    """
    return ReleaseView.model_validate(
        releasing.approve_release(context, patient_id, release_id, body)
    )


@routes.post(
    f"{RELEASE}/open",
    permission=Permission.READ_RELEASED_NOTES,
    step_up=True,
    idempotent=False,
)
def open_psychotherapy_release(
    context: Context, patient_id: str, release_id: str
) -> PsychotherapyNoteText:
    """Read a note that was released to you: once, and no answer is kept. 409 `release_not_open`."""
    return _text(releasing.open_release(context, patient_id, release_id))


def _text(opened: notes.Opened) -> PsychotherapyNoteText:
    view = PsychotherapyNoteView.model_validate(opened.note)
    return PsychotherapyNoteText(
        **dict(view),
        text=opened.text,
        addenda=[
            PsychotherapyAddendumText(id=each.id, signed_at=each.signed_at, text=text)
            for each, text in opened.addenda
        ],
    )
