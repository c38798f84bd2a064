"""Telling a webhook: each event at least once, what concerns one subject in the order it happened.

An event that comes after a later one of the same subject was delivered is not sent: it is `overtaken`.
A receiver may see a message twice, with the same `webhook-id`: a death between the send and its note.
"""

import json
from datetime import timedelta

from ..identity.derived_secrets import derived_secret
from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.due import clear_due, set_due
from ..platform.errors import AlreadyDone
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.store import find, join, query_all
from ..platform.web import OutsideUnavailable, post
from ..practices.models import Practice
from .event_types import told_of
from .models import DELIVERED, FAILED, OFF, ON, OVERTAKEN, WAITING, Delivery, Webhook
from .retries import GONE, OFF_AFTER, is_taken, rest_after, wait_after
from .signing import headers_of

DUE = "webhook"
READY = "webhook.delivery_ready"
KEPT = timedelta(days=30)
OLDER_SECRET_GOOD_FOR = timedelta(hours=24)
BACKSTOP = timedelta(minutes=2)
"""A delivery comes due this long after its event, should its own message be lost."""


def webhooks_of(context: Context) -> list[Webhook]:
    """All of the practice. One Query."""
    return list(query_all(Practice.key(context.practice_id).pk, begins="webhook#"))


def stage_deliveries(context: Context, event: Event) -> None:
    """Stage a delivery for each webhook that wants this event; together, once."""
    for webhook in webhooks_of(context):
        if webhook.status == ON and event.type in webhook.events:
            stage_delivery(context, webhook, event, told_of(event.type, event.data))


def stage_delivery(context: Context, webhook: Webhook, event: Event, data: dict[str, str]) -> None:
    """Stage one, and the event by which it is sent at once."""
    delivery = Delivery(
        *Delivery.key(
            context.practice_id, webhook.id, event.subject, event.subject_version, event.id
        ),
        message_id=derived_id("whm", webhook.id, event.id),
        type=event.type,
        subject=event.subject,
        subject_version=event.subject_version,
        occurred_at=event.occurred_at,
        data=data or None,
        expires_at=int((event.occurred_at + KEPT).timestamp()),
    )
    delivery.list_it()
    _try_at(context, delivery, BACKSTOP)
    context.work.create(delivery, refusal=AlreadyDone())
    announce(context, delivery)


def announce(context: Context, delivery: Delivery) -> None:
    """Stage the event by which what waits for a webhook about a subject is sent now."""
    outbox.publish(context, READY, delivery.webhook_id, 1, about=delivery.subject)


def deliver(context: Context, webhook_id: str, about: str) -> None:
    """Send what waits for a webhook about one subject, in order, until one is not taken.

    Each attempt is noted in a transaction of its own, and how the webhook fares after them. Of what
    waits behind another the time comes when the other's does.
    """
    webhook = find(Webhook, Webhook.key(context.practice_id, webhook_id))
    partition = Delivery.partition(context.practice_id, webhook_id)
    lane = list(query_all(partition, begins=join("delivery", about), consistent=True))
    behind: Delivery | None = None
    began = context.now()
    for delivery in [each for each in lane if each.status == WAITING]:
        if behind is not None:
            _wait_behind(context, delivery, behind)
        elif webhook is None or webhook.status == OFF:
            _end(context, delivery, FAILED)
        elif not delivery.again and _newest_delivered(lane) > delivery.subject_version:
            _end(context, delivery, OVERTAKEN)
        elif _is_early(context, delivery) or _rests(context, webhook, delivery):
            behind = delivery
        elif not _attempt(context, webhook, delivery):
            behind = delivery if delivery.status == WAITING else None
        context.work.commit()
    if webhook is not None and webhook.status == ON:
        _note_health(
            context, webhook, [each for each in lane if each.last_at and each.last_at >= began]
        )


def _is_early(context: Context, delivery: Delivery) -> bool:
    """Whether it waits for its next attempt. The first may come before its backstop."""
    return bool(delivery.attempts and delivery.next_at and delivery.next_at > context.now())


