"""The OpenID provider by which a practice's members may sign in: set up by its owner."""

from ...platform.context import Context
from ...platform.errors import BadRequest, Damaged, invalid_field
from ...platform.keyring import seal, unseal
from ...platform.store import find, get
from ...platform.web import is_allowed
from .models import IdentityProvider
from .schemas import IdentityProviderBody


def read_provider(context: Context) -> IdentityProvider:
    """NotFound where none is set up."""
    return get(IdentityProvider, IdentityProvider.key(context.practice_id))


def set_provider(context: Context, body: IdentityProviderBody) -> IdentityProvider:
    """Set one up, in place of another; who was linked by that is linked anew by their address.

    Invalid (422) for an issuer that is no public https address.
    """
    if not is_allowed(body.issuer) or "?" in body.issuer:
        raise invalid_field("issuer", "bad_issuer", "Not an https address without a query")
    key = IdentityProvider.key(context.practice_id)
    provider = context.matching(find(IdentityProvider, key) or IdentityProvider(*key))
    provider.provider_id = context.new_id("idp")
    provider.issuer = body.issuer
    provider.client_id = body.client_id
    provider.sealed_secret = seal(
        "provider_secret", body.client_secret.get_secret_value(), bound_to=provider.provider_id
    )
    provider.email_domain = body.email_domain.lower()
    if provider.version:
        context.work.save(provider)
    else:
        context.work.create(provider)
    return provider


def remove_provider(context: Context) -> None:
    """Nobody signs in by it from then on; sessions that it opened go on to their end."""
    context.work.remove(context.matching(read_provider(context)))


def client_secret_of(provider: IdentityProvider) -> str:
    """Damaged (500) if it does not open."""
    try:
        return unseal("provider_secret", provider.sealed_secret, bound_to=provider.provider_id)
    except BadRequest as error:
        raise Damaged from error
