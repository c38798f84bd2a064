"""`python -m infra.ops redrive DOMAIN`: put the dead letters of a domain's queue back into it.

By receive, send, delete: a message is in both queues for a moment and in none at no time, and
consumers are safe under duplicates. Needs the deployment's `CARELOOM_*` variables and credentials.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

from chalicelib.platform.aws import client
from chalicelib.platform.config import settings


def run(arguments: Sequence[str]) -> int:
    """Move every dead letter that is there now, and say how many."""
    urls = settings().queue_urls
    if len(arguments) != 1 or arguments[0] not in urls:
        print(f"usage: python -m infra.ops redrive {{{','.join(sorted(urls))}}}", file=sys.stderr)
        return 2
    print(json.dumps({"domain": arguments[0], "moved": redrive(client("sqs"), urls[arguments[0]])}))
    return 0


def redrive(sqs: Any, queue_url: str) -> int:
    """Move the dead letters of one queue back; how many."""
    dead_url = _dead_letter_url(sqs, queue_url)
    moved = 0
    while True:
        answer = sqs.receive_message(
            QueueUrl=dead_url, MaxNumberOfMessages=10, VisibilityTimeout=60, WaitTimeSeconds=1
        )
        messages = answer.get("Messages", [])
        for message in messages:
            sqs.send_message(QueueUrl=queue_url, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead_url, ReceiptHandle=message["ReceiptHandle"])
        moved += len(messages)
        if not messages:
            return moved


def _dead_letter_url(sqs: Any, queue_url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["RedrivePolicy"])
    arn: str = json.loads(answer["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    url: str = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    return url
