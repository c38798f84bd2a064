"""What clients send and get: webhooks."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ..platform.http import Answer, Body, Instant
from .event_types import EventType
from .models import Webhook

Sorted = BeforeValidator(sorted)


class WebhookBody(Body):
    """Where to, and what of. What is told are ids, codes and times (docs/api.md)."""

    url: str = Field(
        min_length=1, max_length=500, examples=["https://hooks.clinic.example/careloom"]
    )
    description: str = Field(default="", max_length=200)
    events: list[EventType] = Field(min_length=1, max_length=len(EventType))


class WebhookChange(WebhookBody):
    enabled: bool


class WebhookView(Answer):
    """`failing_since`: it has taken nothing since; after five days it is switched off."""

    id: str
    version: int
    url: str
    description: str
    events: Annotated[list[str], Sorted]
    status: str
    off_because: str | None
    created_by: str
    failing_since: Instant | None
    older_secret_until: Instant | None


class WebhookWithSecret(WebhookView):
    """`secret` verifies its messages (Standard Webhooks): keep it, nobody shows it again."""

    secret: str

    @classmethod
    def of(cls, webhook: Webhook, secret: str) -> "WebhookWithSecret":
        shown: dict[str, Any] = WebhookView.model_validate(webhook).model_dump()
        return cls(**shown, secret=secret)


class WebhookList(Answer):
    items: list[WebhookView]


class DeliveryView(Answer):
    """`id` is the message's `webhook-id`; `last_status` null where nobody answered."""

    id: str = Field(validation_alias="message_id")
    version: int
    type: str
    subject: str
    subject_version: int
    occurred_at: Instant
    status: str
    attempts: int
    next_at: Instant | None
    last_at: Instant | None
    last_status: int | None
