"""Routes of the clinical record."""

from ..care_team.reach import bringing
from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Page, Routes
from . import allergies, encounters, notes, problems
from .chart import read_chart as read_whole_chart
from .models import Allergy, Encounter, Problem
from .schemas import (
    AddendumBody,
    AddendumView,
    AllergyBody,
    AllergyView,
    ChartQuery,
    ChartView,
    EncounterChange,
    EncounterDetail,
    EncounterStart,
    EncounterView,
    NoteDraft,
    NoteView,
    OpenEncounterQuery,
    OpenEncounterView,
    ProblemBody,
    ProblemView,
    SensitivityBody,
    Signature,
    TemplateList,
)
from .signing import sign_encounter as sign
from .specialty_templates import TEMPLATES

routes = Routes("clinical")
ENCOUNTERS = "/v1/patients/{patient_id}/encounters"
ENCOUNTER = f"{ENCOUNTERS}/{{encounter_id}}"
PROBLEMS = "/v1/patients/{patient_id}/problems"
ALLERGIES = "/v1/patients/{patient_id}/allergies"
WITH_ENCOUNTER = bringing(Encounter.key, "encounter_id")
WITH_PROBLEM = bringing(Problem.key, "problem_id")
WITH_ALLERGY = bringing(Allergy.key, "allergy_id")


@routes.get("/v1/patients/{patient_id}/chart", permission=Permission.READ_CHART)
def read_chart(context: Context, patient_id: str, query: ChartQuery) -> ChartView:
    """A patient's chart: who they are, problems, allergies, encounters and coverages.

    Sensitive items are there for the care team alone.
    """
    return ChartView.model_validate(read_whole_chart(context, patient_id, query.cursor))


@routes.post(ENCOUNTERS, permission=Permission.WRITE_NOTES, status=201)
def start_encounter(context: Context, patient_id: str, body: EncounterStart) -> EncounterView:
    """Begin a visit that has no appointment. Check-in begins those that have one."""
    return EncounterView.model_validate(encounters.start_encounter(context, patient_id, body))


@routes.get(ENCOUNTER, permission=Permission.READ_CHART, brings=WITH_ENCOUNTER)
def read_encounter(context: Context, patient_id: str, encounter_id: str) -> EncounterDetail:
    """An encounter with its note and addenda.

    500 `note_damaged` if what is stored is not what was signed: it is not shown.
    """
    return EncounterDetail.of(notes.read_documented(context, patient_id, encounter_id))


@routes.put(ENCOUNTER, permission=Permission.WRITE_NOTES, brings=WITH_ENCOUNTER)
def change_encounter(
    context: Context, patient_id: str, encounter_id: str, body: EncounterChange
) -> EncounterView:
    """Replace the codes of an encounter: diagnoses by ICD-10-CM, procedures pointing to them.

    422 `codes_invalid` names each code that is unknown or not billable on the date of service. A
    date for which no release is loaded gives `check: not_checked`. 409 `encounter_locked`.
    """
    return EncounterView.model_validate(
        encounters.change_encounter(context, patient_id, encounter_id, body)
    )


@routes.put(f"{ENCOUNTER}/note", permission=Permission.WRITE_NOTES, brings=WITH_ENCOUNTER)
def save_note(context: Context, patient_id: str, encounter_id: str, body: NoteDraft) -> NoteView:
    """Save the draft of the note. If-Match names the note's own version.

    422 `note_invalid` names what does not fit the template. 409 `encounter_locked`.
    """
    return NoteView.of(notes.save_note(context, patient_id, encounter_id, body))


@routes.post(f"{ENCOUNTER}/sign", permission=Permission.SIGN_NOTES, brings=WITH_ENCOUNTER)
def sign_encounter(
    context: Context, patient_id: str, encounter_id: str, body: Signature
) -> EncounterView:
    """Sign the encounter: its note and codes are locked from then on, and charges are made.

    422 `missing_for_signing` names what is blank; 403 `not_your_encounter` unless you are its
    practitioner; 409 `encounter_locked` if it is signed; 412 if it is not what you have read.
    """
    return EncounterView.model_validate(sign(context, patient_id, encounter_id, body))


