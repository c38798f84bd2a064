"""How the queues stand. What failed goes back by `python -m infra.ops redrive`: the API reads no queue."""

import json
from typing import Any

from ..platform.aws import client
from ..platform.config import settings
from ..platform.context import SystemContext
from .schemas import QueueHealth

WAITING, UNDER_WAY = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"


def read_queue_health(context: SystemContext) -> list[QueueHealth]:  # noqa: ARG001
    """How many messages wait, are being handled, and have failed, by domain."""
    sqs = client("sqs")
    return [_health(sqs, domain, url) for domain, url in sorted(settings().queue_urls.items())]


def _health(sqs: Any, domain: str, queue_url: str) -> QueueHealth:
    own = _attributes(sqs, queue_url, WAITING, UNDER_WAY)
    dead = _attributes(sqs, _dead_letter_url(sqs, queue_url), WAITING)
    return QueueHealth(
        domain=domain,
        waiting=int(own[WAITING]),
        under_way=int(own[UNDER_WAY]),
        dead_letters=int(dead[WAITING]),
    )


def _dead_letter_url(sqs: Any, queue_url: str) -> str:
    arn: str = json.loads(_attributes(sqs, queue_url, "RedrivePolicy")["RedrivePolicy"])[
        "deadLetterTargetArn"
    ]
    url: str = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    return url


def _attributes(sqs: Any, url: str, *names: str) -> dict[str, str]:
    found: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))[
        "Attributes"
    ]
    return found
