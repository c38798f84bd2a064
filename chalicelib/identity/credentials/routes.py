"""Routes of passwords and second factors."""

from ...platform.context import SystemContext
from ...platform.http import PUBLIC, Routes
from ..permissions import Permission
from . import factors, password_changes
from .schemas import (
    BeginFactor,
    BegunFactor,
    EmailBody,
    FactorsView,
    PasskeyBody,
    PasswordChange,
    PasswordReset,
    RecoveryCodesView,
    TotpBody,
)

routes = Routes("identity")


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


def _factors(own: factors.Own) -> FactorsView:
    account = own.account
    left = account.recovery.hashes if account.recovery else None
    return FactorsView.model_validate(
        {
            "required": own.required,
            "totp": account.totp,
            "passkeys": account.passkeys,
            "recovery_codes_left": len(left or ()),
        }
    )
