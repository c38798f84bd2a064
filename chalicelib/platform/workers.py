"""Handlers of no domain: the table's stream, the sweep of the outbox, and timed work."""

from typing import Any

from chalice.app import Blueprint

from . import log, queues
from .audit_stream import is_of_the_audit, written_entries
from .due import send_due
from .outbox import OutboxItem, dispatch, sweep
from .releasing import release
from .runtime import runtime
from .storage_stream import storage_changes
from .store import Record

workers = Blueprint(__name__)
STREAM_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/careloom/stream/set-at-deployment"


@workers.on_dynamodb_record(stream_arn=STREAM_ARN, batch_size=100, name="outbox_stream")
def outbox_stream(event: Any) -> dict[str, list[dict[str, str]]]:
    """Dispatch each new outbox item, and tell of each new entry of the audit.

    The first that fails is where the stream resumes.
    """
    inserted = [each for each in event.to_dict()["Records"] if each["eventName"] == "INSERT"]
    for at, record in enumerate(inserted):
        item = Record.from_raw_data(record["dynamodb"]["NewImage"])
        if isinstance(item, OutboxItem):
            try:
                dispatch(item)
            except Exception as error:  # noqa: BLE001  # the stream is told, and comes again
                log.failure("dispatch failed", error, event_id=item.event_id)
                return _resume(_tell_audit(inserted[:at]) or record)
    return _resume(_tell_audit(inserted))


@workers.on_dynamodb_record(stream_arn=STREAM_ARN, batch_size=1000, name="storage_stream")
def storage_stream(event: Any) -> dict[str, list[dict[str, str]]]:
    """Tell by how much what each practice stores has grown. Batches of minutes: one message each."""
    records = event.to_dict()["Records"]
    try:
        for change in storage_changes(records):
            for domain in queues.listening_to(change.type):
                queues.send(domain, change.to_json())
    except Exception as error:  # noqa: BLE001  # the stream is told, and comes again
        log.failure("storage not told", error)
        return _resume(records[0])
    return _resume(None)


def _tell_audit(records: list[Any]) -> Any:
    """Send each practice's new entries to whoever listens; the first record that was not sent."""
    audited = [each for each in records if is_of_the_audit(each["dynamodb"]["NewImage"])]
    try:
        for written in written_entries([each["dynamodb"]["NewImage"] for each in audited]):
            for domain in queues.listening_to(written.type):
                queues.send(domain, written.to_json())
    except Exception as error:  # noqa: BLE001  # the stream is told, and comes again
        log.failure("audit not told", error)
        return audited[0]
    return None


def _resume(failed: Any) -> dict[str, list[dict[str, str]]]:
    at = [] if failed is None else [{"itemIdentifier": failed["dynamodb"]["SequenceNumber"]}]
    return {"batchItemFailures": at}


@workers.schedule("rate(1 minute)", name="outbox_sweep")
def outbox_sweep(event: Any) -> dict[str, int]:  # noqa: ARG001
    """Send what the stream lost, and what waited for a practice that has resumed."""
    return {"sent": sweep(runtime().clock), "released": release(runtime().clock)}


@workers.schedule("rate(1 minute)", name="due_work")
def due_work(event: Any) -> dict[str, int]:  # noqa: ARG001
    """Send what has come due."""
    return {"sent": send_due(runtime().clock)}
