"""Routes of the vendor's operations people, and what a practice sees of them."""

from ..identity.operators import OperatorPermission
from ..identity.permissions import Permission
from ..identity.schemas import LinkBody
from ..identity.signing_up import founding
from ..identity.signing_up.schemas import NewPractice
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Page, PageQuery, Routes
from . import directory, lifecycle, onboarding, operators, recovery, support
from .overview import read_overview
from .queue_health import read_queue_health
from .schemas import (
    ClearanceDecision,
    DirectoryView,
    GrantQuery,
    Health,
    OperatorInvite,
    OperatorList,
    OperatorView,
    PracticeOverview,
    PracticeState,
    PracticeTable,
    ReasonBody,
    RecoveryAsk,
    RecoveryList,
    RecoveryView,
    SetUpView,
    SupportAsk,
    SupportGrantList,
    SupportGrantView,
    TableReport,
)
from .set_up import read_set_up

routes = Routes("operations")
PRACTICES = "/v1/operations/practices"
GRANTS = "/v1/support-grants"
RECOVERIES = "/v1/operations/recoveries"


@routes.get(PRACTICES, permission=OperatorPermission.READ_DIRECTORY)
def list_practices(context: SystemContext, query: PageQuery) -> Page[DirectoryView]:
    """All practices by name and status, the newest first. A moment late after a change."""
    return directory.list_practices(context, query)


@routes.post(PRACTICES, permission=OperatorPermission.ONBOARD_PRACTICES, status=201)
def found_practice(context: SystemContext, body: NewPractice) -> PracticeState:
    """Create a practice; its owner is invited by mail. 409 `email_taken`."""
    return PracticeState.model_validate(founding.found_practice(context, body))


@routes.post(
    f"{PRACTICES}/import", permission=OperatorPermission.ONBOARD_PRACTICES, idempotent=False
)
def import_practices(context: SystemContext, body: PracticeTable) -> TableReport:
    """Create a practice for each row of a CSV; a row that is wrong is reported and stops no other.

    422 `broken_table` if it cannot be read as a whole: then nothing is created. Sent again, rows
    that were created are refused with `email_taken`.
    """
    return TableReport.of(onboarding.import_practices(context, body.table))


@routes.get(f"{PRACTICES}/{{practice_id}}", permission=OperatorPermission.READ_DIRECTORY)
def read_practice_overview(context: SystemContext, practice_id: str) -> PracticeOverview:
    """How a practice stands, what it is cleared for, and what it uses."""
    return read_overview(context, practice_id)


@routes.post(
    f"{PRACTICES}/{{practice_id}}/suspend",
    permission=OperatorPermission.SUSPEND_PRACTICES,
    step_up=True,
)
def suspend_practice(context: SystemContext, practice_id: str, body: ReasonBody) -> PracticeState:
    """Stop all work in a practice; its data stays. 409 `practice_not_active`."""
    return PracticeState.model_validate(lifecycle.suspend(context, practice_id, body.reason))


@routes.post(
    f"{PRACTICES}/{{practice_id}}/resume",
    permission=OperatorPermission.SUSPEND_PRACTICES,
    step_up=True,
)
def resume_practice(context: SystemContext, practice_id: str, body: ReasonBody) -> PracticeState:
    """Let a suspended practice go on where it stopped. 409 `practice_not_suspended`."""
    return PracticeState.model_validate(lifecycle.resume(context, practice_id, body.reason))


@routes.post(
    f"{PRACTICES}/{{practice_id}}/clearances", permission=OperatorPermission.CLEAR_PRACTICES
)
def decide_clearance(
    context: SystemContext, practice_id: str, body: ClearanceDecision
) -> PracticeState:
    """Open a capability for a practice whose NPI, TIN and licence are verified, or refuse it.

    409 `billing_identity_missing`.
    """
    return PracticeState.model_validate(lifecycle.decide_clearance(context, practice_id, body))


@routes.post(
    "/v1/operations/operators",
    permission=OperatorPermission.MANAGE_OPERATORS,
    status=201,
    step_up=True,
)
def invite_operator(context: SystemContext, body: OperatorInvite) -> OperatorView:
    """Invite a colleague by e-mail. 409 `already_exists` if they are an operator."""
    return OperatorView.model_validate(operators.invite_operator(context, body))


@routes.get("/v1/operations/operators", permission=OperatorPermission.MANAGE_OPERATORS)
def list_operators(context: SystemContext) -> OperatorList:  # noqa: ARG001
    """All operators, those who left too."""
    return OperatorList.model_validate({"items": operators.list_operators()})


