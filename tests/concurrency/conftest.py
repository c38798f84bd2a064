"""Races: on the emulator, whose transactions are isolated; and step by step on moto."""

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import boto3
import pytest

from chalicelib.identity.sessions.signing_keys import private_key, verifying_keys
from chalicelib.platform.assumed_roles import assumed_roles
from chalicelib.platform.aws import client
from chalicelib.platform.config import settings
from chalicelib.platform.keyring import keyring
from chalicelib.platform.store.connection import connection
from infra.local.emulator import Emulator
from infra.resources import create_resources
from tests.conftest import START
from tests.world import World

_NUMBERS = count(1)


class EmulatorWorld(World):
    """As World; the table, the queues and the buckets are the emulator's."""

    def items(self) -> list[dict[str, Any]]:
        return boto3.client("dynamodb").scan(TableName=settings().table)["Items"]

    def of_kind(self, *kinds: str) -> list[dict[str, Any]]:
        return [item for item in self.items() if item["kind"]["S"] in kinds]

    def _is_empty(self, queue_url: str) -> bool:
        return False  # whoever asks receives

    def _objects(self, bucket: str) -> dict[str, int]:
        listed = boto3.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
        return {each["Key"]: each["Size"] for each in listed}


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """One for the test session, on a free port."""
    with Emulator() as started:
        yield started


@pytest.fixture
def on_emulator(emulator: Emulator) -> Iterator[World]:
    """The product on the emulator, with an empty table of its own; all is as before afterwards."""
    before = dict(os.environ)
    os.environ["AWS_ENDPOINT_URL"] = emulator.url
    os.environ |= create_resources(emulator.url, f"race{next(_NUMBERS)}")
    _forget()
    _let_live()
    try:
        yield EmulatorWorld(START)
    finally:
        _restore(before)
        _forget()


def _let_live() -> None:
    """Once a minute the emulator deletes what has expired by its own clock: sessions of START."""
    boto3.client("dynamodb").update_time_to_live(
        TableName=settings().table,
        TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"},
    )


def _restore(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ |= environment


def _forget() -> None:
    """Settings, clients and keys are cached for the process."""
    for cached in (
        settings,
        connection,
        client,
        keyring,
        verifying_keys,
        private_key,
        assumed_roles,
    ):
        cached.cache_clear()
    boto3.DEFAULT_SESSION = None
