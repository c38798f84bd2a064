"""The network's simulator does what End User Messaging does: the whole loop, over its own protocol."""

import json
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib.messaging import ports
from chalicelib.platform.aws import client
from infra.local.carrier import OURS, Carrier
from infra.resources import Place
from tests.http.messaging.reminding import Reminding, reminding
from tests.world import World

SERVICE = "pinpoint-sms-voice-v2"


@pytest.fixture
def carrier(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Carrier]:
    """The product's own client reaches it, without a socket."""
    made = Carrier(Place(None, "test"))

    def carried(params: dict[str, Any], **_: Any) -> Any:
        body = _posted(made, "/", params["body"])
        return AWSResponse("https://network", 200, {}, None), json.loads(body)

    live = replace(ports.settings(), sms_origination=OURS)
    monkeypatch.setattr(ports, "settings", lambda: live)
    events = client(SERVICE).meta.events
    events.register(f"before-call.{SERVICE}.SendTextMessage", carried)
    yield made
    events.unregister(f"before-call.{SERVICE}.SendTextMessage", carried)


def _posted(carrier: Carrier, path: str, body: bytes) -> bytes:
    environ = {
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
    return b"".join(carrier.respond(environ, lambda status, headers: None))


def _text(carrier: Carrier, words: str) -> None:
    _posted(carrier, "/texts", json.dumps({"number": "+12125550147", "words": words}).encode())


def _settled(at: Reminding) -> Reminding:
    at.world.pump()
    return at


def test_a_text_is_taken_delivered_and_answered(world: World, carrier: Carrier) -> None:
    at = reminding(world, language="en")
    at.remind()
    assert _settled(at).message() == ("sms", "delivered", "")
    _text(carrier, "Y")
    assert _settled(at).reminders()["answer"]["S"] == "confirmed"
    reminder, thanks = (text.text for text in carrier.texts)
    assert reminder.endswith("Reply STOP to end texts.")
    assert thanks.endswith("is confirmed.")


def test_who_cannot_be_reached_is_a_task(world: World, carrier: Carrier) -> None:
    at = reminding(world, phones=[{"number": "+12125550000", "use": "mobile"}])
    at.remind()
    assert _settled(at).message() == ("sms", "undelivered", "carrier_unreachable")
    assert at.tasks() == ["message_undelivered"]


def test_stop_ends_texts(world: World, carrier: Carrier) -> None:
    at = reminding(world)
    at.remind()
    _text(carrier, "STOP")
    world.pump()
    at.remind("apt_2")
    assert len(carrier.texts) == 1
    assert at.message("apt_2") == ("email", "sent", "")
