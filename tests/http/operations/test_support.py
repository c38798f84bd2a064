"""Support grants: a reason, the owner's consent, four hours, and no patient in sight (PROMISES 9)."""

from dataclasses import dataclass

import pytest

from tests.builders.operations import fresh, operator
from tests.builders.patients import register_patient
from tests.world import World, add_member, sign_in, sign_up, step_up

GRANTS = "/v1/support-grants"


@dataclass
class Asked:
    """A practice whose owner was asked, and the operator who asked."""

    world: World
    owner: str
    olu: str
    practice_id: str
    grant_id: str

    def look(self, token: str = "") -> tuple[int, str]:
        path = f"/v1/operations/practices/{self.practice_id}/set-up?grant_id={self.grant_id}"
        answer = self.world.call("GET", path, token=token or self.olu)
        return answer.status, answer.json.get("code", "")

    def say(self, act: str, token: str = "") -> tuple[int, str]:
        answer = self.world.call(
            "POST", f"{GRANTS}/{self.grant_id}/{act}", token=token or self.owner
        )
        return answer.status, answer.json.get("code", answer.json.get("status", ""))


@pytest.fixture
def asked(world: World) -> Asked:
    owner, olu = sign_up(world), operator(world)
    practice = world.call("GET", "/v1/me", token=owner).json["practice_id"]
    world.pump()
    body = {"practice_id": practice, "reason": "Ticket 4711: no slots are shown"}
    made = world.call("POST", "/v1/operations/support-grants", body, token=olu)
    assert (made.status, made.json["status"]) == (201, "asked")
    step_up(world, owner)
    return Asked(world, owner, olu, practice, made.json["id"])


def test_nothing_is_seen_before_the_owner_consents_and_nothing_after_four_hours(
    asked: Asked,
) -> None:
    asked.world.pump()
    assert "our support asks to look at the set-up" in "".join(asked.world.mails())
    assert asked.look() == (409, "grant_not_open")
    assert asked.say("consent") == (200, "open")
    assert asked.look() == (200, "")
    asked.world.clock.advance(hours=3, minutes=59)
    assert asked.look(fresh(asked.world)) == (200, "")
    asked.world.clock.advance(minutes=1)
    assert asked.look(fresh(asked.world)) == (409, "grant_not_open")


def test_the_owner_can_end_it_at_once_or_refuse_it(asked: Asked) -> None:
    assert asked.say("consent") == (200, "open")
    assert asked.say("end") == (200, "ended")
    assert asked.look() == (409, "grant_not_open")
    assert asked.say("end") == (409, "grant_not_open")
    assert asked.say("consent") == (409, "grant_not_open")


def test_a_refused_grant_never_opens(asked: Asked) -> None:
    assert asked.say("end") == (200, "ended")
    assert asked.say("consent") == (409, "grant_not_open")
    assert asked.look() == (409, "grant_not_open")


def test_only_the_owner_consents_and_with_a_fresh_factor(asked: Asked) -> None:
    manager, _ = add_member(asked.world, asked.owner, "manager")
    step_up(asked.world, manager)
    assert asked.say("consent", manager) == (403, "forbidden")
    stale = sign_in(asked.world, "ada@clinic.example")
    assert asked.say("consent", stale) == (403, "step_up_required")


def test_another_operator_cannot_use_it(asked: Asked) -> None:
    asked.say("consent")
    sam = operator(asked.world, "sam@vendor.example", "operations_support")
    assert asked.look(sam) == (409, "grant_not_open")


def test_the_practice_sees_who_asked_why_and_when(asked: Asked) -> None:
    asked.say("consent")
    (grant,) = asked.world.call("GET", GRANTS, token=asked.owner).json["items"]
    assert grant["reason"] == "Ticket 4711: no slots are shown"
    assert (
        grant["operator_id"] == asked.world.call("GET", "/v1/me", token=asked.olu).json["user_id"]
    )
    assert (grant["asked_at"], grant["ends_at"]) == ("2026-03-02T14:00:00Z", "2026-03-02T18:00:00Z")


def test_the_set_up_holds_no_patient(asked: Asked) -> None:
    nurse, _ = add_member(asked.world, asked.owner, "nurse")
    patient = register_patient(asked.world, nurse, name={"family": "Canary", "given": "Cora"})
    asked.say("consent")
    path = f"/v1/operations/practices/{asked.practice_id}/set-up?grant_id={asked.grant_id}"
    shown = asked.world.call("GET", path, token=asked.olu)
    assert shown.json["name"] == "Elm Street Clinic"
    assert {each["roles"][0] for each in shown.json["members"]} == {"owner", "nurse"}
    for trace in ("Canary", "Cora", patient["id"]):
        assert trace not in shown.text


def test_looking_is_in_the_practices_audit(asked: Asked) -> None:
    asked.say("consent")
    asked.look()
    found = [
        item["action"]["S"]
        for item in asked.world.items()
        if item["kind"]["S"] == "audit" and item["pk"]["S"].startswith(asked.practice_id)
    ]
    assert "read_practice_set_up" in found
    assert "ask_for_support_grant" in found
