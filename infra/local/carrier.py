"""The mobile network on one machine: takes texts as AWS End User Messaging does, and tells of them.

`POST /` is the service's own SendTextMessage; `POST /texts` with `{"number": …, "words": …}` is
somebody's phone, which texts us. What becomes of a text, and what is texted, comes as SNS brings it.
A number that ends in 0000 cannot be reached.
"""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from infra.resources import Place

from .gateway import StartResponse
from .sent import SentText

OURS = "+18005550100"
UNREACHABLE = "0000"


class Carrier:
    """A WSGI application; `texts` are those it took, oldest first. What it tells takes `seconds`."""

    def __init__(self, place: Place, *, seconds: int = 0) -> None:
        self.texts: list[SentText] = []
        self._seconds = seconds
        self._queue = place.client("sqs")
        self._queue_url = place.reference("MessagingEvents")

    def respond(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Both ways in, JSON each."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        asked = json.loads(body or b"{}")
        texted = environ["PATH_INFO"] == "/texts"
        answer = self.text(asked["number"], asked["words"]) if texted else self._take(asked)
        start_response("200 OK", [("Content-Type", "application/x-amz-json-1.0")])
        return [json.dumps(answer).encode()]

    def text(self, number: str, words: str) -> dict[str, str]:
        """Somebody texts us."""
        inbound = {
            "originationNumber": number,
            "destinationNumber": OURS,
            "messageKeyword": "KEYWORD_LOCAL",
            "messageBody": words,
            "inboundMessageId": str(uuid.uuid4()),
        }
        self._tell(inbound)
        return {"inboundMessageId": inbound["inboundMessageId"]}

    def _take(self, asked: dict[str, Any]) -> dict[str, str]:
        number, message_id = asked["DestinationPhoneNumber"], str(uuid.uuid4())
        self.texts.append(SentText(number, asked["MessageBody"]))
        reached = not number.endswith(UNREACHABLE)
        self._tell(
            {
                "eventType": "TEXT_DELIVERED" if reached else "TEXT_CARRIER_UNREACHABLE",
                "eventVersion": "1.0",
                "isFinal": True,
                "destinationPhoneNumber": number,
                "messageId": message_id,
                "context": asked.get("Context", {}),
            }
        )
        return {"MessageId": message_id}

    def _tell(self, told: dict[str, Any]) -> None:
        """As the subscription of the queue to the topic brings it."""
        envelope = {
            "Type": "Notification",
            "MessageId": str(uuid.uuid4()),
            "Message": json.dumps(told),
            "Timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        self._queue.send_message(
            QueueUrl=self._queue_url,
            MessageBody=json.dumps(envelope),
            DelaySeconds=self._seconds,
        )
