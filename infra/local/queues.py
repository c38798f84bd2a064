"""SQS queues, read and retried as Lambda's event source mapping does."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from infra.resources import Place

from .events import sqs_event
from .invocation import LOG, Function

HELD_SECONDS = 0.2
GATHERING_SECONDS = 0.05  # what comes meanwhile is one batch
WAIT_SECONDS = 1  # how long a stop may wait for the long poll


class QueueSource:
    """Hands a queue's messages to a function in batches and deletes those that did not fail.

    What failed is visible again after `retry_seconds` (AWS: after the queue's visibility timeout);
    the emulator moves it to the dead letters after `maxReceiveCount`, as SQS does.
    """

    def __init__(
        self,
        function: Function,
        place: Place,
        arn: str,
        *,
        batch_size: int = 10,
        retry_seconds: float = 2.0,
    ) -> None:
        self.function = function
        self._client = place.client("sqs")
        self._arn = arn
        self._batch_size = batch_size
        self._retry_seconds = retry_seconds
        self.held = False
        self._polling = threading.Lock()
        self.url: str = self._client.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]

    def poll(self, _stopping: Callable[[], bool]) -> None:
        """One long poll, and the batch it brought; nothing while it is held back.

        After a batch that was not full it waits a moment, so that the next one is larger.
        """
        with self._polling:
            came = 0 if self.held else self._take()
        if self.held:
            time.sleep(HELD_SECONDS)
        elif 0 < came < self._batch_size:
            time.sleep(GATHERING_SECONDS)

    def hold(self) -> None:
        """Take nothing from now on: a poll under way is waited for."""
        self.held = True
        with self._polling:
            pass

    def _take(self) -> int:
        """One long poll, handled; how many messages it brought."""
        messages: list[dict[str, Any]] = self._client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=self._batch_size,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            self.settle(messages, self.failures(messages))
        return len(messages)

    def failures(self, messages: list[dict[str, Any]]) -> set[str]:
        """Invoke the function; the ids of the messages that failed."""
        identifiers = [message["MessageId"] for message in messages]
        return self.function.failures(sqs_event(messages, self._arn), identifiers)

    def settle(self, messages: list[dict[str, Any]], failed: set[str]) -> None:
        """Delete what was handled and bring the rest again."""
        handled = [message for message in messages if message["MessageId"] not in failed]
        if handled:
            named = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(handled)
            ]
            self._client.delete_message_batch(QueueUrl=self.url, Entries=named)
        for message in messages:
            if message["MessageId"] in failed:
                self._bring_again(message)

    def _bring_again(self, message: dict[str, Any]) -> None:
        received = message.get("Attributes", {}).get("ApproximateReceiveCount")
        LOG.warning("%s: message failed, received %s times", self.function.name, received)
        self._client.change_message_visibility(
            QueueUrl=self.url,
            ReceiptHandle=message["ReceiptHandle"],
            VisibilityTimeout=round(self._retry_seconds),
        )

    @property
    def waiting(self) -> int:
        """How many messages are in the queue or being handled."""
        names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
        answer = self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return sum(int(answer["Attributes"].get(name, 0)) for name in names)


class RuleSource(QueueSource):
    """A queue of EventBridge events: one invocation an event, as a rule invokes its target."""

    def failures(self, messages: list[dict[str, Any]]) -> set[str]:
        failed: set[str] = set()
        for message in messages:
            failed |= self.function.failures(json.loads(message["Body"]), [message["MessageId"]])
        return failed
