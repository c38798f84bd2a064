"""Routes of reasons for a visit."""

from ...identity.permissions import Permission
from ...platform.context import Context
from ...platform.http import Routes
from . import giving, listing
from .schemas import (
    AppointmentReasonView,
    ReasonChange,
    VisitReasonsBody,
    VisitReasonsView,
)

routes = Routes("scheduling")
REASON = "/v1/appointments/{appointment_id}/reason"


@routes.get("/v1/visit-reasons", permission=Permission.READ_SCHEDULE)
def read_visit_reasons(context: Context) -> VisitReasonsView:
    """The practice's own list of reasons for a visit; version 0 while none were set."""
    return VisitReasonsView.model_validate(listing.read_visit_reasons(context))


@routes.put("/v1/visit-reasons", permission=Permission.MANAGE_SCHEDULE)
def set_visit_reasons(context: Context, body: VisitReasonsBody) -> VisitReasonsView:
    """Replace the list. What is booked keeps its reason."""
    return VisitReasonsView.model_validate(listing.set_visit_reasons(context, body))


@routes.get(REASON, permission=Permission.BOOK_APPOINTMENT)
def read_appointment_reason(context: Context, appointment_id: str) -> AppointmentReasonView:
    """Why the patient comes. Its words are for who reads charts."""
    return AppointmentReasonView.model_validate(giving.read_reason(context, appointment_id))


@routes.put(REASON, permission=Permission.BOOK_APPOINTMENT)
def change_appointment_reason(
    context: Context, appointment_id: str, body: ReasonChange
) -> AppointmentReasonView:
    """Say anew why the patient comes; the encounter has it too, until it is signed.

    422 names a code that is not on the list, or not to be used on that day. 409 `not_booked`.
    """
    return AppointmentReasonView.model_validate(giving.change_reason(context, appointment_id, body))
