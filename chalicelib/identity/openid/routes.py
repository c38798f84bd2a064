"""Routes of a practice's own identity provider."""

from ...platform.context import Context, SystemContext
from ...platform.http import PUBLIC, Routes
from ..permissions import Permission
from ..sessions.schemas import SessionView
from . import provider_sign_in, providers
from .schemas import (
    IdentityProviderBody,
    IdentityProviderView,
    ProviderCode,
    ProviderStart,
    ProviderStarted,
)

routes = Routes("identity")


@routes.post("/v1/sessions/oidc", permission=PUBLIC)
def start_provider_sign_in(context: SystemContext, body: ProviderStart) -> ProviderStarted:
    """Begin to sign in by the practice's own identity provider.

    404 if it has none, 503 `outside_unavailable` if that does not answer.
    """
    return ProviderStarted.model_validate(provider_sign_in.begin(context, body.practice_id))


@routes.post("/v1/sessions/oidc/callback", permission=PUBLIC, status=201)
def finish_provider_sign_in(context: SystemContext, body: ProviderCode) -> SessionView:
    """Finish it with what the provider sent back. 401 `provider_sign_in_refused`, whatever the cause.

    The session is good in this practice alone. It never makes a member.
    """
    return SessionView.of(provider_sign_in.finish(context, body))


@routes.get("/v1/practice/identity-provider", permission=Permission.MANAGE_MEMBERS)
def read_identity_provider(context: Context) -> IdentityProviderView:
    """The provider by which members may sign in; its secret is not shown."""
    return IdentityProviderView.model_validate(providers.read_provider(context))


@routes.put("/v1/practice/identity-provider", permission=Permission.OWN_PRACTICE, step_up=True)
def set_identity_provider(context: Context, body: IdentityProviderBody) -> IdentityProviderView:
    """Set it up (If-Match "0"), or another in its place. 422 `bad_issuer` if it is not https."""
    return IdentityProviderView.model_validate(providers.set_provider(context, body))


@routes.delete("/v1/practice/identity-provider", permission=Permission.OWN_PRACTICE, step_up=True)
def remove_identity_provider(context: Context) -> None:
    """Members sign in by their own credentials alone from then on."""
    providers.remove_provider(context)
