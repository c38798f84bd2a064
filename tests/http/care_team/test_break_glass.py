"""Break-glass (PROMISES 19): a reason, a fresh second factor, one patient, an hour, before witnesses."""

from typing import Any

import pytest

from tests.builders.circle import EMERGENCY, Circle, circle
from tests.builders.clinical import SOAP
from tests.builders.patients import register_patient
from tests.world import World, sign_in, step_up


@pytest.fixture
def at(world: World) -> Circle:
    made = circle(world)
    made.join("treating")
    made.tagged = _tagged(made, made.her.patient_id)  # type: ignore[attr-defined]
    return made


def _tagged(at: Circle, patient_id: str) -> str:
    """The id of a problem that only the team sees."""
    body = {"code": "I10", "clinical_status": "active", "sensitivity": ["HIV"]}
    made: str = at.done("treating", "POST", f"/v1/patients/{patient_id}/problems", body)["id"]
    return made


def _sees(at: Circle, who: str, patient_id: str = "") -> bool:
    path = f"/v1/patients/{patient_id or at.her.patient_id}/chart"
    return bool(at.done(who, "GET", path)["problems"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": "ETREAT"}, "explanation"),
        ({"explanation": EMERGENCY["explanation"]}, "reason"),
        ({**EMERGENCY, "reason": "CURIOUS"}, "reason"),
        ({**EMERGENCY, "explanation": "  "}, "explanation"),
        ({**EMERGENCY, "explanation": "urgent"}, "explanation"),
    ],
)
def test_without_a_reason_the_glass_holds(at: Circle, body: Any, field: str) -> None:
    answer = at.break_glass("colleague", body)
    assert answer.status == 400
    assert field in {each["field"] for each in answer.json["errors"]}
    assert not _sees(at, "colleague")


@pytest.mark.parametrize("minutes", [None, 5, 9])
def test_without_a_fresh_second_factor_the_glass_holds(at: Circle, minutes: int | None) -> None:
    if minutes is not None:
        step_up(at.world, at.tokens["colleague"])
        at.world.clock.advance(minutes=minutes)
    path = f"{at.patient}/break-glass"
    answer = at.call("colleague", "POST", path, EMERGENCY)
    assert (answer.status, answer.json["code"]) == (403, "step_up_required")
    assert not _sees(at, "colleague")


@pytest.mark.parametrize("who", ["nurse", "biller", "owner"])
def test_who_may_not_break_it_does_not(at: Circle, who: str) -> None:
    answer = at.break_glass(who)
    assert (answer.status, answer.json["code"]) == (403, "forbidden")


def test_it_opens_the_record_of_one_patient_to_one_person(at: Circle) -> None:
    other = register_patient(at.world, at.her.token, name={"family": "Shaw", "given": "Amy"})["id"]
    body = {"role": "treating", "reason": "Takes part in the treatment."}
    at.done("treating", "POST", f"/v1/patients/{other}/care-team", body)
    _tagged(at, other)
    assert at.break_glass("colleague").status == 201
    assert _sees(at, "colleague")
    assert not _sees(at, "colleague", other)
    assert not _sees(at, "nurse")


def test_it_ends_after_sixty_minutes(at: Circle) -> None:
    opened = at.break_glass("colleague").json
    assert (opened["opened_at"], opened["until"]) == (
        "2026-03-02T14:00:00Z",
        "2026-03-02T15:00:00Z",
    )
    path = f"{at.patient}/problems/{at.tagged}"  # type: ignore[attr-defined]
    at.world.clock.advance(minutes=59, seconds=59)
    at.tokens["colleague"] = sign_in(at.world, "colleague@clinic.example")
    assert at.call("colleague", "GET", path).status == 200
    at.world.clock.advance(seconds=1)
    assert at.call("colleague", "GET", path).status == 404
    assert not _sees(at, "colleague")


def test_who_is_on_the_team_has_nothing_to_break(at: Circle) -> None:
    assert at.break_glass("treating").json["code"] == "on_care_team"


def test_it_makes_nobody_a_member_who_marks_and_unmarks(at: Circle) -> None:
    at.break_glass("colleague")
    path = f"{at.patient}/problems/{at.tagged}"  # type: ignore[attr-defined]
    body = {"code": "I10", "clinical_status": "active", "sensitivity": []}
    answer = at.call("colleague", "PUT", path, body, If_Match='"1"')
    assert (answer.status, answer.json["code"]) == (403, "not_on_care_team")


def test_the_owners_are_told_that_it_happened_and_where_to_look_and_no_more(at: Circle) -> None:
    at.world.pump()
    before = len(at.world.mails())
    at.break_glass("colleague")
    at.world.pump()
    (mail,) = at.world.mails()[before:]
    assert "ada@clinic.example" in mail
    assert "break-glass" in mail.lower()
    for told in ("Rosa", "Diaz", at.her.patient_id, EMERGENCY["explanation"], "I10", "HIV"):
        assert told not in mail


def test_somebody_else_reviews_it(at: Circle) -> None:
    opened = at.break_glass("colleague").json
    at.world.pump()
    tasks = at.done("owner", "GET", "/v1/tasks?queue=privacy")["items"]
    (task,) = (each for each in tasks if each["kind"] == "break_glass_review")
    assert (task["subject"], task["patient_id"]) == (opened["id"], at.her.patient_id)
    path = f"{at.patient}/break-glass/{opened['id']}"
    read = at.done("owner", "GET", path)
    assert (read["user_id"], read["explanation"]) == (
        at.users["colleague"],
        EMERGENCY["explanation"],
    )
    assert at.call("colleague", "GET", path).status == 403
    done = at.done("owner", "POST", f"/v1/tasks/{task['id']}/complete", {"outcome": "unjustified"})
    assert done["outcome"] == "unjustified"


def test_no_event_says_why_or_of_what(at: Circle) -> None:
    at.break_glass("colleague")
    events = [item for item in at.world.items() if item["kind"]["S"] == "outbox"]
    assert {item["type"]["S"] for item in events} >= {"glass.broken", "task.wanted"}
    for told in (EMERGENCY["explanation"], "HIV", "I10", "ambulance", SOAP["plan"]["treatment"]):
        assert told not in str(events)


def test_each_read_under_it_is_marked_in_the_audit(at: Circle) -> None:
    at.chart("colleague")
    opened = at.break_glass("colleague").json["id"]
    at.chart("colleague")
    at.chart("treating")
    marked = [
        item["break_glass"]["S"]
        for item in at.world.items()
        if item["kind"]["S"] in ("audit", "audit_amendment") and "break_glass" in item
    ]
    assert marked == [opened] * 2
    (opening,) = at.audited("break_glass")
    assert (opening["why"]["S"], opening["break_glass"]["S"]) == ("ETREAT", opened)
    (amended,) = (item for item in at.world.items() if item["kind"]["S"] == "audit_amendment")
    assert amended["break_glass"]["S"] == opened
    assert at.users["colleague"] in amended["pk"]["S"]


def test_a_nurse_breaks_it_by_a_role_that_the_practice_composed(at: Circle) -> None:
    step_up(at.world, at.tokens["owner"])
    body = {"name": "Charge nurse", "permissions": ["break_glass"]}
    composed = at.done("owner", "POST", "/v1/roles", body)["id"]
    path = f"/v1/members/{at.users['nurse']}/roles"
    at.done("owner", "PUT", path, {"roles": ["nurse", composed]}, If_Match='"2"')
    at.tokens["nurse"] = sign_in(at.world, "nurse@clinic.example")
    assert not _sees(at, "nurse")
    assert at.break_glass("nurse").status == 201
    assert _sees(at, "nurse")
