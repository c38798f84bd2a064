"""Metrics: what is written, under which dimensions, and that nothing is loaded for it early."""

import json
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.platform import metrics
from tests.architecture.source_tree import ROOT


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(metrics, "settings", lambda: SimpleNamespace(stage="prod"))
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "careloom")
    return "prod"


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def declared(line: dict[str, Any]) -> dict[str, Any]:
    (declaration,) = line.pop("_aws")["CloudWatchMetrics"]
    return declaration


def test_a_served_request_counts_by_status_class_and_by_endpoint(
    stage: str, capsys: pytest.CaptureFixture[str]
):
    metrics.request_served("read_chart", status=404, seconds=0.25)

    line = written(capsys)
    assert declared(line) == {
        "Namespace": "careloom",
        "Dimensions": [["stage", "status_class"], ["stage", "endpoint"]],
        "Metrics": [
            {"Name": "Requests", "Unit": "Count"},
            {"Name": "Latency", "Unit": "Milliseconds"},
        ],
    }
    assert line == {
        "stage": stage,
        "status_class": "4xx",
        "endpoint": "read_chart",
        "Requests": [1.0],
        "Latency": [250.0],
    }


def test_a_failed_message_counts_by_queue(stage: str, capsys: pytest.CaptureFixture[str]):
    metrics.message_failed("claims")

    line = written(capsys)
    assert declared(line)["Dimensions"] == [["stage", "queue"]]
    assert line == {"stage": stage, "queue": "claims", "MessageFailures": [1.0]}


def test_the_outbox_lag_is_milliseconds_of_the_stage(
    stage: str, capsys: pytest.CaptureFixture[str]
):
    metrics.event_dispatched(timedelta(seconds=2, milliseconds=500))

    line = written(capsys)
    assert declared(line)["Dimensions"] == [["stage"]]
    assert line == {"stage": stage, "OutboxLag": [2500.0]}


def test_each_line_stands_alone(stage: str, capsys: pytest.CaptureFixture[str]):
    metrics.message_failed("claims")
    metrics.message_failed("billing")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["queue"] for line in lines] == ["claims", "billing"]
    assert [line["MessageFailures"] for line in lines] == [[1.0], [1.0]]


def test_a_local_stage_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(metrics, "settings", lambda: SimpleNamespace(stage="local"))

    metrics.request_served("read_chart", status=200, seconds=0.1)
    metrics.message_failed("claims")
    metrics.event_dispatched(timedelta(seconds=1))

    assert capsys.readouterr().out == ""


def test_importing_what_writes_metrics_loads_no_powertools():
    ask = (
        "import sys, chalicelib.platform.http.serving, chalicelib.platform.workers;"
        "print(any(name.startswith('aws_lambda_powertools') for name in sys.modules),"
        " 'chalicelib.platform.metrics' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["False", "True"]
