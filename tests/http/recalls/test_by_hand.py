"""Rules and recalls as staff enter them: kept, changed, refused by name, listed by due day."""

from typing import Any

import pytest

from tests.builders.scheduling import add_type, made
from tests.builders.waitlist import LATER, Waiting
from tests.http.recalls.recalling import SIX_MONTHS, recall, rule
from tests.world import Answered, add_member

NOBODY = "00000000000000000000000000"


def _add(at: Waiting, name: str = "Amy", **over: Any) -> Answered:
    body = {
        "patient_id": at.patient(name),
        "type_id": at.clinic.type_id,
        "due_on": "2026-09-02",
        **over,
    }
    return at.clinic.call("POST", "/v1/recalls", body)


def test_a_recall_by_hand_is_booked_by_a_visit_of_its_type(at: Waiting) -> None:
    answer = _add(at)
    assert (answer.status, answer.json["status"], answer.json["rule_id"]) == (201, "due", None)
    visit = at.clinic.booking(LATER, patient_id=at.people["Amy"])
    at.carry()
    assert recall(at, "Amy")["appointment_id"] == visit


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"patient_id": f"pat_{NOBODY}"}, "patient_id", "not_found"),
        ({"type_id": f"typ_{NOBODY}"}, "type_id", "not_found"),
        ({"due_on": "2026-03-01"}, "due_on", "in_the_past"),
        ({"due_on": "2037-03-01"}, "due_on", "too_far"),
    ],
)
def test_what_cannot_be_a_recall_is_named(
    at: Waiting, over: dict[str, Any], field: str, code: str
) -> None:
    answer = _add(at, **over)
    assert answer.status == 422
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [(field, code)]


def test_a_recall_is_put_to_another_day_and_contacted_anew(at: Waiting) -> None:
    path = f"/v1/recalls/{made(_add(at))}"
    at.clinic.call("POST", path, {"outcome": "told"})
    moved = at.clinic.call("PUT", path, {"due_on": "2026-10-02"}, If_Match='"2"')
    assert (moved.json["due_on"], moved.json["status"]) == ("2026-10-02", "due")
    assert moved.json["attempts"] == 0
    assert at.clinic.call("PUT", path, {"due_on": "2026-10-03"}, If_Match='"1"').status == 412
    closed = at.clinic.call("POST", path, {"outcome": "closed"})
    assert (closed.json["status"], closed.json["reason"]) == ("closed", "by_hand")
    refused = at.clinic.call("PUT", path, {"due_on": "2026-10-04"}, If_Match='"4"')
    assert (refused.status, refused.json["code"]) == (409, "recall_over")


def test_the_list_has_who_is_due_first_page_by_page(at: Waiting) -> None:
    days = ["2026-09-03", "2026-09-01", "2026-09-02"]
    for name, day in zip(("Amy", "Bo", "Cy"), days, strict=True):
        assert _add(at, name, due_on=day).status == 201
    seen: list[tuple[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = at.clinic.call("GET", f"/v1/recalls?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [(each["recall"]["due_on"], each["patient_name"]) for each in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [
        ("2026-09-01", "Bo Waits"),
        ("2026-09-02", "Cy Waits"),
        ("2026-09-03", "Amy Waits"),
    ]


def test_the_list_is_filtered_by_status_and_type(at: Waiting) -> None:
    kind = add_type(at.world, at.clinic.token, name="Else")
    first, second = made(_add(at)), made(_add(at, "Bo", type_id=kind))
    at.clinic.call("POST", f"/v1/recalls/{first}", {"outcome": "told"})
    assert _listed(at, "status=contacted") == [first]
    assert _listed(at, "status=due") == [second]
    assert _listed(at, f"type_id={kind}") == [second]
    at.clinic.call("POST", f"/v1/recalls/{first}", {"outcome": "declined"})
    assert _listed(at, "") == [second]
    assert _listed(at, f"patient_id={at.people['Amy']}") == [first]


def _listed(at: Waiting, query: str) -> list[str]:
    items = at.clinic.call("GET", f"/v1/recalls?{query}").json["items"]
    return [each["recall"]["id"] for each in items]


def test_a_rule_is_kept_changed_and_refused_by_name(at: Waiting) -> None:
    made_rule = rule(at)
    (found,) = at.clinic.call("GET", "/v1/recall-rules").json["items"]
    assert (found["type_id"], found["interval"]) == (at.clinic.type_id, SIX_MONTHS)
    assert found["plan"] == {
        "channel": "message",
        "days_before": 14,
        "attempts": 2,
        "days_between": 14,
        "booking_url": None,
    }
    body = {"name": "Yearly", "after_type_id": f"typ_{NOBODY}", "interval": SIX_MONTHS}
    path = f"/v1/recall-rules/{made_rule}"
    wrong = at.clinic.call("PUT", path, body, If_Match='"1"')
    assert (wrong.status, wrong.json["errors"][0]["field"]) == (422, "after_type_id")
    assert at.clinic.call("PUT", path, body).status == 428
    unsafe = {**body, "plan": {"booking_url": "http://elm.example"}}
    assert at.clinic.call("PUT", path, unsafe, If_Match='"1"').status == 400


def test_who_may_not_manage_the_practice_sets_no_rule(at: Waiting) -> None:
    desk, _ = add_member(at.world, at.clinic.owner, "front_desk", email="desk@clinic.example")
    body = {"name": "x", "after_type_id": at.clinic.type_id, "interval": SIX_MONTHS}
    assert at.world.call("POST", "/v1/recall-rules", body, token=desk).status == 403
    biller, _ = add_member(at.world, at.clinic.owner, "biller", email="bill@clinic.example")
    path = f"/v1/recalls/{made(_add(at))}"
    assert at.world.call("POST", path, {"outcome": "told"}, token=biller).status == 403
