"""Allergies and intolerances: what a patient must not be given."""

from ..care_team.reach import get_shown
from ..care_team.team import tag
from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.errors import Invalid
from .models import Allergy
from .schemas import AllergyBody
from .statuses import wrong_standing


def add_allergy(context: Context, patient_id: str, body: AllergyBody) -> Allergy:
    """Record one. NotFound for the patient; Invalid naming what cannot be."""
    context.concerns(patient_id)
    read_patient(context, patient_id)
    allergy = Allergy(*Allergy.key(context.practice_id, patient_id, context.new_id("alg")))
    _fill(context, allergy, body)
    tag(context, patient_id, allergy, body.sensitivity)
    context.work.create(allergy)
    return allergy


def read_allergy(context: Context, patient_id: str, allergy_id: str) -> Allergy:
    context.concerns(patient_id)
    key = Allergy.key(context.practice_id, patient_id, allergy_id)
    return get_shown(context, patient_id, Allergy, key)


def change_allergy(
    context: Context, patient_id: str, allergy_id: str, body: AllergyBody
) -> Allergy:
    """Replace one."""
    allergy = context.matching(read_allergy(context, patient_id, allergy_id))
    _fill(context, allergy, body)
    tag(context, patient_id, allergy, body.sensitivity)
    context.work.save(allergy)
    return allergy


def _fill(context: Context, allergy: Allergy, body: AllergyBody) -> None:
    wrong = wrong_standing(
        body.clinical_status,
        body.verification_status,
        onset=body.onset,
        abatement=None,
        today=context.today(),
    )
    if wrong:
        raise Invalid("Some fields cannot be right", errors=tuple(wrong))
    allergy.substance = body.substance
    allergy.substance_code = body.substance_code and body.substance_code.coded()
    allergy.criticality = body.criticality
    allergy.clinical_status = body.clinical_status
    allergy.verification_status = body.verification_status
    allergy.reactions = tuple(each.reaction() for each in body.reactions)
    allergy.onset = body.onset
    allergy.recorded_by = context.actor.id
    allergy.recorded_at = context.now()
