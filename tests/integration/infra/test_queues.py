"""infra/local/queues.py on moto: batches, partial failures, dead letters."""

import json
from typing import Any

import pytest

from infra.local.events import Json
from infra.local.invocation import Function
from infra.local.queues import QueueSource, RuleSource
from infra.resources import Place

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def place() -> Place:
    return Place(None, "test")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.queues.WAIT_SECONDS", 0)


class Handler:
    """Fails every message of a poisoned body; keeps the bodies of each call."""

    def __init__(self, poison: str = "poison") -> None:
        self.calls: list[list[str]] = []
        self._poison = poison

    def __call__(self, event: Json, _context: Any) -> Json:
        records = event["Records"]
        self.calls.append([record["body"] for record in records])
        failed = [each["messageId"] for each in records if each["body"] == self._poison]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def source(place: Place, handler: Any, kind: type[QueueSource] = QueueSource) -> QueueSource:
    arn = place.attribute("ClaimsEvents", "Arn")
    return kind(Function("claims_queue", handler), place, arn, retry_seconds=0)


def send(place: Place, *bodies: str) -> None:
    for body in bodies:
        place.client("sqs").send_message(QueueUrl=place.reference("ClaimsEvents"), MessageBody=body)


def dead(place: Place) -> list[str]:
    answer = place.client("sqs").receive_message(
        QueueUrl=place.reference("ClaimsDeadLetters"), MaxNumberOfMessages=10
    )
    return [message["Body"] for message in answer.get("Messages", [])]


def poll(queue: QueueSource, times: int) -> None:
    for _ in range(times):
        queue.poll(lambda: False)


def test_what_succeeds_is_deleted_and_seen_once(place: Place) -> None:
    handler = Handler()
    queue = source(place, handler)
    send(place, "a", "b")
    poll(queue, 3)
    assert sorted(body for call in handler.calls for body in call) == ["a", "b"]
    assert queue.waiting == 0


def test_a_poisoned_message_reaches_the_dead_letters_alone(place: Place) -> None:
    handler = Handler()
    queue = source(place, handler)
    send(place, "a", "poison", "b")
    poll(queue, 12)
    seen = [body for call in handler.calls for body in call]
    assert seen.count("poison") == 5
    assert (seen.count("a"), seen.count("b")) == (1, 1)
    assert dead(place) == ["poison"]


def test_a_handler_that_raises_gets_its_batch_again_until_the_dead_letters_have_it(
    place: Place,
) -> None:
    def broken(_event: Json, _context: Any) -> None:
        raise RuntimeError("broken")

    queue = source(place, broken)
    send(place, "a")
    poll(queue, 7)
    assert queue.function.invocations == 5
    assert dead(place) == ["a"]


def test_a_handler_that_recovers_loses_nothing(place: Place) -> None:
    calls: list[Any] = []

    def shaky(event: Json, _context: Any) -> None:
        calls.append([record["body"] for record in event["Records"]])
        if len(calls) < 3:
            raise RuntimeError("not yet")

    queue = source(place, shaky)
    send(place, "a")
    poll(queue, 5)
    assert calls == [["a"]] * 3
    assert (queue.waiting, dead(place)) == (0, [])


def test_events_of_a_rule_are_handled_one_an_invocation(place: Place) -> None:
    seen: list[Json] = []
    queue = source(place, lambda event, _context: seen.append(event), RuleSource)
    send(place, *(json.dumps({"detail": {"n": number}}) for number in range(3)))
    poll(queue, 2)
    assert sorted(event["detail"]["n"] for event in seen) == [0, 1, 2]
    assert queue.function.invocations == 3
