"""Webhooks of a practice: set up, tried, switched off; what became of each delivery."""

from typing import NamedTuple

from ..platform.context import Context
from ..platform.errors import NotFound, invalid_field
from ..platform.events import Event
from ..platform.http import PageQuery, open_cursor, seal_cursor
from ..platform.store import find_many, get, query
from ..platform.web import is_allowed
from .delivering import (
    OLDER_SECRET_GOOD_FOR,
    announce,
    secrets_of,
    stage_delivery,
    webhooks_of,
)
from .errors import DeliveryChanged, TooManyWebhooks, WebhookOff
from .event_types import TEST
from .models import OFF, ON, WAITING, Delivery, Webhook
from .schemas import WebhookBody, WebhookChange
from .signing import shown

MOST_WEBHOOKS = 10


class WithSecret(NamedTuple):
    """A webhook with the secret that its messages are signed with from now on."""

    webhook: Webhook
    secret: str


def add_webhook(context: Context, body: WebhookBody) -> WithSecret:
    """Invalid naming a `url` that is not called; TooManyWebhooks (409)."""
    _check_url(body.url)
    if len(webhooks_of(context)) >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    webhook = Webhook(
        *Webhook.key(context.practice_id, context.new_id("whk")),
        url=body.url,
        description=body.description,
        events=set(body.events),
        created_by=context.actor.id,
    )
    context.work.create(webhook)
    return WithSecret(webhook, shown(secrets_of(context, webhook)[0]))


def read_webhook(context: Context, webhook_id: str) -> Webhook:
    return get(Webhook, Webhook.key(context.practice_id, webhook_id))


def change_webhook(context: Context, webhook_id: str, body: WebhookChange) -> Webhook:
    """Change where to, what of, or whether. What failed while it was off is not sent by itself."""
    webhook = context.matching(read_webhook(context, webhook_id))
    _check_url(body.url)
    webhook.url, webhook.description, webhook.events = body.url, body.description, set(body.events)
    webhook.rests_until = None
    if not body.enabled and webhook.status == ON:
        webhook.switch_off("switched_off")
    elif body.enabled:
        webhook.status, webhook.off_because = ON, None
    context.work.save(webhook)
    return webhook


def remove_webhook(context: Context, webhook_id: str) -> None:
    """It is told of nothing more; what waits for it is not sent."""
    context.work.remove(context.matching(read_webhook(context, webhook_id)))


def rotate_secret(context: Context, webhook_id: str) -> WithSecret:
    """A new secret; for a day messages are signed with both."""
    webhook = read_webhook(context, webhook_id)
    webhook.secret_number += 1
    webhook.older_secret_until = context.now() + OLDER_SECRET_GOOD_FOR
    context.work.save(webhook)
    return WithSecret(webhook, shown(secrets_of(context, webhook)[0]))


def send_test(context: Context, webhook_id: str) -> None:
    """Stage a `webhook.test` message. WebhookOff (409)."""
    webhook = read_webhook(context, webhook_id)
    if webhook.status == OFF:
        raise WebhookOff
    event = Event(
        context.new_id("evt"), TEST, context.practice_id, webhook.id, 1, context.now(), {}, 1
    )
    stage_delivery(context, webhook, event, {})


def list_deliveries(
    context: Context, webhook_id: str, page: PageQuery
) -> tuple[list[Delivery], str | None]:
    """Of the last 30 days, the newest first. The index lists, the table says."""
    read_webhook(context, webhook_id)
    found = query(
        Delivery.listed(context.practice_id, webhook_id),
        index="gs1",
        limit=page.limit,
        start=open_cursor(context, page.cursor),
        newest_first=True,
    )
    known = find_many(row.item_key for row in found.records)
    listed = [known.get(row.item_key) for row in found.records]
    deliveries = [each for each in listed if isinstance(each, Delivery)]
    context.concerns(*((each.data or {}).get("patient_id", "") for each in deliveries))
    return deliveries, seal_cursor(context, found.next_key)


def send_again(context: Context, webhook_id: str, message_id: str) -> Delivery:
    """Send it now, from its first attempt on, whatever became of it. WebhookOff, DeliveryChanged (409)."""
    if read_webhook(context, webhook_id).status == OFF:
        raise WebhookOff
    named = query(Delivery.named(context.practice_id, message_id), index="gs2").records
    own = Delivery.partition(context.practice_id, webhook_id)
    keys = [row.item_key for row in named if row.item_key.pk == own]
    if not keys:
        raise NotFound
    delivery = get(Delivery, keys[0])
    delivery.status, delivery.attempts, delivery.again = WAITING, 0, True
    context.work.save(delivery, refusal=DeliveryChanged())
    announce(context, delivery)
    return delivery


def _check_url(url: str) -> None:
    if not is_allowed(url):
        raise invalid_field("url", "not_allowed", "https, by name, at the usual port")
