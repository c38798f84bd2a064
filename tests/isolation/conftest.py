"""Both practices are built once a worker; each test finds them as they were built."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from tests import tables, waiting
from tests.builders.identity_provider import running
from tests.conftest import START
from tests.isolation.clinics import Clinics, build_clinics, sign_in_by_provider
from tests.isolation.consuming import Moment, What, noting
from tests.isolation.recording import Recorder
from tests.world import World


@dataclass(frozen=True)
class Built:
    """The practices, the table and the files that hold them, when it was, what was sent to build
    them, and what consumers heard of."""

    clinics: Clinics
    image: tables.Image
    now: datetime
    recorder: Recorder
    files: waiting.Files
    moments: dict[What, Moment]


@pytest.fixture(scope="session")
def _built(_mocked_aws: None) -> Iterator[Built]:
    recorder, moments = Recorder(), dict[What, Moment]()
    with running() as provider:
        with recorder.listening(), noting(moments):
            clinics = build_clinics(START)
            sign_in_by_provider(clinics.a, provider.issuer)
        now = clinics.world.clock.now()
        yield Built(clinics, tables.image(), now, recorder, waiting.files(), moments)


@pytest.fixture
def clinics(aws: None, _built: Built) -> Clinics:
    """Two practices that have worked for a while."""
    return as_built(_built)


def as_built(built: Built) -> Clinics:
    """The practices in a table that is again what it was."""
    tables.put_back(built.image)
    waiting.put_files_back(built.files)
    world = World(built.now)
    a, b = (
        replace(each, world=world, ids=dict(each.ids), tokens=dict(each.tokens))
        for each in (built.clinics.a, built.clinics.b)
    )
    return Clinics(world, a, b)
