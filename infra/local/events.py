"""Events as Lambda hands them to functions, made of what the AWS clients return. Pure.

Shapes: AWS Lambda Developer Guide, "Using Lambda with SQS", "… DynamoDB", "… EventBridge Scheduler";
patterns: EventBridge User Guide, "Event patterns" (exact values, `prefix`, `suffix`, `wildcard`,
`exists`), which Lambda's event filters share.
"""

import base64
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def sqs_event(messages: Iterable[Mapping[str, Any]], arn: str) -> Json:
    """Messages of `receive_message` as one batch of the queue `arn`."""
    return {"Records": [_sqs_record(message, arn) for message in messages]}


def stream_event(records: Iterable[Mapping[str, Any]], arn: str) -> Json:
    """Records of `get_records` as one batch of the stream `arn`, as JSON: binary in base64."""
    return {"Records": [{**_jsonable(record), "eventSourceARN": arn} for record in records]}


def scheduled_event(rule: str, now: datetime) -> Json:
    """What EventBridge sends for a schedule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:000000000000:rule/{rule}"],
        "detail": {},
    }


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event fits a pattern: every field it names, by any of that field's values."""
    return all(_fits(wanted, event.get(field)) for field, wanted in pattern.items())


def _fits(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(value, Mapping) and matches(wanted, value)
    return any(_is(one, value) for one in wanted)


def _is(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return bool(wanted == value)
    ((test, given),) = wanted.items()
    if test == "exists":
        return (value is not None) is given
    if not isinstance(value, str):
        return False
    if test == "wildcard":
        return re.fullmatch(".*".join(map(re.escape, given.split("*"))), value) is not None
    if test in ("prefix", "suffix"):
        return value.startswith(given) if test == "prefix" else value.endswith(given)
    raise ValueError(f"a pattern test that is not known here: {test}")


def _sqs_record(message: Mapping[str, Any], arn: str) -> Json:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: {
                "stringValue": attribute.get("StringValue"),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": attribute["DataType"],
            }
            for name, attribute in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_jsonable(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.timestamp()
    return value
