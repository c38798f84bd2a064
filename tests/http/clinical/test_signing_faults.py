"""Signing under faults: all or nothing, and the house is told once in the end (PROMISES 31, 33)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.platform import outbox
from tests.builders.clinical import Clinician, clinician
from tests.faults import Died, answering, dying, events
from tests.world import World

CALLS_OF_SIGNING = 3


@pytest.fixture
def her(world: World) -> Clinician:
    return clinician(world)


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The `encounter.signed` events that reach the queue of one listening domain."""
    sent: list[dict[str, Any]] = []

    def listening(event_type: str) -> list[str]:
        return ["reporting"] if event_type == "encounter.signed" else []

    monkeypatch.setattr(outbox.queues, "listening_to", listening)
    monkeypatch.setattr(outbox.queues, "send", lambda _, body: sent.append(json.loads(body)))
    return sent


def _state(her: Clinician) -> tuple[str, int, int]:
    """What the table holds: status, events told, whether it is on the list of the unsigned."""
    item = her.item("encounter")
    return item["status"]["S"], len(her.told()), int("gs1pk" in item)


def _signature(her: Clinician, encounter_id: str) -> dict[str, int]:
    now = her.read(encounter_id)
    return {"expected_version": now["version"], "expected_note_version": now["note"]["version"]}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at_call", range(CALLS_OF_SIGNING))
def test_a_death_at_any_call_signs_wholly_or_not_and_a_retry_ends_it(
    her: Clinician, carried: list[dict[str, Any]], at_call: int, after: bool
) -> None:
    encounter_id = her.documented()
    path, body = her.path(encounter_id, "/sign"), _signature(her, encounter_id)
    with dying(at_call, after=after), pytest.raises(Died):
        her.call("POST", path, body, Idempotency_Key="k1")
    committed = after and at_call == CALLS_OF_SIGNING - 1
    expected = ("signed", 1, 0) if committed else ("in_progress", 0, 1)
    assert _state(her) == expected
    answer = her.call("POST", path, body, Idempotency_Key="k1")
    assert (answer.status, answer.json["status"]) == (200, "signed")
    assert _state(her) == ("signed", 1, 0)
    her.world.pump()
    assert [event["subject"] for event in carried] == [encounter_id]
    assert her.told() == []


def test_signing_makes_no_more_calls_than_the_deaths_above_try(her: Clinician) -> None:
    encounter_id = her.documented()
    body = _signature(her, encounter_id)
    with dying(CALLS_OF_SIGNING, after=False) as seen:
        assert her.call("POST", her.path(encounter_id, "/sign"), body).status == 200
    assert seen == [CALLS_OF_SIGNING - 1]


def test_what_died_before_it_was_carried_off_is_carried_by_the_sweep(
    her: Clinician, carried: list[dict[str, Any]]
) -> None:
    encounter_id = her.signed()
    her.world.clock.advance(seconds=61)
    her.world.tick_schedules()
    assert [event["subject"] for event in carried] == [encounter_id]
    her.world.tick()
    assert len(carried) == 1


@pytest.mark.parametrize(
    ("error", "reasons", "times", "status"),
    [
        ("TransactionCanceledException", ["TransactionConflict"], 2, 200),
        ("TransactionCanceledException", ["TransactionConflict"], 99, 503),
        ("InternalServerError", None, 99, 503),
    ],
)
def test_trouble_in_the_store_is_retried_or_said_and_never_half_done(
    her: Clinician, error: str, reasons: list[str] | None, times: int, status: int
) -> None:
    encounter_id = her.documented()
    path, body = her.path(encounter_id, "/sign"), _signature(her, encounter_id)
    with answering("TransactWriteItems", times=times, error=error, reasons=reasons):
        answer = her.call("POST", path, body)
    assert answer.status == status, answer.text
    done = ("signed", 1, 0) if status == 200 else ("in_progress", 0, 1)
    assert _state(her) == done
    if status == 503:
        assert answer.headers["Retry-After"]
        assert her.call("POST", path, body).status == 200


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at_call", range(2))
def test_a_death_while_a_note_is_saved_leaves_the_note_and_its_version_in_step(
    her: Clinician, at_call: int, after: bool
) -> None:
    encounter_id = her.encounter()
    with dying(at_call, after=after), pytest.raises(Died):
        her.write(encounter_id)
    note, encounter = her.item("note"), her.item("encounter")
    assert note["version"] == encounter["note_version"]
    saved = after and at_call == 1
    assert ("body" in note) == saved
    assert her.write(encounter_id, version=2 if saved else 1).status == 200


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at_call", range(2))
def test_a_check_in_that_dies_and_comes_again_makes_one_encounter(
    her: Clinician, at_call: int, after: bool
) -> None:
    event = {
        "id": "evt_1",
        "type": "appointment.checked_in",
        "practice_id": her.practice_id,
        "subject": "apt_1",
        "subject_version": 2,
        "occurred_at": "2026-03-02T13:55:00.000000Z",
        "data": {
            "patient_id": her.patient_id,
            "practitioner_id": her.practitioner_id,
            "location_id": her.location_id,
            "day": "2026-03-02",
            "bill_to": "insurance",
        },
    }
    with dying(at_call, after=after), pytest.raises(Died):
        her.world.deliver("clinical", [json.dumps(event)])
    kinds = sorted(item["kind"]["S"] for item in her.world.items())
    assert kinds.count("encounter") == kinds.count("note") <= at_call, "both or neither"
    assert her.world.deliver("clinical", [json.dumps(event)]) == []
    assert len(her.chart()["encounters"]) == 1
    assert her.item("note")["version"]["N"] == "1"


@contextmanager
def _torn_read() -> Iterator[None]:
    """The next read of a note gives the version before, as a read beside a write may."""
    left = [1]

    def tear(parsed: dict[str, Any], **_: Any) -> None:
        for items in parsed.get("Responses", {}).values():
            for item in items:
                if item["kind"]["S"] == "note" and left:
                    item["version"] = {"N": str(int(item["version"]["N"]) - left.pop())}

    events().register("after-call.dynamodb.BatchGetItem", tear)
    try:
        yield
    finally:
        events().unregister("after-call.dynamodb.BatchGetItem", tear)
    assert not left


def test_a_read_that_fell_between_two_writes_is_no_damage(her: Clinician) -> None:
    encounter_id = her.signed()
    with _torn_read():
        answer = her.call("GET", her.path(encounter_id))
    assert (answer.status, answer.json["note"]["version"]) == (200, 2)


def test_a_read_that_fell_between_two_writes_is_not_signed(her: Clinician) -> None:
    encounter_id = her.documented()
    body = _signature(her, encounter_id)
    for seen in (2, 1):
        with _torn_read():
            body = {**body, "expected_note_version": seen}
            answer = her.call("POST", her.path(encounter_id, "/sign"), body)
        assert (answer.status, answer.json["code"]) == (412, "stale_version")
    assert _state(her) == ("in_progress", 0, 1)
