"""Both practices are built once a worker; each test finds them as they were built."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.platform.config import settings
from tests import tables
from tests.builders.identity_provider import running
from tests.conftest import START
from tests.isolation.clinics import Clinics, build_clinics, sign_in_by_provider
from tests.isolation.recording import Recorder
from tests.world import World


@dataclass(frozen=True)
class Built:
    """The practices, the table that holds them, when it was, and what was sent to build them."""

    clinics: Clinics
    image: tables.Image
    now: datetime
    recorder: Recorder
    files: dict[str, list[Any]]


@pytest.fixture(scope="session")
def _built(_mocked_aws: None) -> Iterator[Built]:
    recorder = Recorder()
    with running() as provider:
        with recorder.listening():
            clinics = build_clinics(START)
            sign_in_by_provider(clinics.a, provider.issuer)
        files = {key: _bucket().getlist(key) for key in _bucket()}
        yield Built(clinics, tables.image(), clinics.world.clock.now(), recorder, files)


@pytest.fixture
def clinics(aws: None, _built: Built) -> Clinics:
    """Two practices that have worked for a while."""
    return as_built(_built)


def as_built(built: Built) -> Clinics:
    """The practices in a table that is again what it was."""
    tables.put_back(built.image)
    for key, versions in built.files.items():
        _bucket().setlist(key, versions)
    world = World(built.now)
    a, b = (
        replace(each, world=world, ids=dict(each.ids), tokens=dict(each.tokens))
        for each in (built.clinics.a, built.clinics.b)
    )
    return Clinics(world, a, b)


def _bucket() -> Any:
    """What the practices' bucket holds, by key: each test empties it."""
    from moto.backends import get_backend

    return get_backend("s3")["123456789012"]["aws"].buckets[settings().files_bucket].keys
