"""Routes of sign-up, sessions and members."""

from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Document, Routes
from . import members, sessions, sign_up
from .opening import Granted
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
from .signing_keys import jwk_set
from .tokens import ACCESS_LIVES

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
    return _view(sessions.sign_in(context, body))


@routes.post("/v1/sessions/refresh", permission=PUBLIC)
def refresh_session(context: SystemContext, body: Refresh) -> SessionView:
    """New tokens for a refresh token. Used twice, it ends the session.

    401 `session_locked` after an idle time: unlock it. With `attempt`, a retry is told from a
    second use: the same token and attempt get the same tokens again for a minute.
    """
    return _view(sessions.refresh(context, body.refresh_token, attempt=body.attempt))


@routes.post("/v1/sessions/sign-out", permission=Permission.READ_SELF, idempotent=False)
def sign_out(context: Context) -> None:
    """End this session."""
    sessions.sign_out(context)


@routes.get("/.well-known/jwks.json", permission=PUBLIC, audited=False)
def read_signing_keys(context: SystemContext) -> Document:  # noqa: ARG001  # every route takes it
    """The public keys of access tokens, as a JWK Set (RFC 7517)."""
    return Document("application/json", jwk_set())


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


def _view(granted: Granted) -> SessionView:
    return SessionView(
        session_id=granted.session.id,
        practice_id=granted.session.practice_id,
        user_id=granted.session.user_id,
        access_token=granted.access_token,
        refresh_token=granted.refresh_token,
        expires_in=int(ACCESS_LIVES.total_seconds()),
    )
