"""Handlers of no domain: the table's stream, the sweep of the outbox, and timed work."""

from typing import Any

from chalice.app import Blueprint

from . import log
from .due import send_due
from .outbox import OutboxItem, dispatch, sweep
from .releasing import release
from .runtime import runtime
from .store import Record

workers = Blueprint(__name__)
STREAM_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/careloom/stream/set-at-deployment"


@workers.on_dynamodb_record(stream_arn=STREAM_ARN, batch_size=100, name="outbox_stream")
def outbox_stream(event: Any) -> dict[str, list[dict[str, str]]]:
    """Dispatch each new outbox item; the first that fails is where the stream resumes."""
    for record in event.to_dict()["Records"]:
        image = record["dynamodb"].get("NewImage")
        if record["eventName"] != "INSERT" or image is None:
            continue
        item = Record.from_raw_data(image)
        if not isinstance(item, OutboxItem):
            continue
        try:
            dispatch(item)
        except Exception as error:  # noqa: BLE001  # the stream is told, and comes again
            log.failure("dispatch failed", error, event_id=item.event_id)
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


@workers.schedule("rate(1 minute)", name="outbox_sweep")
def outbox_sweep(event: Any) -> dict[str, int]:  # noqa: ARG001
    """Send what the stream lost, and what waited for a practice that has resumed."""
    return {"sent": sweep(runtime().clock), "released": release(runtime().clock)}


@workers.schedule("rate(1 minute)", name="due_work")
def due_work(event: Any) -> dict[str, int]:  # noqa: ARG001
    """Send what has come due."""
    return {"sent": send_due(runtime().clock)}
