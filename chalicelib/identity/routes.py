"""Routes of sign-up, sessions and members."""

from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Document, Routes
from . import factors, members, password_changes, second_steps, sessions, sign_up, unlocking
from .opening import Granted
from .permissions import Permission
from .schemas import (
    AcceptInvite,
    BeginFactor,
    BegunFactor,
    ChallengeView,
    EmailBody,
    FactorsView,
    Invite,
    LinkBody,
    MemberList,
    MemberView,
    MeView,
    PasskeyBody,
    PasswordChange,
    PasswordReset,
    RecoveryCodesView,
    Refresh,
    RolesChange,
    SecondStep,
    SessionView,
    SignedIn,
    SignedUp,
    SignIn,
    SignUp,
    StepUp,
    TotpBody,
    Unlock,
    Verified,
)
from .second_steps import Asked
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
def sign_in(context: SystemContext, body: SignIn) -> SignedIn:
    """Sign in. Where a second factor is enrolled, the answer is `second_step` and no session.

    401 `wrong_credentials` for an unknown e-mail and a wrong password alike; 429 `guessing_slowed`
    after failed attempts, for the right password too.
    """
    return _signed_in(sessions.sign_in(context, body))


@routes.post("/v1/sessions/mfa", permission=PUBLIC, status=201)
def finish_sign_in(context: SystemContext, body: SecondStep) -> SignedIn:
    """The second step of a sign-in, or a passkey instead of password and code.

    401 `wrong_code` for whatever is wrong, over or used; 429 `guessing_slowed` for codes.
    """
    return _signed_in(sessions.finish_sign_in(context, body))


@routes.post("/v1/sessions/challenge", permission=PUBLIC, status=201)
def ask_for_passkey(context: SystemContext) -> ChallengeView:
    """A challenge for a passkey: to sign in, to step up, or to unlock."""
    return ChallengeView.model_validate(second_steps.ask_for_passkey(context))


@routes.post("/v1/sessions/step-up", permission=Permission.READ_SELF, idempotent=False)
def step_up(context: SystemContext, body: StepUp) -> None:
    """Give a second factor again; it holds for five minutes. 401 `wrong_code`."""
    unlocking.step_up(context, body)


@routes.post("/v1/sessions/unlock", permission=PUBLIC)
def unlock_session(context: SystemContext, body: Unlock) -> SessionView:
    """Resume a session that was idle too long, as the same session with new tokens.

    By a passkey, or by the password and a code where a factor is enrolled. 401 `wrong_credentials`,
    `wrong_code`, or `unauthenticated` for a session that is over.
    """
    return _view(unlocking.unlock(context, body))


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


@routes.post("/v1/me/password", permission=Permission.READ_SELF, idempotent=False)
def change_password(context: SystemContext, body: PasswordChange) -> None:
    """Change your password; your other sessions end. 401 `wrong_credentials`, 422 `weak_password`."""
    password_changes.change_password(context, body)


@routes.get("/v1/me/factors", permission=Permission.READ_SELF)
def list_factors(context: SystemContext) -> FactorsView:
    """Your second factors."""
    return _factors(factors.list_factors(context))


@routes.post("/v1/me/factors", permission=Permission.READ_SELF, status=201, idempotent=False)
def begin_factor(context: SystemContext, body: BeginFactor) -> BegunFactor:
    """Begin to enrol an authenticator app or a passkey.

    Wants your password while you have no second factor (401 `wrong_credentials`), else a step-up.
    """
    return BegunFactor.model_validate(factors.begin_factor(context, body))


@routes.post("/v1/me/factors/totp", permission=Permission.READ_SELF, status=201, idempotent=False)
def add_totp(context: SystemContext, body: TotpBody) -> RecoveryCodesView:
    """Enrol the app that shows this code. 401 `wrong_code`."""
    return RecoveryCodesView(recovery_codes=factors.add_totp(context, body))


@routes.delete("/v1/me/factors/totp", permission=Permission.READ_SELF, step_up=True)
def remove_totp(context: SystemContext) -> None:
    """Take the app away. 409 `factor_needed`, `longer_password_first` if nothing else is left."""
    factors.remove_totp(context)


@routes.post(
    "/v1/me/factors/passkeys", permission=Permission.READ_SELF, status=201, idempotent=False
)
def add_passkey(context: SystemContext, body: PasskeyBody) -> RecoveryCodesView:
    """Enrol the passkey that the browser made. 401 `wrong_code`, 422 `passkey_refused`."""
    return RecoveryCodesView(recovery_codes=factors.add_passkey(context, body))


@routes.delete(
    "/v1/me/factors/passkeys/{passkey_id}", permission=Permission.READ_SELF, step_up=True
)
def remove_passkey(context: SystemContext, passkey_id: str) -> None:
    """Take a passkey away. 409 `factor_needed`, `longer_password_first` if nothing else is left."""
    factors.remove_passkey(context, passkey_id)


@routes.post(
    "/v1/me/factors/recovery-codes",
    permission=Permission.READ_SELF,
    status=201,
    idempotent=False,
    step_up=True,
)
def renew_recovery_codes(context: SystemContext) -> RecoveryCodesView:
    """Ten new one-time codes; those before are void. 404 while you have no second factor."""
    return RecoveryCodesView(recovery_codes=factors.renew_recovery_codes(context))


@routes.post("/v1/passwords/reset-request", permission=PUBLIC)
def request_reset(context: SystemContext, body: EmailBody) -> None:
    """Mail a link that sets a new password. The answer is the same whether an account has the address."""
    password_changes.request_reset(context, body)


@routes.post("/v1/passwords/reset", permission=PUBLIC)
def reset_password(context: SystemContext, body: PasswordReset) -> None:
    """Set a new password by the mailed link; all your sessions end, your second factors stay.

    422 `link_spent`, `weak_password`.
    """
    password_changes.reset_password(context, body)


@routes.post("/v1/practices/verification", permission=PUBLIC)
def request_verification(context: SystemContext, body: EmailBody) -> None:
    """Mail the verification of a sign-up again. The answer is the same whoever has the address."""
    password_changes.request_verification(context, body)


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


def _factors(own: factors.Own) -> FactorsView:
    account = own.account
    return FactorsView.model_validate(
        {
            "required": own.required,
            "totp": account.totp,
            "passkeys": account.passkeys,
            "recovery_codes_left": len(account.recovery.hashes or ()) if account.recovery else 0,
        }
    )


def _signed_in(answer: Granted | Asked) -> SignedIn:
    if isinstance(answer, Asked):
        return SignedIn(second_step=ChallengeView.model_validate(answer))
    return SignedIn.model_validate(_view(answer))


def _view(granted: Granted) -> SessionView:
    return SessionView(
        session_id=granted.session.id,
        practice_id=granted.session.practice_id,
        user_id=granted.session.user_id,
        access_token=granted.access_token,
        refresh_token=granted.refresh_token,
        expires_in=int(ACCESS_LIVES.total_seconds()),
    )
