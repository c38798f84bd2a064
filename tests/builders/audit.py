"""A practice whose audit is looked at: a manager, a clinician, a front desk, two patients."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from moto.backends import get_backend

from chalicelib.audit.chain import Verdict
from chalicelib.audit.verifying import verify_audit
from chalicelib.platform.config import settings
from chalicelib.platform.queues import working
from infra.ops.verify_audit import locked_heads
from tests import tables
from tests.builders.patients import register_patient
from tests.conftest import START
from tests.world import Answered, World, add_member, sign_in, sign_up, step_up

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

    def with_key(self, name: str, *scopes: str) -> str:
        """The owner makes an API key, `tokens[name]`; its id."""
        step_up(self.world, self.tokens["owner"])
        body = {
            "name": name,
            "scopes": scopes or ["read_patients"],
            "ends_at": "2026-09-01T00:00:00Z",
        }
        made = self.call("owner", "POST", "/v1/api-keys", body)
        assert made.status == 201, made.text
        self.tokens[name] = made.json["token"]
        key_id: str = made.json["id"]
        return key_id

    def sign_in(self, role: str) -> None:
        """A session of now: an entry of its own, and those after it."""
        self.tokens[role] = sign_in(self.world, f"{role}@clinic.example")

    def verdict(self) -> Verdict:
        with working("operations", self.practice_id, "a test") as context:
            return verify_audit(context, locked_heads(self.practice_id))

    def seal(self) -> None:
        """Carry the audit, and let the minute's schedules seal it and lock the head."""
        self.world.carry_audit()
        for _ in ("seal", "lock"):
            self.world.clock.advance(seconds=1)
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
    forget_locked_heads()
    world = World(START + timedelta(seconds=1))
    return replace(opened, world=world, tokens=dict(opened.tokens))


def forget_locked_heads() -> None:
    """What no one may do in AWS: for tests that put the table back to before a lock."""
    get_backend("s3")["123456789012"]["aws"].buckets[settings().audit_bucket].keys.clear()


def _open(world: World) -> Watched:
    owner = sign_up(world)
    me = world.call("GET", "/v1/me", token=owner).json
    tokens, users = {"owner": owner}, {"owner": me["user_id"]}
    for role in ROLES:
        tokens[role], users[role] = add_member(world, owner, role)
    ada, bob = (register_patient(world, tokens["front_desk"])["id"] for _ in range(2))
    world.pump()
    return Watched(world, me["practice_id"], tokens, users, ada, bob)
