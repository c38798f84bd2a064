"""Registering patients, and changing who they are."""

from ..platform import outbox
from ..platform.context import Context
from ..platform.errors import FieldError, Unavailable
from ..platform.overlap import beside
from ..platform.store import find_many, get
from ..practices.agreements import demand_agreement
from .demographics import PatientStatus
from .duplicates import likely_duplicates
from .errors import MrnTaken, PossibleDuplicate
from .intake import record_answers, record_demographics
from .models import MrnClaim, Patient, SearchToken
from .schemas import ConsentsBody, DemographicsBody, RegistrationBody
from .search_terms import candidate_mrns, terms_of

MOST_TOKENS_WRITTEN = 90
"""A transaction holds 100 items: patient, MRN, audit entry and stored answer are beside the tokens."""


def register_patient(context: Context, body: RegistrationBody) -> Patient:
    """Register a patient under the MRN given, or a new one. 2 round trips before the commit.

    PossibleDuplicate (409) unless `body` confirms that this is someone else; MrnTaken (409);
    AgreementNotAccepted (409); Invalid (422) naming what cannot be right.
    """
    demand_agreement(context)
    patient = Patient(*Patient.key(context.practice_id, context.new_id("pat")))
    record_demographics(context, patient, body)
    record_answers(context, patient, body.consents)
    unused = None if body.mrn else beside(_unused_mrn, context, patient.id)
    duplicates = [] if body.confirm_not_duplicate else likely_duplicates(context, patient)
    patient.mrn = body.mrn or (unused.result() if unused else "")
    if duplicates:
        raise PossibleDuplicate(
            errors=tuple(
                FieldError("confirm_not_duplicate", "possible_duplicate", each.patient.id)
                for each in duplicates
            )
        )
    context.concerns(patient.id)
    _stage_mrn(context, patient, assigned=body.mrn is None)
    _stage_search_tokens(context, patient)
    context.work.create(patient)
    return patient


def read_patient(context: Context, patient_id: str) -> Patient:
    """The patient; NotFound if the practice has none such. Notes whose data it is."""
    context.concerns(patient_id)
    return get(Patient, Patient.key(context.practice_id, patient_id))


def change_patient(context: Context, patient_id: str, body: DemographicsBody) -> Patient:
    """Replace all that a registration says but MRN and consents; found by it from the commit on.

    That they are seen no more is told.
    """
    patient = context.matching(read_patient(context, patient_id))
    was_seen = _why_not_seen(patient) is None
    record_demographics(context, patient, body)
    _stage_search_tokens(context, patient)
    context.work.save(patient)
    if was_seen and (why := _why_not_seen(patient)):
        outbox.publish(context, "patient.no_longer_seen", patient.id, patient.version, why=why)
    return patient


def record_consents(context: Context, patient_id: str, body: ConsentsBody) -> Patient:
    """Record what the patient said of what `body` names; of Part 2 records, claims are told."""
    patient = context.matching(read_patient(context, patient_id))
    record_answers(context, patient, body)
    context.work.save(patient)
    if body.part2:
        outbox.publish(context, "patient.part2_consented", patient.id, patient.version)
    return patient


def _why_not_seen(patient: Patient) -> str | None:
    """Nobody waits for, or is called in, who is deceased or inactive."""
    if patient.deceased:
        return "deceased"
    return None if patient.status == PatientStatus.ACTIVE else "inactive"


def _unused_mrn(context: Context, patient_id: str) -> str:
    claims = {mrn: MrnClaim.key(context.practice_id, mrn) for mrn in candidate_mrns(patient_id)}
    taken = find_many(claims.values(), consistent=True)
    unused = (mrn for mrn, key in claims.items() if key not in taken)
    return next(unused, "")


def _stage_mrn(context: Context, patient: Patient, *, assigned: bool) -> None:
    """One that we chose and someone else took meanwhile is nobody's fault: try again (503)."""
    if not patient.mrn:
        raise Unavailable(retry_after=1)
    claim = MrnClaim(*MrnClaim.key(context.practice_id, patient.mrn), patient_id=patient.id)
    context.work.create(claim, refusal=Unavailable(retry_after=1) if assigned else MrnTaken())


def _stage_search_tokens(context: Context, patient: Patient) -> None:
    """Write the tokens the patient lacks, delete those that no longer hold.

    Of these, what one transaction cannot hold stays on the patient's list for the next change;
    searches check what they find, so that it is found by nothing wrong.
    """
    before = set(patient.search_tokens or ())
    wanted = {SearchToken.token(context.practice_id, term) for term in terms_of(patient.findable)}
    new, old = sorted(wanted - before), sorted(before - wanted)
    gone = old[: MOST_TOKENS_WRITTEN - len(new)]
    for hashed in new:
        context.work.create(_token(context, patient, hashed))
    for hashed in gone:
        context.work.remove(_token(context, patient, hashed))
    patient.search_tokens = (before | wanted) - set(gone)


def _token(context: Context, patient: Patient, hashed: str) -> SearchToken:
    token = SearchToken(*SearchToken.key(context.practice_id, hashed, patient.id))
    token.version = 1
    return token
