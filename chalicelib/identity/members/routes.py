"""Routes of members, roles and ownership."""

from ...platform.context import Context, SystemContext
from ...platform.http import PUBLIC, PageQuery, Routes
from ..leavers import hand_over, leaving
from ..leavers.schemas import HandOverReport, HandOverView, Leaving
from ..permissions import COMPOSABLE, Permission
from . import membership, ownership, roles, service as members
from .schemas import (
    AcceptInvite,
    Invite,
    LocationLimit,
    MemberChange,
    MemberList,
    MemberView,
    OwnershipOfferBody,
    OwnershipOfferView,
    OwnershipView,
    RoleBody,
    RoleList,
    RolesChange,
    RoleView,
)

routes = Routes("identity")


@routes.post("/v1/members", permission=Permission.MANAGE_MEMBERS, status=201)
def invite_member(context: SystemContext, body: Invite) -> MemberView:
    """Invite someone by e-mail; who has left may be asked back.

    409 `already_exists` if they are a member; `plan_limit_reached`, `payment_overdue`. 403
    `role_not_yours_to_give`; `step_up_required` for roles that manage members.
    """
    return MemberView.model_validate(members.invite(context, body))


@routes.post("/v1/invitations/accept", permission=PUBLIC, idempotent=True)
def accept_invitation(context: SystemContext, body: AcceptInvite) -> MemberView:
    """Follow an invitation: set a password, or give the one of your account, and become active.

    401 `wrong_credentials` for another password than the account's, 422 `link_spent`,
    `weak_password`.
    """
    return MemberView.model_validate(members.accept_invite(context, body))


@routes.get("/v1/members", permission=Permission.READ_MEMBERS)
def list_members(context: Context) -> MemberList:
    """Everyone who works here."""
    return MemberList.model_validate({"items": members.list_members(context)})


@routes.get("/v1/members/{user_id}", permission=Permission.READ_MEMBERS)
def read_member(context: Context, user_id: str) -> MemberView:
    """One member."""
    return MemberView.model_validate(members.read_member(context, user_id))


@routes.patch("/v1/members/{user_id}", permission=Permission.MANAGE_MEMBERS)
def change_member(context: Context, user_id: str, body: MemberChange) -> MemberView:
    """Change the name and address the practice has of a member; their account keeps its own."""
    return MemberView.model_validate(members.change_member(context, user_id, body))


@routes.put("/v1/members/{user_id}/roles", permission=Permission.MANAGE_MEMBERS, step_up=True)
def change_roles(context: Context, user_id: str, body: RolesChange) -> MemberView:
    """Replace a member's roles; it holds from their next request.

    403 `role_not_yours_to_give`; 409 `last_owner`.
    """
    return MemberView.model_validate(members.change_roles(context, user_id, body))


@routes.put("/v1/members/{user_id}/locations", permission=Permission.MANAGE_MEMBERS, step_up=True)
def limit_to_locations(context: Context, user_id: str, body: LocationLimit) -> MemberView:
    """Limit a member's schedule, booking and new visits to locations; it holds at once.

    The patient record, the ledger and claims stay practice-wide. 403 `role_not_yours_to_give`.
    """
    return MemberView.model_validate(membership.limit_to_locations(context, user_id, body))


@routes.post("/v1/members/{user_id}/suspend", permission=Permission.MANAGE_MEMBERS, step_up=True)
def suspend_member(context: Context, user_id: str) -> MemberView:
    """Let a member in no more, from their next request on. 409 `member_not_active`, `last_owner`."""
    return MemberView.model_validate(membership.suspend(context, user_id))


@routes.post("/v1/members/{user_id}/reactivate", permission=Permission.MANAGE_MEMBERS, step_up=True)
def reactivate_member(context: Context, user_id: str) -> MemberView:
    """Let a suspended member in again, with the roles they had.

    409 `member_not_active`; `plan_limit_reached`, `payment_overdue` where there is no seat for them.
    """
    return MemberView.model_validate(membership.reactivate(context, user_id))


@routes.post("/v1/members/{user_id}/leave", permission=Permission.MANAGE_MEMBERS, step_up=True)
def leave_practice(context: SystemContext, user_id: str, body: Leaving) -> HandOverView:
    """End a membership at once: sessions and API keys with it. Their work goes to the successor.

    409 `member_not_active`, `last_owner`. What has moved is told by the hand-over.
    """
    return HandOverView.model_validate(leaving.leave(context, user_id, body))


@routes.get("/v1/members/{user_id}/hand-over", permission=Permission.MANAGE_MEMBERS)
def read_hand_over(context: Context, user_id: str, query: PageQuery) -> HandOverReport:
    """What of a leaver's work has moved, and what was left behind and why."""
    return HandOverReport.model_validate(hand_over.read_hand_over(context, user_id, query))


@routes.post("/v1/members/{user_id}/invitation", permission=Permission.MANAGE_MEMBERS)
def resend_invitation(context: SystemContext, user_id: str) -> MemberView:
    """Mail a new link; the one before is good no more. 409 `not_invited`."""
    return MemberView.model_validate(membership.resend_invitation(context, user_id))


@routes.delete("/v1/members/{user_id}/invitation", permission=Permission.MANAGE_MEMBERS)
def withdraw_invitation(context: Context, user_id: str) -> MemberView:
    """Take an invitation back: its link is good no more. 409 `not_invited`."""
    return MemberView.model_validate(membership.withdraw_invitation(context, user_id))


@routes.get("/v1/roles", permission=Permission.READ_MEMBERS)
def list_roles(context: Context) -> RoleList:
    """The built-in roles, and those the practice composed."""
    known = roles.list_roles(context)
    return RoleList.model_validate({"items": known, "composable": sorted(COMPOSABLE)})


@routes.post("/v1/roles", permission=Permission.MANAGE_MEMBERS, status=201, step_up=True)
def compose_role(context: Context, body: RoleBody) -> RoleView:
    """Compose a role from permissions you have; an owner from all that are composable.

    403 `role_not_yours_to_give`; 409 `role_name_taken`, `too_many_roles`.
    """
    return RoleView.model_validate(roles.compose_role(context, body))


@routes.put("/v1/roles/{role_id}", permission=Permission.MANAGE_MEMBERS, step_up=True)
def change_role(context: Context, role_id: str, body: RoleBody) -> RoleView:
    """Replace a composed role; it holds from its members' next request. Nobody changes their own."""
    return RoleView.model_validate(roles.change_role(context, role_id, body))


@routes.delete("/v1/roles/{role_id}", permission=Permission.MANAGE_MEMBERS, step_up=True)
def drop_role(context: Context, role_id: str) -> None:
    """Delete a composed role. 409 `role_in_use` says how many members hold it."""
    roles.drop_role(context, role_id)


@routes.post(
    "/v1/practice/ownership-offer",
    permission=Permission.OWN_PRACTICE,
    status=201,
    step_up=True,
)
def offer_ownership(context: Context, body: OwnershipOfferBody) -> OwnershipOfferView:
    """Offer the practice to an active member. It holds for seven days; a later one replaces it."""
    return OwnershipOfferView.model_validate(ownership.offer_ownership(context, body.user_id))


@routes.post("/v1/practice/ownership-offer/accept", permission=Permission.READ_SELF, step_up=True)
def accept_ownership(context: Context) -> OwnershipView:
    """Accept the practice that is offered to you: you own it, and who offered it does not.

    404 without an offer to you, 409 `ownership_offer_over`.
    """
    return OwnershipView.model_validate(ownership.accept_ownership(context))