@routes.post(
    f"{ENCOUNTER}/addenda", permission=Permission.SIGN_NOTES, brings=WITH_ENCOUNTER, status=201
)
def add_addendum(
    context: Context, patient_id: str, encounter_id: str, body: AddendumBody
) -> AddendumView:
    """Add to a signed encounter, signed as it is added.

    409 `encounter_not_signed`, `too_many_addenda`.
    """
    return AddendumView.model_validate(notes.add_addendum(context, patient_id, encounter_id, body))


@routes.post(
    f"{ENCOUNTER}/entered-in-error", permission=Permission.WRITE_NOTES, brings=WITH_ENCOUNTER
)
def enter_in_error(context: Context, patient_id: str, encounter_id: str) -> EncounterView:
    """Say that an encounter was begun by mistake. It stays, locked. 409 `encounter_locked`."""
    return EncounterView.model_validate(
        encounters.enter_in_error(context, patient_id, encounter_id)
    )


@routes.put(f"{ENCOUNTER}/sensitivity", permission=Permission.WRITE_NOTES, brings=WITH_ENCOUNTER)
def mark_encounter_sensitive(
    context: Context, patient_id: str, encounter_id: str, body: SensitivityBody
) -> EncounterView:
    """Say what makes an encounter sensitive, or that nothing does; a signed one too.

    Only the care team sees it then. 403 `not_on_care_team`.
    """
    return EncounterView.model_validate(
        encounters.mark_sensitive(context, patient_id, encounter_id, body)
    )


@routes.get("/v1/encounters", permission=Permission.READ_CHART)
def list_encounters(context: Context, query: OpenEncounterQuery) -> Page[OpenEncounterView]:
    """A practitioner's encounters that wait for a signature, the longest waiting first."""
    items, cursor = encounters.open_encounters(context, query)
    return Page[OpenEncounterView].model_validate({"items": items, "next_cursor": cursor})


@routes.post(PROBLEMS, permission=Permission.WRITE_PROBLEMS, status=201)
def add_problem(context: Context, patient_id: str, body: ProblemBody) -> ProblemView:
    """Put a problem on the problem list."""
    return ProblemView.model_validate(problems.add_problem(context, patient_id, body))


@routes.get(f"{PROBLEMS}/{{problem_id}}", permission=Permission.READ_CHART, brings=WITH_PROBLEM)
def read_problem(context: Context, patient_id: str, problem_id: str) -> ProblemView:
    """One problem."""
    return ProblemView.model_validate(problems.read_problem(context, patient_id, problem_id))


@routes.put(f"{PROBLEMS}/{{problem_id}}", permission=Permission.WRITE_PROBLEMS, brings=WITH_PROBLEM)
def change_problem(
    context: Context, patient_id: str, problem_id: str, body: ProblemBody
) -> ProblemView:
    """Replace a problem: its course, or that it was entered in error."""
    return ProblemView.model_validate(
        problems.change_problem(context, patient_id, problem_id, body)
    )


@routes.post(ALLERGIES, permission=Permission.WRITE_PROBLEMS, status=201)
def add_allergy(context: Context, patient_id: str, body: AllergyBody) -> AllergyView:
    """Record an allergy or intolerance."""
    return AllergyView.model_validate(allergies.add_allergy(context, patient_id, body))


@routes.get(f"{ALLERGIES}/{{allergy_id}}", permission=Permission.READ_CHART, brings=WITH_ALLERGY)
def read_allergy(context: Context, patient_id: str, allergy_id: str) -> AllergyView:
    """One allergy."""
    return AllergyView.model_validate(allergies.read_allergy(context, patient_id, allergy_id))


@routes.put(
    f"{ALLERGIES}/{{allergy_id}}", permission=Permission.WRITE_PROBLEMS, brings=WITH_ALLERGY
)
def change_allergy(
    context: Context, patient_id: str, allergy_id: str, body: AllergyBody
) -> AllergyView:
    """Replace an allergy."""
    return AllergyView.model_validate(
        allergies.change_allergy(context, patient_id, allergy_id, body)
    )


@routes.get("/v1/note-templates", permission=Permission.READ_PRACTICE, audited=False)
def list_note_templates(context: Context) -> TemplateList:  # noqa: ARG001
    """The note templates, with their sections and fields."""
    return TemplateList.model_validate({"items": list(TEMPLATES.values())})
