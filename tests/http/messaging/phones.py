"""A number of ours to which people can text back, and what SES and the network tell by SNS."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib.messaging import ports
from chalicelib.platform.aws import client
from chalicelib.platform.clock import iso
from tests.world import World

OURS, THEIRS = "+18005550100", "+12125550147"
SMS = "pinpoint-sms-voice-v2"


@dataclass
class Network:
    """End User Messaging: takes texts, and tells of them and of those that come in."""

    world: World
    texts: list[dict[str, Any]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def said(self, number: str = THEIRS) -> list[str]:
        """What this number was sent, in order."""
        return [
            each["MessageBody"] for each in self.texts if each["DestinationPhoneNumber"] == number
        ]

    def text(self, words: str, *, number: str = THEIRS, at: datetime | None = None) -> str:
        """The notification that somebody texted us."""
        inbound = {
            "originationNumber": number,
            "destinationNumber": OURS,
            "messageKeyword": "KEYWORD_1",
            "messageBody": words,
            "inboundMessageId": f"in-{next(self._numbers)}",
        }
        return notice(at or self.world.clock.now(), inbound)

    def reply(self, words: str, **over: Any) -> None:
        """Somebody texts us; twice, as SNS may bring it."""
        told = self.text(words, **over)
        assert self.world.deliver("messaging", [told, told]) == []

    def take(self, params: dict[str, Any], **_: Any) -> Any:
        self.texts.append(json.loads(params["body"]))
        answer = {"MessageId": f"out-{len(self.texts)}"}
        return AWSResponse("https://network", 200, {}, None), answer


def notice(at: datetime, told: dict[str, Any]) -> str:
    """What SNS puts on a queue."""
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "7f1a",
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:messages",
            "Message": json.dumps(told),
            "Timestamp": iso(at),
        }
    )


@contextmanager
def two_way(world: World) -> Iterator[Network]:
    """Texts go out from a number of ours meanwhile."""
    network, events = Network(world), client(SMS).meta.events
    live = replace(ports.settings(), sms_origination=OURS, message_events="careloom")
    events.register(f"before-call.{SMS}.SendTextMessage", network.take)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ports, "settings", lambda: live)
        try:
            yield network
        finally:
            events.unregister(f"before-call.{SMS}.SendTextMessage", network.take)


def of_mail(kind: str, at: datetime, tags: dict[str, str], **more: Any) -> str:
    """What SES tells of a mail with these tags."""
    mail = {"messageId": "m", "tags": {name: [value] for name, value in tags.items()}}
    told = {"timestamp": iso(at), **more}
    return notice(at, {"eventType": kind, "mail": mail, kind.lower(): told})


def of_text(kind: str, at: datetime, context: dict[str, str]) -> str:
    """What the network tells of a text with this context."""
    told = {"eventType": kind, "messageId": "m", "isFinal": True, "context": context}
    return notice(at, told)
