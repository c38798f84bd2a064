"""The main job, whole, inside one process: from sign-up to paid claim."""

import re
from datetime import datetime
from typing import Any

from infra.local.visit import Visit
from tests.world import Answered, World


class WorldApi:
    """The visit's way into a test's world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> Answered:
        return self._world.call(method, path, body, token=token, **headers)

    def mails_to(self, address: str) -> list[str]:
        return [mail for mail in self._world.mails() if address in mail]

    def texts_to(self, number: str) -> list[str]:
        return [text for to, text in self._world.texts() if to == number]

    def now(self) -> datetime:
        return self._world.clock.now()

    def advance_to(self, instant: datetime) -> None:
        self._world.clock.instant = instant

    def settle(self) -> None:
        self._world.pump()

    def tick(self) -> None:
        self._world.tick()


def test_a_visit_goes_from_sign_up_to_a_paid_claim(world: World) -> None:
    played: list[str] = []
    Visit(WorldApi(world)).play(played.append)
    assert len(played) == 17
    kinds = [item["kind"]["S"] for item in world.items()]
    assert "outbox" not in kinds
    keys = " ".join(f"{item['pk']['S']}{item['sk']['S']}" for item in world.items())
    assert not re.search(r"rosa|diaz|nguy|185550177|1984-02-29", keys, re.IGNORECASE)
