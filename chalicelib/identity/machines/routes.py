"""Routes of API keys."""

from datetime import timedelta

from ...platform.context import Context
from ...platform.http import Routes
from ..permissions import Permission
from . import api_keys
from .schemas import ApiKeyBody, ApiKeyList, ApiKeyView, MadeApiKeyView, Rotation

routes = Routes("identity")


@routes.get("/v1/api-keys", permission=Permission.MANAGE_API_KEYS)
def list_api_keys(context: Context) -> ApiKeyList:
    """The API keys of the practice, those that are over for a year too; never their secrets."""
    return ApiKeyList(items=[ApiKeyView.of(key) for key in api_keys.list_keys(context)])


@routes.post(
    "/v1/api-keys",
    permission=Permission.MANAGE_API_KEYS,
    status=201,
    step_up=True,
    idempotent=False,
)
def make_api_key(context: Context, body: ApiKeyBody) -> MadeApiKeyView:
    """Make a key; `token` is shown this once. It ends with your membership, or when you lose a scope.

    403 `role_not_yours_to_give` for a scope that you do not have; 409 `too_many_keys`.
    """
    made = api_keys.make_key(context, body)
    return MadeApiKeyView.made(made.key, made.token)


@routes.post(
    "/v1/api-keys/{key_id}/rotate",
    permission=Permission.MANAGE_API_KEYS,
    status=201,
    step_up=True,
    idempotent=False,
)
def rotate_api_key(context: Context, key_id: str, body: Rotation) -> MadeApiKeyView:
    """A new key with the same scopes; the old one goes on for `overlap_hours`. 409 `key_over`."""
    made = api_keys.rotate_key(context, key_id, overlap=timedelta(hours=body.overlap_hours))
    return MadeApiKeyView.made(made.key, made.token)


@routes.delete("/v1/api-keys/{key_id}", permission=Permission.MANAGE_API_KEYS)
def revoke_api_key(context: Context, key_id: str) -> None:
    """Revoke a key: it is refused from its next request on. 409 `key_over`."""
    api_keys.revoke_key(context, key_id)
