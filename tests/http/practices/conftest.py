"""An owner, signed in to a verified practice."""

import pytest

from tests.world import World, sign_up


@pytest.fixture
def owner(world: World) -> str:
    return sign_up(world)
