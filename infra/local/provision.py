"""Everything the local stack needs in the emulator: the resources, and what stands around them."""

import json
from contextlib import suppress
from typing import Any

from infra.resources import MAIL_FROM, Place, create_resources
from infra.template import functions

# Lambda invokes a function for an event up to three times before the failure destination.
EVENT_ATTEMPTS = 3
OUTBOUND = "clearinghouse-outbound"
OUTBOUND_PATTERN = {
    "source": ["aws.s3"],
    "detail-type": ["Object Created"],
    "detail": {
        "bucket": {"name": [{"Ref": "MailboxBucket"}]},
        "object": {"key": [{"wildcard": "*/clearinghouse/outbound/*"}]},
    },
}


def provision(endpoint_url: str, prefix: str) -> Place:
    """Create what is missing and keep what is there. Where it all is.

    Beyond infra/resources.yaml: a verified sender, and for each EventBridge rule of a function, and
    for the clearinghouse simulator, a queue that takes the rule's events until the pump reads them.
    """
    create_resources(endpoint_url, prefix)
    place = Place(endpoint_url, prefix)
    _verify_sender(place)
    _route_events(place, OUTBOUND, place.resolved(OUTBOUND_PATTERN))
    for name, pattern in event_patterns(place).items():
        _route_events(place, name, pattern)
    return place


def event_patterns(place: Place) -> dict[str, Any]:
    """Each function that an EventBridge rule calls, by its name in CloudFormation: its pattern."""
    return {
        name: place.resolved(source["Properties"]["Pattern"])
        for name, function in functions()["Resources"].items()
        for source in function["Properties"].get("Events", {}).values()
        if "Pattern" in source["Properties"]
    }


def event_queue(place: Place, name: str) -> str:
    """The ARN of the queue that takes the events of the rule `name`."""
    sqs = place.client("sqs")
    url = sqs.get_queue_url(QueueName=_queue_name(place, name))["QueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn: str = answer["Attributes"]["QueueArn"]
    return arn


def _verify_sender(place: Place) -> None:
    client = place.client("sesv2")
    with suppress(client.exceptions.AlreadyExistsException):
        client.create_email_identity(EmailIdentity=MAIL_FROM)


def _route_events(place: Place, name: str, pattern: dict[str, Any]) -> None:
    redrive = {
        "deadLetterTargetArn": place.attribute("InboundDeadLetters", "Arn"),
        "maxReceiveCount": EVENT_ATTEMPTS,
    }
    place.client("sqs").create_queue(
        QueueName=_queue_name(place, name),
        Attributes={"RedrivePolicy": json.dumps(redrive), "VisibilityTimeout": "360"},
    )
    events, rule = place.client("events"), f"{place.prefix}-{name}"
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": event_queue(place, name)}])


def _queue_name(place: Place, name: str) -> str:
    return f"{place.prefix}-events-{name}"
