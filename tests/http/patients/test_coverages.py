"""Coverages: whose policy, in which order, on which days, and never two in one place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.builders.patients import add_coverage, coverage, register_patient, subscriber
from tests.faults import events
from tests.world import Answered, World

SUBSCRIBER = subscriber()
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"member_id": "W*1"}, "member_id", "bad_member_id"),
    ({"effective_until": "2025-12-31"}, "effective_until", "before_start"),
    ({"relationship": "spouse"}, "subscriber", "missing"),
    ({"subscriber": SUBSCRIBER}, "subscriber", "not_needed"),
    (
        {"relationship": "child", "subscriber": subscriber(birth_date="2026-03-03")},
        "subscriber.birth_date",
        "in_future",
    ),
    (
        {"relationship": "child", "subscriber": subscriber(name={"family": "-"})},
        "subscriber.name.family",
        "no_letters",
    ),
]
MALFORMED: list[tuple[dict[str, Any], str]] = [
    ({"relationship": "cousin"}, "relationship"),
    ({"priority": 0}, "priority"),
    ({"priority": "1"}, "priority"),
    ({"payer_id": "a#b"}, "payer_id"),
    ({"status": "draft"}, "status"),
    ({"effective_from": None}, "effective_from"),
    ({"relationship": "child", "subscriber": {**SUBSCRIBER, "sex": "M"}}, "subscriber.sex"),
]


def _add(world: World, token: str, patient_id: str, **over: Any) -> Answered:
    path = f"/v1/patients/{patient_id}/coverages"
    return world.call("POST", path, coverage(**over), token=token)


def _put(world: World, token: str, made: dict[str, Any], version: int, /, **over: Any) -> Answered:
    path = f"/v1/patients/{made['patient_id']}/coverages/{made['id']}"
    return world.call("PUT", path, coverage(**over), token=token, If_Match=f'"{version}"')


def _list(world: World, token: str, patient_id: str) -> list[dict[str, Any]]:
    answer = world.call("GET", f"/v1/patients/{patient_id}/coverages", token=token)
    assert answer.status == 200
    items: list[dict[str, Any]] = answer.json["items"]
    return items


@contextmanager
def _before_the_next_commit(act: Callable[[], None]) -> Iterator[None]:
    """`act` runs between a use case's reads and its transaction."""
    pending = [act]

    def interrupt(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems" and pending:
            pending.pop()()

    events().register("before-call.dynamodb.*", interrupt)
    try:
        yield
    finally:
        events().unregister("before-call.dynamodb.*", interrupt)
    assert not pending


def test_a_coverage_is_read_as_it_was_said(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    made = add_coverage(
        world, desk, patient_id, relationship="spouse", subscriber=SUBSCRIBER, priority=2
    )
    said = coverage(relationship="spouse", subscriber=SUBSCRIBER, priority=2)
    kept = {name: made[name] for name in said if name != "subscriber"}
    assert kept == {name: value for name, value in said.items() if name != "subscriber"}
    assert made["subscriber"]["name"]["given"] == "Omar"
    assert made["subscriber"]["address"]["city"] == "New York"
    assert (made["status"], made["effective_until"], made["version"]) == ("active", None, 1)
    assert _list(world, desk, patient_id) == [made]


def test_coverages_come_by_priority_then_by_beginning(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    for priority, start, end in (
        (2, "2026-01-01", None),
        (1, "2026-07-01", None),
        (1, "2025-01-01", "2026-06-30"),
    ):
        add_coverage(
            world,
            desk,
            patient_id,
            priority=priority,
            effective_from=start,
            effective_until=end,
        )
    listed = [(each["priority"], each["effective_from"]) for each in _list(world, desk, patient_id)]
    assert listed == [(1, "2025-01-01"), (1, "2026-07-01"), (2, "2026-01-01")]


def test_two_active_coverages_never_share_a_priority_on_a_day(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    first = add_coverage(
        world, desk, patient_id, effective_from="2026-01-01", effective_until="2026-06-30"
    )
    for start, end in (
        ("2026-06-30", None),
        ("2025-01-01", "2026-01-01"),
        ("2026-02-01", "2026-02-01"),
        ("2020-01-01", None),
    ):
        answer = _add(world, desk, patient_id, effective_from=start, effective_until=end)
        assert (answer.status, answer.json["code"]) == (409, "coverage_overlap"), start
        (error,) = answer.json["errors"]
        assert (error["field"], error["message"]) == ("priority", first["id"])
    assert len(_list(world, desk, patient_id)) == 1
    for over in (
        {"effective_from": "2026-07-01"},
        {"effective_from": "2025-01-01", "effective_until": "2025-12-31"},
        {"priority": 2},
        {"status": "cancelled"},
    ):
        assert _add(world, desk, patient_id, **over).status == 201, over


def test_a_changed_coverage_keeps_its_place_and_frees_it_when_cancelled(
    world: World, desk: str
) -> None:
    patient_id = register_patient(world, desk)["id"]
    first = add_coverage(world, desk, patient_id)
    changed = _put(world, desk, first, 1, member_id="X1", effective_from="2025-06-01")
    assert (changed.status, changed.etag, changed.json["member_id"]) == (200, '"2"', "X1")
    assert _add(world, desk, patient_id).status == 409
    assert _put(world, desk, first, 2, status="cancelled").status == 200
    second = _add(world, desk, patient_id)
    assert second.status == 201
    back = _put(world, desk, first, 3)
    assert (back.status, back.json["code"]) == (409, "coverage_overlap")
    (listed,) = (each for each in _list(world, desk, patient_id) if each["id"] == first["id"])
    assert (listed["status"], listed["version"]) == ("cancelled", 3)


def test_of_two_coverages_added_at_once_one_is_refused(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    for priority in (1, 2):  # the first of all, and one beside others
        answers: list[Answered] = []

        def add(answers: list[Answered] = answers, priority: int = priority) -> None:
            answers.append(_add(world, desk, patient_id, priority=priority))

        with _before_the_next_commit(add):
            add()
        assert [answer.status for answer in answers] == [201, 409]
        assert answers[1].json["code"] == "coverages_changed"
        assert len(_list(world, desk, patient_id)) == priority


def test_of_two_editors_of_a_coverage_one_is_told_that_it_changed(world: World, desk: str) -> None:
    made = add_coverage(world, desk, register_patient(world, desk)["id"])
    assert _put(world, desk, made, 1, member_id="X1").status == 200
    second = _put(world, desk, made, 1, member_id="X2")
    assert (second.status, second.json["code"]) == (412, "stale_version")
    assert _list(world, desk, made["patient_id"])[0]["member_id"] == "X1"


def test_a_coverage_belongs_to_its_patient(world: World, desk: str) -> None:
    made = add_coverage(world, desk, register_patient(world, desk)["id"])
    other = register_patient(world, desk)["id"]
    answer = _put(world, desk, {**made, "patient_id": other}, 1)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


def test_what_cannot_be_right_of_a_coverage_is_named(world: World, desk: str) -> None:
    patient_id = register_patient(world, desk)["id"]
    for over, field, code in WRONG:
        answer = _add(world, desk, patient_id, **over)
        (error,) = answer.json["errors"]
        assert (answer.status, error["field"], error["code"]) == (422, field, code)
    for malformed, field in MALFORMED:
        answer = _add(world, desk, patient_id, **malformed)
        assert (answer.status, answer.json["code"]) == (400, "invalid_request"), malformed
        assert field in {error["field"] for error in answer.json["errors"]}
    assert _list(world, desk, patient_id) == []
