"""The vendor's operations people."""

from infra.ops.__main__ import main as ops
from tests.world import PASSWORD, World, newest_link, sign_in, step_up

ADMINISTRATOR = "operations_administrator"


def operator(world: World, email: str = "olu@vendor.example", role: str = ADMINISTRATOR) -> str:
    """An operator who has just given a second factor; their access token."""
    assert ops(["add-operator", email, "Olu Operator", "--role", role]) == 0
    accepted = world.call(
        "POST", "/v1/invitations/accept", {"token": newest_link(world), "password": PASSWORD}
    )
    assert accepted.status == 200, accepted.text
    return fresh(world, email)


def fresh(world: World, email: str = "olu@vendor.example") -> str:
    """A new session of an operator, with a second factor given just now."""
    token = sign_in(world, email, practice_id="sys")
    step_up(world, token)
    return token
