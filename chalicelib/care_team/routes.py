"""Routes of care teams and break-glass."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Routes
from . import breaking_glass, team
from .schemas import BreakGlassBody, BreakGlassView, CareTeamBody, CareTeamView, JoinBody

routes = Routes("care_team")
TEAM = "/v1/patients/{patient_id}/care-team"
BREAK_GLASS = "/v1/patients/{patient_id}/break-glass"


@routes.get(TEAM, permission=Permission.READ_CHART)
def read_care_team(context: Context, patient_id: str) -> CareTeamView:
    """Who sees the patient's sensitive records; version 0 while nobody was named."""
    return CareTeamView.model_validate(team.read_team(context, patient_id))


@routes.put(TEAM, permission=Permission.MANAGE_CARE_TEAM)
def change_care_team(context: Context, patient_id: str, body: CareTeamBody) -> CareTeamView:
    """Replace the members of a care team that you are on.

    403 `not_on_care_team`; `own_membership` for a change of your own place.
    """
    return CareTeamView.model_validate(team.change_team(context, patient_id, body))


@routes.post(TEAM, permission=Permission.MANAGE_CARE_TEAM)
def join_care_team(context: Context, patient_id: str, body: JoinBody) -> CareTeamView:
    """Put yourself on a care team, with a reason that is kept and reviewed. 409 `on_care_team`."""
    return CareTeamView.model_validate(team.join_team(context, patient_id, body))


@routes.post(BREAK_GLASS, permission=Permission.BREAK_GLASS, status=201, step_up=True)
def break_glass(context: Context, patient_id: str, body: BreakGlassBody) -> BreakGlassView:
    """See this patient's sensitive records for 60 minutes, in an emergency.

    The owners are told and it is reviewed; each read under it is marked in the audit. 403
    `step_up_required` without a second factor of the last five minutes; 409 `on_care_team`.
    """
    return BreakGlassView.model_validate(breaking_glass.break_glass(context, patient_id, body))


@routes.get(f"{BREAK_GLASS}/{{break_glass_id}}", permission=Permission.REVIEW_ACCESS)
def read_break_glass(context: Context, patient_id: str, break_glass_id: str) -> BreakGlassView:
    """Who broke the glass, and why: for the review."""
    return BreakGlassView.model_validate(
        breaking_glass.read_break_glass(context, patient_id, break_glass_id)
    )
