"""Metrics of the product at work: requests, queue failures and the outbox, without ids."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.platform import metrics
from chalicelib.platform.config import settings
from chalicelib.platform.events import Event
from tests.world import World, sign_up

Lines = list[dict[str, Any]]


@pytest.fixture
def deployed(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The product as in a stage whose metrics are read."""
    known = replace(settings(), stage="prod")
    monkeypatch.setattr(metrics, "settings", lambda: known)
    return world


def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    read: Lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for line in read:
        del line["_aws"]
    return read


def test_each_answer_is_counted_once_with_its_latency(
    deployed: World, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.call("GET", "/healthz")
    deployed.call("GET", "/v1/patients/pat_01JDESECRET0000000000000000", token="forged")

    served, token, refused = lines(capsys)
    assert token == {"stage": "prod", "TokensRefused": [1.0]}
    assert (served["endpoint"], served["status_class"]) == ("healthz", "2xx")
    assert (refused["endpoint"], refused["status_class"]) == ("read_patient", "4xx")
    for line in (served, refused):
        assert line.keys() == {"stage", "status_class", "endpoint", "Requests", "Latency"}
        assert (line["stage"], line["Requests"]) == ("prod", [1.0])
        assert 0 <= line["Latency"][0] < 60_000


def test_an_event_tells_how_long_it_waited_in_the_outbox(
    deployed: World, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_up(deployed)
    deployed.clock.advance(seconds=3)
    capsys.readouterr()

    deployed.pump()

    lags = [line for line in lines(capsys) if "OutboxLag" in line]
    assert lags
    assert all(line == {"stage": "prod", "OutboxLag": [3000.0]} for line in lags)


def test_a_message_that_is_given_back_counts_by_queue(
    deployed: World, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = Event(
        "evt_1", "claim.paid", "prc_gone", "clm_1", 1, datetime(2026, 3, 2, tzinfo=UTC), {}
    )

    assert deployed.deliver("reporting", [lost.to_json()]) == ["0"]

    assert lines(capsys) == [{"stage": "prod", "queue": "reporting", "MessageFailures": [1.0]}]
