"""A patient's copies: asked for with a booking, recorded when they come, refused or withdrawn."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..patients.models import Patient
from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.errors import NotFound, invalid_field
from ..platform.overlap import beside
from ..platform.store import find_many, join, query_all
from .errors import FormChanged, FormHistoryFull, NothingToWithdraw
from .models import Form, PatientForm
from .schemas import CopyBody
from .service import list_forms
from .standing import Entry, FormKind, Outcome, Standing

MOST_COPIES = 100


@dataclass(frozen=True, slots=True)
class Copies:
    """A form, and what one patient gave of it."""

    form: Form
    own: PatientForm

    @property
    def outstanding(self) -> bool:
        return bool(self.own.wanted_on is not None and self.form.active)


def list_copies(context: Context, patient_id: str) -> list[Copies]:
    """Of each form that was asked of the patient or given: what is outstanding first, then by name.

    NotFound for the patient. Three reads side by side.
    """
    known = beside(read_patient, context, patient_id)
    forms = beside(list_forms, context)
    own = copies_of(context, patient_id)
    known.result()
    found = [Copies(each, own[each.id]) for each in forms.result() if each.id in own]
    return sorted(found, key=lambda each: not each.outstanding)


def copies_of(context: Context, patient_id: str) -> dict[str, PatientForm]:
    """By the form's id: one Query."""
    context.concerns(patient_id)
    partition = join(context.practice_id, patient_id)
    return {each.form_id: each for each in query_all(partition, begins="form#")}


def needed(forms: Iterable[Form], named: Collection[str]) -> list[Form]:
    """Of the practice's, those that every patient needs, and those that the type of visit names."""
    return [each for each in forms if each.active and (each.for_everybody or each.id in named)]


def record_copy(context: Context, patient_id: str, body: CopyBody) -> Copies:
    """Add what came to the history: nothing of it is outstanding then.

    NotFound for the patient; Invalid (422): not a form, a day to come, an intake form refused;
    NothingToWithdraw, FormHistoryFull, FormChanged (409).
    """
    context.concerns(patient_id)
    practice_id = context.practice_id
    patient_key, form_key = (
        Patient.key(practice_id, patient_id),
        Form.key(practice_id, body.form_id),
    )
    key = PatientForm.key(practice_id, patient_id, body.form_id)
    found = find_many([patient_key, form_key, key], consistent=True)
    if not isinstance(found.get(patient_key), Patient):
        raise NotFound
    form, stored = found.get(form_key), found.get(key)
    if not isinstance(form, Form):
        raise invalid_field("form_id", "not_found", "No such form")
    own = stored if isinstance(stored, PatientForm) else PatientForm(*key)
    entry = _entry(context, form, own, body)
    own.history = (*own.history, entry)
    own.wanted_on = own.wanted_for = None
    _stage(context, own)
    return Copies(form, own)


def ask_for(
    context: Context, patient_id: str, appointment_id: str, *, forms: Sequence[Form], day: date
) -> None:
    """Of these, what the patient has no copy of that is valid on `day` is outstanding from now on.

    FormChanged, so that a message comes again. Safe to repeat.
    """
    own = copies_of(context, patient_id)
    for form in forms:
        copies = own.get(form.id) or PatientForm(
            *PatientForm.key(context.practice_id, patient_id, form.id)
        )
        if not copies.wanted_on and copies.standing(form, day) is not Standing.VALID:
            copies.wanted_on, copies.wanted_for = context.today(), appointment_id
            _stage(context, copies)


def _entry(context: Context, form: Form, own: PatientForm, body: CopyBody) -> Entry:
    signed_on = body.signed_on or context.today()
    if signed_on > context.today():
        raise invalid_field("signed_on", "in_future", "This day is still to come")
    if body.outcome is not Outcome.RECEIVED and form.of_kind != FormKind.CONSENT:
        raise invalid_field("outcome", "no_consent", "Consents alone are refused or withdrawn")
    given = bool(own.history) and own.history[-1].outcome == Outcome.RECEIVED
    if body.outcome is Outcome.WITHDRAWN and not given:
        raise NothingToWithdraw
    if len(own.history) >= MOST_COPIES:
        raise FormHistoryFull
    return Entry(
        outcome=body.outcome.value,
        signed_on=signed_on,
        signer=body.signer.value,
        signer_name=body.signer_name,
        document_id=body.document_id,
        text_version=form.text_version,
        recorded_at=context.now().replace(microsecond=0),
        recorded_by=context.actor.id,
    )


def _stage(context: Context, own: PatientForm) -> None:
    if own.version == 0:
        context.work.create(own, refusal=FormChanged())
    else:
        context.work.save(own, refusal=FormChanged())
