"""What every test stands on: moto in-process with the real resources, a clock that is set, and the app."""

import gc
import os
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from chalicelib.platform.store.connection import connection
from infra.resources import MAIL_FROM, create_resources
from tests.quick_moto import quicken
from tests.quick_moto.straight import straighten
from tests.replaying import setting_up
from tests.world import World

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # a Monday, 09:00 in New York

os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "POWERTOOLS_LOG_LEVEL": os.environ.get("POWERTOOLS_LOG_LEVEL", "CRITICAL"),
    "POWERTOOLS_METRICS_NAMESPACE": "careloom",
}


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector passes it by, and comes less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The shared sample files; a missing folder skips here and fails in CI."""
    if not SAMPLES.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the shared samples are missing")
        pytest.skip("the shared samples are not on this machine")
    return SAMPLES


@pytest.fixture(scope="session")
def quickened() -> Iterator[pytest.MonkeyPatch]:
    """What makes moto quick."""
    with pytest.MonkeyPatch.context() as patched:
        quicken(patched)
        yield patched


@pytest.fixture(scope="session")
def _mocked_aws(quickened: pytest.MonkeyPatch) -> Iterator[None]:
    with mock_aws():
        os.environ |= create_resources(None, "test")
        _without_stream()
        boto3.client("sesv2").create_email_identity(EmailIdentity=MAIL_FROM)
        straighten(connection().connection.client)
        yield


def _without_stream() -> None:
    """World pumps off the table. moto copies a table once per write of a transaction, records of
    its stream included: kept, they take gigabytes and minutes."""
    from moto.backends import get_backend

    for table in get_backend("dynamodb")["123456789012"]["us-east-1"].tables.values():
        table.stream_shard = None


@pytest.fixture
def table_stream(aws: None) -> Iterator[None]:
    """The table's stream, empty and on for one test."""
    from moto.backends import get_backend
    from moto.dynamodb.models.table import StreamShard

    for table in get_backend("dynamodb")["123456789012"]["us-east-1"].tables.values():
        table.stream_shard = StreamShard("123456789012", table)
    yield
    _without_stream()


@pytest.fixture
def aws(_mocked_aws: None) -> Iterator[None]:
    """An empty table, empty queues and buckets."""
    yield
    empty_aws()


def empty_aws() -> None:
    """Nothing lies in it for who comes next."""
    from moto.backends import get_backend

    for table in get_backend("dynamodb")["123456789012"]["us-east-1"].tables.values():
        table.items.clear()
    for queue in get_backend("sqs")["123456789012"]["us-east-1"].queues.values():
        queue._messages.clear()
        queue._pending_messages.clear()
    for bucket in get_backend("s3")["123456789012"]["aws"].buckets.values():
        bucket.keys.clear()
    for region in get_backend("sesv2")["123456789012"].values():
        region.core_backend.sent_messages.clear()
    get_backend("sns")["123456789012"]["us-east-1"].sms_messages.clear()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup() -> Generator[None, object, object]:
    """What fixtures call is set-up."""
    with setting_up():
        return (yield)


@pytest.fixture
def world(aws: None) -> World:
    """The product, empty, at START."""
    return World(START)
