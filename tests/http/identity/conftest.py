"""A person in two practices, built once a worker; each test finds them as they were built."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from tests import tables
from tests.builders.guarded import _guarded, guarded  # noqa: F401  # fixtures
from tests.conftest import START
from tests.http.identity.signing import BEA, KIM, me, session
from tests.world import PASSWORD, World, add_member, newest_link, sign_up


@dataclass(frozen=True)
class Both:
    """Kim, a nurse at Elm, where Ada is the owner, and a clinician at Oak: a session of each."""

    world: World
    elm: dict[str, Any]
    oak: dict[str, Any]
    ada: dict[str, Any]


@dataclass(frozen=True)
class _Built:
    both: Both
    image: tables.Image
    now: datetime


@pytest.fixture(scope="session")
def _built(_mocked_aws: None) -> _Built:
    world = World(START)
    elm, oak = sign_up(world), sign_up(world, email=BEA, practice_name="Oak")
    add_member(world, elm, "nurse", email=KIM)
    invited = {"email": KIM, "name": "Kim", "roles": ["clinician"]}
    world.call("POST", "/v1/members", invited, token=oak)
    joined = {"token": newest_link(world), "password": PASSWORD}
    assert world.call("POST", "/v1/invitations/accept", joined).status == 200
    world.clock.advance(seconds=1)
    places = [me(world, token).json["practice_id"] for token in (elm, oak)]
    mine = [session(world, KIM, practice_id=practice_id) for practice_id in places]
    return _Built(Both(world, *mine, session(world)), tables.image(), world.clock.now())


@pytest.fixture
def both(aws: None, _built: _Built) -> Both:
    tables.put_back(_built.image)
    return replace(_built.both, world=World(_built.now))
