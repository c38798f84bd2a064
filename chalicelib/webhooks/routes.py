"""Routes of webhooks."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Page, PageQuery, Routes
from . import delivering, service
from .schemas import (
    DeliveryView,
    WebhookBody,
    WebhookChange,
    WebhookList,
    WebhookView,
    WebhookWithSecret,
)

routes = Routes("webhooks")
WEBHOOK = "/v1/webhooks/{webhook_id}"


@routes.post(
    "/v1/webhooks",
    permission=Permission.MANAGE_WEBHOOKS,
    status=201,
    step_up=True,
    idempotent=False,
)
def add_webhook(context: Context, body: WebhookBody) -> WebhookWithSecret:
    """Have a server of yours told of events; `secret` is shown this once. 409 `too_many_webhooks`."""
    return WebhookWithSecret.of(*service.add_webhook(context, body))


@routes.get("/v1/webhooks", permission=Permission.MANAGE_WEBHOOKS)
def list_webhooks(context: Context) -> WebhookList:
    """The webhooks of the practice; never their secrets."""
    return WebhookList.model_validate({"items": delivering.webhooks_of(context)})


@routes.get(WEBHOOK, permission=Permission.MANAGE_WEBHOOKS)
def read_webhook(context: Context, webhook_id: str) -> WebhookView:
    """One webhook."""
    return WebhookView.model_validate(service.read_webhook(context, webhook_id))


@routes.put(WEBHOOK, permission=Permission.MANAGE_WEBHOOKS, step_up=True)
def change_webhook(context: Context, webhook_id: str, body: WebhookChange) -> WebhookView:
    """Change where to and what of; switch it off and on."""
    return WebhookView.model_validate(service.change_webhook(context, webhook_id, body))


@routes.delete(WEBHOOK, permission=Permission.MANAGE_WEBHOOKS)
def remove_webhook(context: Context, webhook_id: str) -> None:
    """Remove a webhook; what waits for it is not sent."""
    service.remove_webhook(context, webhook_id)


@routes.post(
    f"{WEBHOOK}/rotate-secret",
    permission=Permission.MANAGE_WEBHOOKS,
    step_up=True,
    idempotent=False,
)
def rotate_webhook_secret(context: Context, webhook_id: str) -> WebhookWithSecret:
    """A new secret; for a day each message has a signature by the old one too."""
    return WebhookWithSecret.of(*service.rotate_secret(context, webhook_id))


@routes.post(f"{WEBHOOK}/test", permission=Permission.MANAGE_WEBHOOKS)
def test_webhook(context: Context, webhook_id: str) -> None:
    """Send it a message of type `webhook.test`. 409 `webhook_off`."""
    service.send_test(context, webhook_id)


@routes.get(f"{WEBHOOK}/deliveries", permission=Permission.MANAGE_WEBHOOKS)
def list_webhook_deliveries(
    context: Context, webhook_id: str, query: PageQuery
) -> Page[DeliveryView]:
    """What it was sent in the last 30 days, the newest first."""
    items, cursor = service.list_deliveries(context, webhook_id, query)
    return Page[DeliveryView].model_validate({"items": items, "next_cursor": cursor})


@routes.post(f"{WEBHOOK}/deliveries/{{message_id}}/resend", permission=Permission.MANAGE_WEBHOOKS)
def resend_webhook_delivery(context: Context, webhook_id: str, message_id: str) -> DeliveryView:
    """Send a message again, now. 409 `webhook_off`, `delivery_changed`."""
    return DeliveryView.model_validate(service.send_again(context, webhook_id, message_id))
