"""Who asks: the front desk of a practice, and that of another one."""

import pytest

from tests.world import World, add_member, sign_up


@pytest.fixture
def desk(world: World) -> str:
    """The access token of someone at the front desk."""
    return add_member(world, sign_up(world), "front_desk")[0]


@pytest.fixture
def stranger(world: World) -> str:
    """The access token of someone at another practice's front desk."""
    owner = sign_up(world, email="eve@other.example")
    return add_member(world, owner, "front_desk", email="desk@other.example")[0]
