"""Ada, owner without a second factor, and Kim, a nurse with an app and a passkey: built once a worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from argon2 import PasswordHasher
from chalice.local import LambdaEventConverter

from chalicelib.identity.credentials import passwords
from tests import tables
from tests.builders.authenticator import Authenticator
from tests.builders.factors import App, enrol_passkey, enrol_totp, first_step, second_step
from tests.conftest import START
from tests.world import PASSWORD, Answered, World, add_member, sign_up

ADA, KIM = "ada@clinic.example", "kim@clinic.example"


@dataclass(frozen=True)
class Guarded:
    """`owner` and `nurse` are access tokens; the app and the passkey are the nurse's."""

    world: World
    owner: str
    nurse: str
    user_id: str
    app: App
    key: Authenticator

    def call(self, method: str, path: str, body: Any = None, **more: str) -> Answered:
        return self.world.call(method, path, body, **more)

    def challenge(self, **over: Any) -> str:
        """Kim has given her password."""
        challenge: str = first_step(self.world, KIM, **over)["challenge"]
        return challenge

    def answer(self, challenge: str, code: str, *, method: str = "totp") -> Answered:
        return second_step(self.world, challenge, code, method=method)

    def mfa_at(self) -> list[str]:
        """When a second factor was given, of every session that has it."""
        return [
            item["mfa_at"]["S"]
            for item in self.world.items()
            if item["kind"]["S"] == "session" and "mfa_at" in item
        ]


@dataclass(frozen=True)
class _Built:
    guarded: Guarded
    image: tables.Image
    now: datetime


@pytest.fixture(scope="session")
def _guarded(_mocked_aws: None) -> _Built:
    world = World(START)
    with cheap_hashes():
        owner = sign_up(world)
        nurse, user_id = add_member(world, owner, "nurse", email=KIM)
        app, key = enrol_totp(world, nurse), enrol_passkey(world, nurse)
    world.clock.advance(minutes=1)
    guarded = Guarded(world, owner, nurse, user_id, app, key)
    return _Built(guarded, tables.image(), world.clock.now())


@pytest.fixture
def guarded(aws: None, _guarded: _Built) -> Iterator[Guarded]:
    """The practice a minute after Kim has enrolled; hashing is argon2 at its cheapest."""
    tables.put_back(_guarded.image)
    world, built = World(_guarded.now), _guarded.guarded
    with cheap_hashes():
        yield replace(
            built, world=world, app=replace(built.app, world=world), key=replace(built.key)
        )


class CountingHasher(PasswordHasher):
    """argon2 at its cheapest, and how often it was asked for what."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.done: list[str] = []

    def verify(self, hash: Any, password: Any) -> Any:  # argon2's own name
        self.done.append(f"verify {str(hash).rpartition('$')[0].rpartition('$')[0]}")
        return super().verify(hash, password)

    def hash(self, password: Any, *, salt: Any = None) -> str:
        self.done.append("hash")
        return super().hash(password, salt=salt)


@contextmanager
def cheap_hashes() -> Iterator[CountingHasher]:
    """Hashing costs next to nothing meanwhile, and is counted."""
    hasher = CountingHasher()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_hasher", lambda: hasher)
        passwords._decoy.cache_clear()
        passwords._decoy()
        hasher.done.clear()
        yield hasher
    passwords._decoy.cache_clear()


@contextmanager
def calling_from(address: str) -> Iterator[None]:
    """Requests come from this address meanwhile."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(LambdaEventConverter, "LOCAL_SOURCE_IP", address)
        yield


def try_password(world: World, email: str, password: str = PASSWORD) -> Answered:
    return world.call("POST", "/v1/sessions", {"email": email, "password": password})
