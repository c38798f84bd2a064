"""The table's stream, read and retried as Lambda's event source mapping does."""

import json
import time
from collections.abc import Callable
from typing import Any

from infra.resources import Place

from .events import Json, matches, stream_event
from .invocation import LOG, Function

IDLE_SECONDS = 0.1
UNHURRIED_SECONDS = 1.0
GATHERING_SECONDS = 0.05  # what comes meanwhile is one read, and one batch


class StreamSource:
    """Polls the one shard the emulator has, from now on, and hands on what the filter lets through.

    `settings` are the event source's properties in infra/functions.yaml, resolved. A batch that
    fails is retried from its first failure, cut in half when the handler raised, and after
    `MaximumRetryAttempts` described to the failure destination.

    `MaximumBatchingWindowInSeconds`, `window` here, is how long records are gathered, unless a batch
    is full before.
    """

    def __init__(
        self, function: Function, place: Place, settings: dict[str, Any], *, retry_seconds: float
    ) -> None:
        self._function = function
        self._settings = settings
        self._retry_seconds = retry_seconds
        self._client = place.client("dynamodbstreams")
        self._sqs = place.client("sqs")
        self._arn: str = settings["Stream"]
        self._filters = [
            json.loads(each["Pattern"]) for each in settings["FilterCriteria"]["Filters"]
        ]
        self.carried_until = self.last_empty = 0.0
        self.window = float(settings.get("MaximumBatchingWindowInSeconds", 0))
        self._gathered: list[Json] = []
        self._gathering_since = 0.0
        self._iterator = self._newest()

    def poll(self, stopping: Callable[[], bool]) -> None:
        """One read; waits a moment, longer where records are gathered for minutes."""
        asked = time.monotonic()
        found = self._gather(asked)
        if len(self._gathered) >= self._settings["BatchSize"] or self._is_over(asked):
            self._hand_on(stopping)
        self.carried_until = asked
        if not found:
            self.last_empty = asked
        idle = IDLE_SECONDS if not found else GATHERING_SECONDS
        time.sleep(UNHURRIED_SECONDS if self.window else idle)

    def finish(self) -> None:
        """Read what there is and hand on what was gathered."""
        self._gather(time.monotonic())
        self._hand_on(lambda: False)

    def _gather(self, asked: float) -> bool:
        """Whether there were records."""
        try:
            answer = self._client.get_records(ShardIterator=self._iterator)
        except (
            self._client.exceptions.ExpiredIteratorException,
            self._client.exceptions.TrimmedDataAccessException,
        ):
            self._iterator = self._newest()  # the sweep sends what lay between
            return True
        self._iterator = answer["NextShardIterator"]
        if not self._gathered:
            self._gathering_since = asked
        self._gathered += [each for each in self._events(answer["Records"]) if self._wanted(each)]
        return bool(answer["Records"])

    def _is_over(self, now: float) -> bool:
        """Whether records were gathered for as long as they may be."""
        return now - self._gathering_since >= self.window

    def _hand_on(self, stopping: Callable[[], bool]) -> None:
        records, self._gathered = self._gathered, []
        size = self._settings["BatchSize"]
        for start in range(0, len(records), size):
            self._deliver(records[start : start + size], stopping)

    def _newest(self) -> str:
        described = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]
        iterator: str = self._client.get_shard_iterator(
            StreamArn=self._arn,
            ShardId=described["Shards"][0]["ShardId"],
            ShardIteratorType="LATEST",
        )["ShardIterator"]
        return iterator

    def _events(self, records: list[Any]) -> list[Json]:
        events: list[Json] = stream_event(records, self._arn)["Records"]
        return events

    def _wanted(self, record: Json) -> bool:
        return any(matches(pattern, record) for pattern in self._filters)

    def _deliver(self, records: list[Json], stopping: Callable[[], bool]) -> None:
        tries = 0
        while records and not stopping():
            numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
            failed = self._function.failures({"Records": records}, numbers)
            if not failed:
                return
            first = min(numbers.index(number) for number in failed)
            if first == 0 and len(failed) == len(records) > 1:
                half = len(records) // 2
                self._deliver(records[:half], stopping)
                self._deliver(records[half:], stopping)
                return
            tries = 0 if first else tries + 1
            records = records[first:]
            if tries > self._settings["MaximumRetryAttempts"]:
                self._give_up(records)
                return
            time.sleep(self._retry_seconds)

    def _give_up(self, records: list[Json]) -> None:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        LOG.error("%s: %d records go to the failure destination", self._function.name, len(records))
        body = {
            "requestContext": {"condition": "RetryAttemptsExhausted"},
            "DDBStreamBatchInfo": {
                "startSequenceNumber": numbers[0],
                "endSequenceNumber": numbers[-1],
                "batchSize": len(records),
                "streamArn": self._arn,
            },
        }
        arn = self._settings["DestinationConfig"]["OnFailure"]["Destination"]
        url = self._sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
        self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
