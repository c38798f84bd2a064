"""Routes of forms and consents."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import copies, service
from .schemas import (
    CopyBody,
    FormBody,
    FormList,
    FormView,
    PatientFormList,
    PatientFormView,
)

routes = Routes("forms")


@routes.post("/v1/forms", permission=Permission.MANAGE_SCHEDULE, status=201)
def add_form(context: Context, body: FormBody) -> FormView:
    """Add a form or a consent. 409 `too_many_forms`."""
    return FormView.of(*service.add_form(context, body))


@routes.get("/v1/forms", permission=Permission.READ_SCHEDULE)
def list_forms(context: Context) -> FormList:
    """All forms and consents of the practice, without their texts."""
    return FormList.model_validate({"items": service.list_forms(context)})


@routes.get("/v1/forms/{form_id}", permission=Permission.READ_SCHEDULE)
def read_form(context: Context, form_id: str) -> FormView:
    """One form, with its text."""
    return FormView.of(*service.read_form(context, form_id))


@routes.put("/v1/forms/{form_id}", permission=Permission.MANAGE_SCHEDULE)
def change_form(context: Context, form_id: str, body: FormBody) -> FormView:
    """Replace a form. A changed text is a new version; what was signed stays of its own."""
    return FormView.of(*service.change_form(context, form_id, body))


@routes.get("/v1/patients/{patient_id}/forms", permission=Permission.BOOK_APPOINTMENT)
def list_patient_forms(context: Context, patient_id: str) -> PatientFormList:
    """What was asked of a patient and what they gave, with its history; outstanding forms first."""
    found = copies.list_copies(context, patient_id)
    return PatientFormList(items=[PatientFormView.of(each, context.today()) for each in found])


@routes.post("/v1/patients/{patient_id}/forms", permission=Permission.BOOK_APPOINTMENT, status=201)
def record_patient_form(context: Context, patient_id: str, body: CopyBody) -> PatientFormView:
    """Record that a form came back, or that a consent was refused or withdrawn.

    409 `nothing_to_withdraw`, `form_history_full`, `form_changed`.
    """
    return PatientFormView.of(copies.record_copy(context, patient_id, body), context.today())
