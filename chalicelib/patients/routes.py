"""Routes of patients, their coverages and authorisations."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import authorizations, coverages, duplicates, registration, search
from .schemas import (
    AuthorizationBody,
    AuthorizationList,
    AuthorizationView,
    ConsentsBody,
    CoverageBody,
    CoverageList,
    CoverageView,
    DemographicsBody,
    DuplicateList,
    DuplicateSearch,
    DuplicateView,
    PatientPage,
    PatientPageQuery,
    PatientSearch,
    PatientSummary,
    PatientView,
    RegistrationBody,
)

routes = Routes("patients")


@routes.post("/v1/patients", permission=Permission.WRITE_PATIENTS, status=201)
def register_patient(context: Context, body: RegistrationBody) -> PatientView:
    """Register a patient.

    409 `possible_duplicate` if someone very like them is known: each error's message is such a
    patient's id; send `confirm_not_duplicate` if it is someone else. 409 `mrn_taken`; 422 names
    what cannot be right.
    """
    return PatientView.model_validate(registration.register_patient(context, body))


@routes.post("/v1/patients/duplicates/search", permission=Permission.READ_PATIENTS)
def search_duplicates(context: Context, body: DuplicateSearch) -> DuplicateList:
    """Who may be registered already, and why, before a registration."""
    return DuplicateList(
        items=[
            DuplicateView(
                patient=PatientSummary.model_validate(each.patient),
                score=each.comparison.score,
                reasons=list(each.comparison.reasons),
            )
            for each in duplicates.search_duplicates(context, body)
        ]
    )


@routes.post("/v1/patients/search", permission=Permission.READ_PATIENTS)
def search_patients(context: Context, body: PatientSearch, query: PatientPageQuery) -> PatientPage:
    """Find patients by beginnings of names, birth date, telephone or MRN; they meet all criteria.

    Inactive patients are among them: look at `status`.
    """
    return PatientPage.model_validate(search.search_patients(context, body, query))


@routes.get("/v1/patients/{patient_id}", permission=Permission.READ_PATIENTS)
def read_patient(context: Context, patient_id: str) -> PatientView:
    """One patient."""
    return PatientView.model_validate(registration.read_patient(context, patient_id))


@routes.put("/v1/patients/{patient_id}", permission=Permission.WRITE_PATIENTS)
def change_patient(context: Context, patient_id: str, body: DemographicsBody) -> PatientView:
    """Replace a patient's demographics; MRN and consents stay as they are."""
    return PatientView.model_validate(registration.change_patient(context, patient_id, body))


@routes.put("/v1/patients/{patient_id}/consents", permission=Permission.WRITE_PATIENTS)
def record_consents(context: Context, patient_id: str, body: ConsentsBody) -> PatientView:
    """Record whether e-mail, SMS, telephone and mail may be used; `If-Match` is the patient's."""
    return PatientView.model_validate(registration.record_consents(context, patient_id, body))


@routes.post(
    "/v1/patients/{patient_id}/coverages", permission=Permission.WRITE_PATIENTS, status=201
)
def add_coverage(context: Context, patient_id: str, body: CoverageBody) -> CoverageView:
    """Add an insurance policy.

    409 `coverage_overlap` names the active coverage that has the same priority in this period.
    """
    return CoverageView.model_validate(coverages.add_coverage(context, patient_id, body))


@routes.get("/v1/patients/{patient_id}/coverages", permission=Permission.READ_PATIENTS)
def list_coverages(context: Context, patient_id: str) -> CoverageList:
    """All coverages of a patient, past ones too."""
    return CoverageList.model_validate({"items": coverages.read_coverages(context, patient_id)})


@routes.put(
    "/v1/patients/{patient_id}/coverages/{coverage_id}", permission=Permission.WRITE_PATIENTS
)
def change_coverage(
    context: Context, patient_id: str, coverage_id: str, body: CoverageBody
) -> CoverageView:
    """Replace a coverage's terms; 409 `coverage_overlap` as for a new one."""
    return CoverageView.model_validate(
        coverages.change_coverage(context, patient_id, coverage_id, body)
    )


@routes.post(
    "/v1/patients/{patient_id}/authorizations", permission=Permission.WRITE_PATIENTS, status=201
)
def add_authorization(
    context: Context, patient_id: str, body: AuthorizationBody
) -> AuthorizationView:
    """Record a prior authorisation or a referral. Visits booked already come under it in a moment."""
    return AuthorizationView.of(authorizations.add_authorization(context, patient_id, body))


@routes.get("/v1/patients/{patient_id}/authorizations", permission=Permission.READ_PATIENTS)
def list_authorizations(context: Context, patient_id: str) -> AuthorizationList:
    """All authorisations of a patient, each with the visits that are under it and those left."""
    standings = authorizations.list_authorizations(context, patient_id)
    return AuthorizationList(items=[AuthorizationView.of(each) for each in standings])


@routes.put(
    "/v1/patients/{patient_id}/authorizations/{authorization_id}",
    permission=Permission.WRITE_PATIENTS,
)
def change_authorization(
    context: Context, patient_id: str, authorization_id: str, body: AuthorizationBody
) -> AuthorizationView:
    """Replace its terms; `cancelled` ends it. Visits that are under it stay."""
    return AuthorizationView.of(
        authorizations.change_authorization(context, patient_id, authorization_id, body)
    )
