"""Routes of the audit."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Document, Page, PageQuery, Routes
from . import accesses, breaches
from .schemas import (
    AccessView,
    ActivityQuery,
    ActivityView,
    BreachScope,
    BreachScopeView,
    ReportQuery,
)

routes = Routes("audit")


@routes.get("/v1/patients/{patient_id}/accesses", permission=Permission.READ_AUDIT)
def list_accesses(context: Context, patient_id: str, query: PageQuery) -> Page[AccessView]:
    """Who opened this patient's records, newest first, refused attempts too. Some seconds late."""
    return accesses.list_accesses(context, patient_id, query)


@routes.get(
    "/v1/patients/{patient_id}/access-report",
    permission=Permission.READ_AUDIT,
    content_type="text/csv",
)
def read_access_report(context: Context, patient_id: str, query: ReportQuery) -> Document:
    """The same as a CSV to hand to the patient: roles instead of names.

    422 `out_of_range`, `too_long` for a window of more than 366 days or 10,000 accesses.
    """
    return Document("text/csv", accesses.write_access_report(context, patient_id, query))


@routes.get("/v1/members/{user_id}/activity", permission=Permission.READ_AUDIT)
def list_activity(context: Context, user_id: str, query: ActivityQuery) -> Page[ActivityView]:
    """What a member did in a month, newest first."""
    return accesses.list_activity(context, user_id, query, kind="usr")


@routes.get("/v1/api-keys/{key_id}/activity", permission=Permission.READ_AUDIT)
def list_key_activity(context: Context, key_id: str, query: ActivityQuery) -> Page[ActivityView]:
    """What an API key did in a month, newest first; of one that is over, too."""
    return accesses.list_activity(context, key_id, query, kind="key")


@routes.post("/v1/audit/breach-scope", permission=Permission.READ_AUDIT, idempotent=False)
def find_breach_scope(context: Context, body: BreachScope, query: PageQuery) -> BreachScopeView:
    """Exactly whose data somebody saw or changed in a window of time.

    422 `out_of_range` for a window of more than 366 days.
    """
    return breaches.find_breach_scope(context, body, query)
