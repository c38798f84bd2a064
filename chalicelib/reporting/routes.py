"""Routes of reports."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import dashboard
from .schemas import DashboardQuery, DashboardView

routes = Routes("reporting")


@routes.get("/v1/dashboard", permission=Permission.READ_REPORTS)
def read_dashboard(context: Context, query: DashboardQuery) -> DashboardView:
    """What happened over a range of local days: visits, claims, money, and their figures.

    A moment behind what it counts. 422 `before_from`, `too_long`: at most 366 days.
    """
    return DashboardView.of(dashboard.read_dashboard(context, query), context.tenant.currency)
