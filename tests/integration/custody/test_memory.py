"""A large practice leaves in little memory (PROMISES 38: 100,000 items within 128 MB)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import boto3
import pytest

from infra.local.emulator import Emulator
from infra.resources import create_resources
from tests.builders.practices import random_practice, some_id

pytestmark = pytest.mark.emulator
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    with Emulator() as emulator:
        yield create_resources(emulator.url, "large")


@pytest.mark.parametrize(
    "items", [4_000, pytest.param(100_000, marks=pytest.mark.campaign, id="100000")]
)
def test_a_practice_is_exported_within_128_mb(environment: dict[str, str], items: int) -> None:
    own = some_id(Random(1), "prc")
    _fill(environment, own, items)
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.custody.exporting_process", own],
        cwd=ROOT,
        env={**os.environ, **environment, "POWERTOOLS_LOG_LEVEL": "CRITICAL"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout.splitlines()[-1])
    assert shown["records"] == items
    assert shown["most"] <= 128, shown
    sys.stdout.write(f"{shown}\n")


def _fill(environment: dict[str, str], practice_id: str, items: int) -> None:
    """The practice, and records of about a kilobyte."""
    random = Random(2)
    rows = random_practice(random, practice_id, rows=50)
    own, some = rows[0], rows[4:]
    table = boto3.client("dynamodb", endpoint_url=environment["AWS_ENDPOINT_URL"])
    name = environment["CARELOOM_TABLE"]
    made = [own]
    for at in range(items - 1):
        row = some[at % len(some)]
        key = {"S": f"{practice_id}#pat_{at:026d}#"}
        made.append({**row, "pk": key, "filler": {"S": "x" * 800}})
        if len(made) == 25 or at == items - 2:
            requests = [{"PutRequest": {"Item": each}} for each in made]
            table.batch_write_item(RequestItems={name: requests})
            made = []
