"""infra/local/events.py: events as Lambda hands them over."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from infra.local.events import matches, scheduled_event, sqs_event, stream_event

QUEUE = "arn:aws:sqs:us-east-1:000000000000:careloom-claims-events"
STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026"
OUTBOX = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": ["outbox"]}}}}


def test_an_sqs_batch_has_the_shape_of_lambda() -> None:
    message = {
        "MessageId": "m1",
        "ReceiptHandle": "r1",
        "MD5OfBody": "d1",
        "Body": "{}",
        "Attributes": {"ApproximateReceiveCount": "2"},
        "MessageAttributes": {"type": {"StringValue": "x", "DataType": "String"}},
    }
    (record,) = sqs_event([message], QUEUE)["Records"]
    assert record == {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": "{}",
        "attributes": {"ApproximateReceiveCount": "2"},
        "messageAttributes": {
            "type": {
                "stringValue": "x",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            }
        },
        "md5OfBody": "d1",
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "awsRegion": "us-east-1",
    }


def test_a_stream_batch_is_json_with_epoch_times_and_base64() -> None:
    created = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    image = {"pk": {"S": "a"}, "n": {"N": "1"}, "body": {"B": b"\x00\xff"}, "all": {"BS": [b"1"]}}
    record = {
        "eventName": "INSERT",
        "dynamodb": {"ApproximateCreationDateTime": created, "NewImage": image},
    }
    (event,) = json.loads(json.dumps(stream_event([record], STREAM)))["Records"]
    assert event["eventSourceARN"] == STREAM
    assert event["dynamodb"]["ApproximateCreationDateTime"] == created.timestamp()
    assert event["dynamodb"]["NewImage"]["body"] == {"B": "AP8="}
    assert event["dynamodb"]["NewImage"]["all"] == {"BS": ["MQ=="]}


def test_a_scheduled_event_names_its_rule_and_time() -> None:
    event = scheduled_event("due_work", datetime(2026, 3, 2, 14, 0, tzinfo=UTC))
    assert event["time"] == "2026-03-02T14:00:00Z"
    assert event["resources"] == ["arn:aws:events:us-east-1:000000000000:rule/due_work"]
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")


@pytest.mark.parametrize(
    ("name", "kind", "let_through"),
    [("INSERT", "outbox", True), ("REMOVE", "outbox", False), ("INSERT", "patient", False)],
)
def test_the_outbox_filter_lets_new_outbox_items_through(
    name: str, kind: str, let_through: bool
) -> None:
    record = {"eventName": name, "dynamodb": {"NewImage": {"kind": {"S": kind}}}}
    assert matches(OUTBOX, record) is let_through


def test_a_removed_item_has_no_new_image_and_fits_no_pattern_on_it() -> None:
    assert not matches(OUTBOX, {"eventName": "INSERT", "dynamodb": {}})


@pytest.mark.parametrize(
    ("test", "value", "fits"),
    [
        ({"prefix": "prc_"}, "prc_1/x", True),
        ({"prefix": "prc_"}, "sys", False),
        ({"suffix": ".835"}, "a.835", True),
        ({"suffix": ".835"}, "a.837", False),
        ({"wildcard": "*/clearinghouse/inbound/*"}, "prc_1/clearinghouse/inbound/a", True),
        ({"wildcard": "*/clearinghouse/inbound/*"}, "prc_1/clearinghouse/outbound/a", False),
        ({"wildcard": "a.b*"}, "aXb", False),
        ({"exists": True}, "x", True),
        ({"exists": False}, "x", False),
        ({"prefix": "1"}, 1, False),
    ],
)
def test_a_pattern_tests_a_value(test: dict[str, Any], value: Any, fits: bool) -> None:
    assert matches({"key": [test]}, {"key": value}) is fits


def test_an_absent_field_can_be_asked_for() -> None:
    assert matches({"key": [{"exists": False}]}, {})


def test_a_test_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="numeric"):
        matches({"key": [{"numeric": ["=", 1]}]}, {"key": "1"})


@given(
    parts=st.lists(st.text(alphabet="ab/.", max_size=3), max_size=4),
    between=st.text("ab/.", max_size=3),
)
def test_a_wildcard_fits_whatever_stands_for_its_stars(parts: list[str], between: str) -> None:
    assert matches({"k": [{"wildcard": "*".join(parts)}]}, {"k": between.join(parts)})
