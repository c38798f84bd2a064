"""A practice whose audit is looked at: a manager, a clinician, a front desk, two patients."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.audit.chain import Verdict
from chalicelib.audit.verifying import verify_audit
from chalicelib.platform.queues import working
from tests import tables
from tests.builders.patients import register_patient
from tests.conftest import START
from tests.world import Answered, World, add_member, sign_up

ROLES = ("manager", "clinician", "front_desk")


@dataclass
class Watched:
    """The practice; `users` and `tokens` by role."""

    world: World
    practice_id: str
    tokens: dict[str, str]
    users: dict[str, str]
    ada: str
    bob: str

    def call(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        return self.world.call(method, path, body, token=self.tokens[role], **headers)

    def get(self, role: str, path: str) -> Any:
        answer = self.call(role, "GET", path)
        assert answer.status == 200, answer.text
        return answer.json

    def chart(self, patient_id: str, role: str = "clinician") -> Answered:
        return self.call(role, "GET", f"/v1/patients/{patient_id}/chart")

    def entries(self) -> list[tables.Row]:
        """The audit's entries, of the practice, in the order they were made."""
        return sorted(
            (row for row in self.world.items() if self._is_entry(row)),
            key=lambda row: row["sk"]["S"],
        )

    def verdict(self) -> Verdict:
        with working("operations", self.practice_id, "a test") as context:
            return verify_audit(context)

    def seal(self) -> None:
        """Carry the audit, and let the minute's schedules seal it and lock the head."""
        self.world.carry_audit()
        self.world.tick()
        self.world.tick()

    def _is_entry(self, row: tables.Row) -> bool:
        return row["kind"]["S"] == "audit" and row["pk"]["S"].startswith(f"{self.practice_id}#")


_built: list[tuple[Watched, tables.Image]] = []


@pytest.fixture
def watched(aws: None) -> Watched:
    """The practice at START and a second, its audit empty but for its making; no two tests share it."""
    if not _built:
        opened = _open(World(START))
        _built.append((opened, tables.image()))
    opened, image = _built[0]
    tables.put_back(image)
    return replace(opened, world=World(START + timedelta(seconds=1)))


def _open(world: World) -> Watched:
    owner = sign_up(world)
    me = world.call("GET", "/v1/me", token=owner).json
    tokens, users = {"owner": owner}, {"owner": me["user_id"]}
    for role in ROLES:
        tokens[role], users[role] = add_member(world, owner, role)
    ada, bob = (register_patient(world, tokens["front_desk"])["id"] for _ in range(2))
    world.pump()
    return Watched(world, me["practice_id"], tokens, users, ada, bob)
