"""Both practices are built once a worker; each test finds them as they were built."""

from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from tests import tables
from tests.conftest import START
from tests.isolation.clinics import Clinics, build_clinics
from tests.world import World


@dataclass(frozen=True)
class Built:
    """The practices, the table that holds them, and when it was."""

    clinics: Clinics
    image: tables.Image
    now: datetime


@pytest.fixture(scope="session")
def _built(_mocked_aws: None) -> Built:
    clinics = build_clinics(START)
    return Built(clinics, tables.image(), clinics.world.clock.now())


@pytest.fixture
def clinics(aws: None, _built: Built) -> Clinics:
    """Two practices that have worked for a while."""
    tables.put_back(_built.image)
    world = World(_built.now)
    a, b = (replace(each, world=world) for each in (_built.clinics.a, _built.clinics.b))
    return Clinics(world, a, b)