@routes.post(
    "/v1/operations/operators/{user_id}/remove",
    permission=OperatorPermission.MANAGE_OPERATORS,
    step_up=True,
)
def remove_operator(context: SystemContext, user_id: str) -> OperatorView:
    """End an operator's access from their next request on."""
    return OperatorView.model_validate(operators.remove_operator(context, user_id))


@routes.get("/v1/operations/health", permission=OperatorPermission.READ_HEALTH)
def read_health(context: SystemContext) -> Health:
    """How many messages wait, are under way and have failed, by queue."""
    return Health(queues=read_queue_health(context))


@routes.post(
    "/v1/operations/support-grants", permission=OperatorPermission.OPEN_SUPPORT, status=201
)
def ask_for_support_grant(context: SystemContext, body: SupportAsk) -> SupportGrantView:
    """Ask a practice's owner to let you look at its set-up for four hours."""
    return SupportGrantView.model_validate(support.ask_for_support_grant(context, body))


@routes.post(RECOVERIES, permission=OperatorPermission.RECOVER_OWNERS, status=201, step_up=True)
def open_recovery(context: SystemContext, body: RecoveryAsk) -> RecoveryView:
    """Say that a sole owner who lost their second factor has proved who they are.

    They are told by mail, with a link that stops it. 409 `not_sole_owner`, `already_exists`.
    """
    return RecoveryView.model_validate(recovery.open_recovery(context, body))


@routes.get(RECOVERIES, permission=OperatorPermission.RECOVER_OWNERS)
def list_recoveries(context: SystemContext) -> RecoveryList:  # noqa: ARG001
    """Recoveries under way and past, the last of each owner."""
    return RecoveryList.model_validate({"items": recovery.list_recoveries()})


@routes.post(
    f"{RECOVERIES}/{{user_id}}/approve",
    permission=OperatorPermission.RECOVER_OWNERS,
    step_up=True,
)
def approve_recovery(context: SystemContext, user_id: str) -> RecoveryView:
    """Agree to a recovery that a colleague opened; it can be completed a day later.

    409 `second_person_needed`, `recovery_not_open`.
    """
    return RecoveryView.model_validate(recovery.approve_recovery(context, user_id))


@routes.post(
    f"{RECOVERIES}/{{user_id}}/complete",
    permission=OperatorPermission.RECOVER_OWNERS,
    step_up=True,
)
def complete_recovery(context: SystemContext, user_id: str) -> RecoveryView:
    """Take the owner's factors away and mail them a link to a new password. 409 `recovery_not_open`."""
    return RecoveryView.model_validate(recovery.complete_recovery(context, user_id))


@routes.post("/v1/recoveries/cancel", permission=PUBLIC)
def cancel_recovery(context: SystemContext, body: LinkBody) -> None:
    """Stop a recovery by the link that was mailed. 422 `link_spent`, 409 `recovery_not_open`."""
    recovery.cancel_recovery(context, body.token)


@routes.get(f"{PRACTICES}/{{practice_id}}/set-up", permission=OperatorPermission.OPEN_SUPPORT)
def read_practice_set_up(context: SystemContext, practice_id: str, query: GrantQuery) -> SetUpView:
    """A practice's settings, places and people, under a grant its owner consented to.

    409 `grant_not_open`. Nothing about patients, ever.
    """
    return read_set_up(context, practice_id, query.grant_id)


@routes.get(GRANTS, permission=Permission.MANAGE_PRACTICE)
def list_support_grants(context: Context) -> SupportGrantList:
    """Who of the vendor asked to look at your practice, why, and what came of it."""
    return SupportGrantList.model_validate({"items": support.list_support_grants(context)})


@routes.post(f"{GRANTS}/{{grant_id}}/consent", permission=Permission.OWN_PRACTICE, step_up=True)
def consent_to_support(context: Context, grant_id: str) -> SupportGrantView:
    """Let the operator look at the set-up, never at a chart, for four hours. 409 `grant_not_open`."""
    return SupportGrantView.model_validate(support.consent_to_support(context, grant_id))


@routes.post(f"{GRANTS}/{{grant_id}}/end", permission=Permission.MANAGE_PRACTICE)
def end_support(context: Context, grant_id: str) -> SupportGrantView:
    """Refuse a grant, or end it at once. 409 `grant_not_open`."""
    return SupportGrantView.model_validate(support.end_support(context, grant_id))
