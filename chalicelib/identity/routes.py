"""Routes of sign-up, sessions and members."""

from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Routes
from . import members, sessions, sign_up
from .permissions import Permission
from .schemas import (
    AcceptInvite,
    Invite,
    LinkBody,
    MemberList,
    MemberView,
    MeView,
    Refresh,
    RolesChange,
    SessionView,
    SignedUp,
    SignIn,
    SignUp,
    Verified,
)

routes = Routes("identity")


@routes.post("/v1/practices", permission=PUBLIC, status=201, idempotent=True)
def create_practice(context: SystemContext, body: SignUp) -> SignedUp:
    """Sign a practice up. The owner gets a link by e-mail.

    409 `email_taken`, 422 `weak_password`.
    """
    return SignedUp.model_validate(sign_up.sign_up(context, body))


@routes.post("/v1/practices/verify", permission=PUBLIC, idempotent=True)
def verify_practice(context: SystemContext, body: LinkBody) -> Verified:
    """Verify the owner's e-mail by the mailed link; the practice is active from then on."""
    practice = sign_up.verify_email(context, body.token)
    return Verified(practice_id=practice.id, status=practice.status)


@routes.post("/v1/sessions", permission=PUBLIC, status=201)
def sign_in(context: SystemContext, body: SignIn) -> SessionView:
    """Sign in. 401 `wrong_credentials` for an unknown e-mail and a wrong password alike."""
    return SessionView.of(sessions.sign_in(context, body))


@routes.post("/v1/sessions/refresh", permission=PUBLIC)
def refresh_session(context: SystemContext, body: Refresh) -> SessionView:
    """New tokens for a refresh token. Used twice, it ends the session.

    401 `session_locked` after an idle time: unlock it. With `attempt`, a retry is told from a
    second use: the same token and attempt get the same tokens again for a minute.
    """
    return SessionView.of(sessions.refresh(context, body.refresh_token, attempt=body.attempt))


@routes.post("/v1/sessions/sign-out", permission=Permission.READ_SELF, idempotent=False)
def sign_out(context: Context) -> None:
    """End this session."""
    sessions.sign_out(context)


@routes.get("/v1/me", permission=Permission.READ_SELF)
def read_me(context: Context) -> MeView:
    """Who you are here, and what you may do."""
    return MeView(
        user_id=context.actor.id,
        practice_id=context.practice_id,
        session_id=context.actor.session_id,
        permissions=sorted(context.permissions),
        server_time=context.now(),
    )


@routes.post("/v1/members", permission=Permission.MANAGE_MEMBERS, status=201)
def invite_member(context: SystemContext, body: Invite) -> MemberView:
    """Invite someone by e-mail. 409 `already_exists` if they are a member."""
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


@routes.put("/v1/members/{user_id}/roles", permission=Permission.MANAGE_MEMBERS)
def change_roles(context: Context, user_id: str, body: RolesChange) -> MemberView:
    """Replace a member's roles; it holds from their next request."""
    return MemberView.model_validate(members.change_roles(context, user_id, body))
