"""infra/local/stream.py on moto: the filter, retries from the first failure, cutting in half."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.local.events import Json
from infra.local.invocation import Function
from infra.local.stream import StreamSource
from infra.resources import Place
from infra.template import functions

pytestmark = pytest.mark.usefixtures("table_stream")
Answer = Callable[[list[str], list[str]], Any]


@pytest.fixture
def place() -> Place:
    return Place(None, "test")


class Stream:
    """The outbox stream in front of a handler that `answer`s by the items' names and numbers."""

    def __init__(self, place: Place, answer: Answer | None = None, **over: int) -> None:
        self.calls: list[list[str]] = []
        self._place = place
        self._answer = answer
        function = functions()["Resources"]["OutboxStream"]["Properties"]
        settings = place.resolved(
            function["Events"]["OutboxStreamDynamodbEventSource"]["Properties"]
        )
        self._source = StreamSource(
            Function("outbox_stream", self._handle), place, {**settings, **over}, retry_seconds=0
        )

    def put(self, *names: str, kind: str = "outbox") -> None:
        for name in names:
            item = {"pk": {"S": name}, "sk": {"S": "s"}, "kind": {"S": kind}}
            self._place.client("dynamodb").put_item(TableName=self._place.name("Table"), Item=item)

    def poll(self) -> None:
        self._source.poll(lambda: False)

    def finish(self) -> None:
        self._source.finish()

    def dead(self) -> list[Json]:
        url = self._place.reference("OutboxDeadLetters")
        answer = self._place.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def _handle(self, event: Json, _context: Any) -> Any:
        images = [record["dynamodb"] for record in event["Records"]]
        names = [image["NewImage"]["pk"]["S"] for image in images]
        self.calls.append(names)
        numbers = [image["SequenceNumber"] for image in images]
        return self._answer(names, numbers) if self._answer else None


def failing(name: str) -> Answer:
    """Reports the item of this name as where to resume."""

    def answer(names: list[str], numbers: list[str]) -> Json:
        bad = [numbers[names.index(name)]] if name in names else []
        return {"batchItemFailures": [{"itemIdentifier": number} for number in bad]}

    return answer


def raising(name: str) -> Answer:
    def answer(names: list[str], _numbers: list[str]) -> None:
        if name in names:
            raise RuntimeError(name)

    return answer


def test_new_outbox_items_are_handed_on_in_order_and_once(place: Place) -> None:
    stream = Stream(place)
    stream.put("a", "b")
    stream.poll()
    stream.poll()
    assert stream.calls == [["a", "b"]]


def test_other_records_and_changes_are_filtered_out(place: Place) -> None:
    stream = Stream(place)
    stream.put("p", kind="patient")
    stream.poll()
    stream.put("o")
    stream.put("o")
    stream.poll()
    assert stream.calls == [["o"]]


def test_records_are_gathered_for_a_window_until_a_batch_is_full_or_all_is_finished(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.stream.UNHURRIED_SECONDS", 0)
    stream = Stream(place, MaximumBatchingWindowInSeconds=300, BatchSize=2)
    stream.put("a")
    stream.poll()
    assert stream.calls == []
    stream.put("b")
    stream.poll()
    assert stream.calls == [["a", "b"]]
    stream.put("c")
    stream.finish()
    assert stream.calls == [["a", "b"], ["c"]]


def test_what_lay_on_the_stream_before_the_start_is_left_to_the_sweep(place: Place) -> None:
    Stream(place).put("before")
    stream = Stream(place)
    stream.put("after")
    stream.poll()
    assert stream.calls == [["after"]]


def test_a_reported_failure_is_retried_from_there_and_given_up_within_bounds(place: Place) -> None:
    stream = Stream(place, failing("bad"))
    stream.put("a", "bad", "c")
    stream.poll()
    assert stream.calls[0] == ["a", "bad", "c"]
    assert all(call == ["bad", "c"] for call in stream.calls[1:])
    assert len(stream.calls) == 1 + 1 + 10
    (lost,) = stream.dead()
    assert lost["DDBStreamBatchInfo"]["batchSize"] == 2


def test_a_batch_whose_handler_raises_is_cut_until_the_poison_stands_alone(place: Place) -> None:
    stream = Stream(place, raising("bad"))
    stream.put("a", "b", "bad", "d")
    stream.poll()
    done = [call for call in stream.calls if "bad" not in call]
    assert sorted(name for call in done for name in call) == ["a", "b", "d"]
    (lost,) = stream.dead()
    assert lost["DDBStreamBatchInfo"]["batchSize"] == 1


def test_a_handler_that_recovers_loses_nothing(place: Place) -> None:
    failures = iter([RuntimeError(), RuntimeError()])

    def answer(_names: list[str], _numbers: list[str]) -> None:
        for failure in failures:
            raise failure

    stream = Stream(place, answer)
    stream.put("a")
    stream.poll()
    assert stream.calls == [["a"]] * 3
    assert stream.dead() == []