def _rests(context: Context, webhook: Webhook, delivery: Delivery) -> bool:
    """Whether it waits while its webhook is left alone; what somebody sends again does not."""
    until = webhook.rests_until
    if delivery.again or until is None or until <= context.now():
        return False
    _try_at(context, delivery, until - context.now())
    context.work.save(delivery, refusal=AlreadyDone())
    return True


def _attempt(context: Context, webhook: Webhook, delivery: Delivery) -> bool:
    """Send it, and stage how it fared; whether it was taken."""
    status = _send(context, webhook, delivery)
    delivery.attempts += 1
    delivery.last_at, delivery.last_status = context.now(), status
    wait = wait_after(delivery.attempts)
    if is_taken(status):
        _end(context, delivery, DELIVERED)
    elif wait is None or status == GONE:
        _end(context, delivery, FAILED)
    else:
        _try_at(context, delivery, wait)
        context.work.save(delivery, refusal=AlreadyDone())
    return is_taken(status)


def _send(context: Context, webhook: Webhook, delivery: Delivery) -> int | None:
    """The status it is answered with; None without an answer. Whom it tells of is in the audit."""
    context.concerns((delivery.data or {}).get("patient_id", ""))
    body = json.dumps(
        {
            "type": delivery.type,
            "timestamp": iso(delivery.occurred_at),
            "data": {
                "practice_id": context.practice_id,
                "id": delivery.subject,
                "version": delivery.subject_version,
                **(delivery.data or {}),
            },
        },
        separators=(",", ":"),
    ).encode()
    secrets = secrets_of(context, webhook)
    try:
        return post(
            webhook.url, body, headers_of(delivery.message_id, body, secrets, context.now())
        )
    except OutsideUnavailable:
        return None


def secrets_of(context: Context, webhook: Webhook) -> list[bytes]:
    """What its messages are signed with: its secret, and for a day the one before."""
    numbers = [webhook.secret_number]
    if webhook.older_secret_until and context.now() < webhook.older_secret_until:
        numbers.append(webhook.secret_number - 1)
    return [
        bytes.fromhex(derived_secret("webhook", join(webhook.practice_id, webhook.id, str(each))))
        for each in numbers
    ]


def _note_health(context: Context, webhook: Webhook, tried: list[Delivery]) -> None:
    """Since when it takes nothing; off, with a task, when that is too long. Only a change is a write."""
    if not tried:
        return
    last: int | None = tried[-1].last_status
    since = None if is_taken(last) else webhook.failing_since or context.now()
    rests = None
    if since and last is None:
        rests = context.now() + rest_after(context.now() - since)
    if last == GONE or (since and since + OFF_AFTER <= context.now()):
        webhook.switch_off("gone" if last == GONE else "failing")
        outbox.publish(
            context, "task.wanted", webhook.id, 1, queue="practice", kind="webhook_switched_off"
        )
    elif (since, rests) == (webhook.failing_since, webhook.rests_until):
        return
    else:
        webhook.failing_since, webhook.rests_until = since, rests
    context.work.save(webhook, refusal=AlreadyDone())


def _newest_delivered(lane: list[Delivery]) -> int:
    return max((each.subject_version for each in lane if each.status == DELIVERED), default=0)


def _wait_behind(context: Context, delivery: Delivery, head: Delivery) -> None:
    """Its time comes when its predecessor's has."""
    if delivery.next_at == head.next_at:
        return
    delivery.next_at = head.next_at
    set_due(delivery, DUE, head.next_at)
    context.work.save(delivery, refusal=AlreadyDone())


def _try_at(context: Context, delivery: Delivery, wait: timedelta) -> None:
    delivery.next_at = context.now() + wait
    set_due(delivery, DUE, delivery.next_at)


def _end(context: Context, delivery: Delivery, status: str) -> None:
    delivery.status, delivery.next_at = status, None
    clear_due(delivery)
    context.work.save(delivery, refusal=AlreadyDone())
