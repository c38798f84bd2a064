"""The problem list: what a patient has, or had."""

from ..care_team.reach import get_shown
from ..care_team.team import tag
from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.errors import FieldError, Invalid
from ..terminology.icd10cm import CodeVerdict, dotted
from ..terminology.usable_codes import USABLE
from .coding import diagnosis_of
from .models import Problem
from .schemas import ProblemBody
from .statuses import wrong_standing

LISTABLE = USABLE | {CodeVerdict.NOT_BILLABLE}
"""A problem is no claim: a header, such as E11, may stand on the list."""


def add_problem(context: Context, patient_id: str, body: ProblemBody) -> Problem:
    """Put a problem on the list. NotFound for the patient; Invalid naming what cannot be."""
    context.concerns(patient_id)
    read_patient(context, patient_id)
    problem = Problem(*Problem.key(context.practice_id, patient_id, context.new_id("prb")))
    _fill(context, problem, body)
    tag(context, patient_id, problem, body.sensitivity)
    context.work.create(problem)
    return problem


def read_problem(context: Context, patient_id: str, problem_id: str) -> Problem:
    context.concerns(patient_id)
    key = Problem.key(context.practice_id, patient_id, problem_id)
    return get_shown(context, patient_id, Problem, key)


def change_problem(
    context: Context, patient_id: str, problem_id: str, body: ProblemBody
) -> Problem:
    """Replace an entry. A code that stays is not checked anew: it was right when it was recorded."""
    problem = context.matching(read_problem(context, patient_id, problem_id))
    _fill(context, problem, body)
    tag(context, patient_id, problem, body.sensitivity)
    context.work.save(problem)
    return problem


def _fill(context: Context, problem: Problem, body: ProblemBody) -> None:
    wrong = wrong_standing(
        body.clinical_status,
        body.verification_status,
        onset=body.onset,
        abatement=body.abatement,
        today=context.today(),
    )
    title = _fill_code(context, problem, body, wrong)
    description = body.description or title
    if description is None:
        wrong.append(FieldError("description", "required", "Say what the problem is"))
    if wrong or description is None:
        raise Invalid("Some fields cannot be right", errors=tuple(wrong))
    problem.description = description
    problem.clinical_status = body.clinical_status
    problem.verification_status = body.verification_status
    problem.onset = body.onset
    problem.abatement = body.abatement
    problem.recorded_by = context.actor.id
    problem.recorded_at = context.now()


def _fill_code(
    context: Context, problem: Problem, body: ProblemBody, wrong: list[FieldError]
) -> str | None:
    """Set the code and its check; the code's own title, which describes the problem if nothing else does."""
    if body.code is None:
        problem.code = problem.check = None
        return None
    if problem.code == dotted(body.code):
        return problem.description
    diagnosis = diagnosis_of(body.code, context.today(), field="code", usable=LISTABLE)
    if isinstance(diagnosis, FieldError):
        wrong.append(diagnosis)
        return body.code
    problem.code, problem.check = diagnosis.code, diagnosis.check
    return diagnosis.description
