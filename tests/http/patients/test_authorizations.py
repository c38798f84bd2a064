"""Authorisations, and how many visits each still allows, whatever becomes of the visits."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.builders.patients import add_coverage
from tests.builders.scheduling import Clinic, add_patient, add_type, clinic, made
from tests.faults import calls, meanwhile
from tests.world import Answered, World

NINE, TEN, ELEVEN = (f"2026-03-02T{hour}:00:00-05:00" for hour in ("09", "10", "11"))
NEXT_MONTH = "2026-04-02T09:00:00-04:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _permit(at: Clinic, **over: Any) -> Answered:
    coverages = at.call("GET", f"/v1/patients/{at.patient_id}/coverages").json["items"]
    policy = coverages[0] if coverages else add_coverage(at.world, at.token, at.patient_id)
    body = {
        "number": "PA-1",
        "coverage_id": policy["id"],
        "visits_allowed": 2,
        "effective_from": "2026-03-01",
        "effective_until": "2026-03-31",
        **over,
    }
    return at.call("POST", f"/v1/patients/{at.patient_id}/authorizations", body)


def _change(at: Clinic, shown: Any, **over: Any) -> Answered:
    names = ("number", "coverage_id", "visits_allowed", "effective_from", "effective_until")
    path = f"/v1/patients/{at.patient_id}/authorizations/{shown['id']}"
    body = {**{name: shown[name] for name in names}, **over}
    return at.call("PUT", path, body, If_Match=f'"{shown["version"]}"')


def _list(at: Clinic) -> list[Any]:
    answer = at.call("GET", f"/v1/patients/{at.patient_id}/authorizations")
    assert answer.status == 200, answer.text
    items: list[Any] = answer.json["items"]
    return items


def _left(at: Clinic) -> int:
    (shown,) = _list(at)
    left: int = shown["visits_left"]
    return left


def _told(answer: Answered) -> Any:
    assert answer.status in (200, 201), answer.text
    told = answer.json["authorization"]
    return told and told["visits_left"]


def test_an_authorisation_is_of_a_coverage_of_the_patients(at: Clinic) -> None:
    answer = _permit(at, type_ids=[at.type_id], note="Send a report")
    assert (answer.status, answer.json["visits_left"]) == (201, 2)
    assert _list(at) == [answer.json]
    other = add_patient(at.world, at.token, name={"family": "Other"})
    strange = add_coverage(at.world, at.token, other)["id"]
    for refused, field in (
        (_permit(at, coverage_id=strange), "coverage_id"),
        (_permit(at, effective_until="2026-02-28"), "effective_until"),
        (_change(at, answer.json, coverage_id=strange), "coverage_id"),
    ):
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)
    changed = _change(at, answer.json, visits_allowed=5)
    assert (changed.json["visits_left"], changed.json["type_ids"]) == (5, [])
    assert _change(at, answer.json).status == 412


def test_a_booking_uses_a_visit_and_tells_what_is_left(at: Clinic) -> None:
    _permit(at)
    first = at.book(NINE)
    assert first.json["authorization"] == {
        "id": _list(at)[0]["id"],
        "number": "PA-1",
        "visits_left": 1,
    }
    assert [_told(at.book(starts)) for starts in (TEN, ELEVEN)] == [0, -1]
    assert _left(at) == -1
    assert len(_list(at)[0]["appointment_ids"]) == 3


@pytest.mark.parametrize(
    ("permit", "booking"),
    [
        ({"status": "cancelled"}, {}),
        ({"effective_until": "2026-03-01"}, {}),
        ({"effective_from": "2026-03-03"}, {}),
        ({"type_ids": ["typ_00000000000000000000000000"]}, {}),
        ({}, {"bill_to": "self_pay"}),
    ],
)
def test_what_it_does_not_cover_uses_none(
    at: Clinic, permit: dict[str, Any], booking: dict[str, Any]
) -> None:
    _permit(at, **permit)
    assert (_told(at.book(NINE, **booking)), _left(at)) == (None, 2)


def _cancel(at: Clinic, appointment_id: str) -> None:
    assert at.act(appointment_id, "cancel", {"reason": "pat"}).status == 200


def _miss(at: Clinic, appointment_id: str) -> None:
    at.later(hours=1)
    assert at.act(appointment_id, "no-show").status == 200


def _leave(at: Clinic, appointment_id: str) -> None:
    assert at.act(appointment_id, "check-in").status == 200
    assert at.act(appointment_id, "cancel", {"reason": "left-unseen"}).status == 200


@pytest.mark.parametrize("end", [_cancel, _miss, _leave])
def test_a_visit_that_does_not_happen_uses_none(
    at: Clinic, end: Callable[[Clinic, str], None]
) -> None:
    _permit(at)
    appointment_id = at.booking("2026-03-02T09:30:00-05:00")
    assert _left(at) == 1
    end(at, appointment_id)
    assert (_left(at), _list(at)[0]["appointment_ids"]) == (2, [])


def test_a_visit_that_is_moved_uses_one_where_it_stands(at: Clinic) -> None:
    _permit(at)
    appointment_id = at.booking(NINE)
    moved = at.act(appointment_id, "reschedule", {"starts_at": TEN})
    assert (_told(moved), _left(at)) == (1, 1)
    assert _told(at.act(appointment_id, "reschedule", {"starts_at": NEXT_MONTH})) is None
    assert _left(at) == 2
    _permit(at, number="PA-2", effective_from="2026-04-01", effective_until=None)
    assert _told(at.act(appointment_id, "reschedule", {"starts_at": NEXT_MONTH})) == 1
    assert [each["visits_left"] for each in _list(at)] == [1, 2]
    assert _told(at.act(appointment_id, "reschedule", {"starts_at": TEN})) == 1
    assert [each["visits_left"] for each in _list(at)] == [2, 1]


def test_of_several_the_one_that_ends_first_and_has_visits_left_is_used(at: Clinic) -> None:
    _permit(at, number="LONG", effective_until=None)
    _permit(at, number="SHORT", visits_allowed=1, effective_until="2026-03-05")
    starts = (NINE, TEN, ELEVEN, "2026-03-02T12:00:00-05:00")
    told = [at.book(each).json["authorization"] for each in starts]
    assert [(each["number"], each["visits_left"]) for each in told] == [
        ("SHORT", 0),
        ("LONG", 1),
        ("LONG", 0),
        ("SHORT", -1),
    ]


def test_of_two_bookings_for_the_last_visit_both_are_booked_and_counted(at: Clinic) -> None:
    _permit(at, visits_allowed=1)

    def other() -> None:
        assert _told(at.book(TEN)) == 0

    with meanwhile(other):
        assert _told(at.book(NINE)) == 0
    assert _left(at) == -1
    assert _told(at.book(ELEVEN)) == -2


def test_what_is_booked_before_it_is_recorded_comes_under_it(at: Clinic) -> None:
    other_type = add_type(at.world, at.token, name="Other")
    first, second = at.booking(TEN), at.booking(NINE)
    at.booking(ELEVEN, type_id=other_type)
    gone = at.booking("2026-03-03T09:00:00-05:00")
    at.act(gone, "cancel", {"reason": "pat"})
    _permit(at, type_ids=[at.type_id], visits_allowed=5)
    at.world.pump()
    assert (_left(at), _list(at)[0]["appointment_ids"]) == (3, sorted([first, second]))
    _permit(at, number="PA-2", effective_from="2026-03-02")
    at.world.pump()
    assert [len(each["appointment_ids"]) for each in _list(at)] == [1, 2]


def test_a_family_and_a_series_use_one_a_visit(at: Clinic) -> None:
    _permit(at, visits_allowed=5)
    other = add_patient(at.world, at.token, name={"family": "Other"})
    where = {name: getattr(at, name) for name in ("practitioner_id", "location_id")}
    who = {name: getattr(at, name) for name in ("patient_id", "type_id")}
    members = [who, {**who, "patient_id": other}]
    family = {**where, "starts_at": NINE, "members": members}
    assert at.call("POST", "/v1/family-appointments", family).status == 201
    series = {**who, **where, "starts": "2026-03-03T09:00:00", "rule": "FREQ=DAILY;COUNT=3"}
    made(at.call("POST", "/v1/appointment-series", {**series}))
    at.world.pump()
    assert _left(at) == 1


def test_booking_reads_it_beside_the_rest(at: Clinic) -> None:
    _permit(at)
    with calls() as sent:
        at.book(NINE)
    assert sorted(sent[1:]) == ["BatchGetItem", "Query", "TransactWriteItems"]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_left_is_what_is_allowed_less_what_stands(at: Clinic, seed: int) -> None:
    """Any order of bookings, moves, cancellations and missed visits, against the appointments."""
    random, standing, days = Random(seed), set[str](), [f"2026-03-{day:02}" for day in range(2, 31)]
    _permit(at, visits_allowed=20)
    for step in range(25):
        act = random.choice(("book", "book", "move", "cancel"))
        starts_at = f"{random.choice(days)}T{9 + step % 8:02}:00:00-0{random.choice('54')}:00"
        if act == "book" or not standing:
            answer = at.book(starts_at)
            assert answer.status in (201, 409, 422), answer.text
            standing |= {answer.json["id"]} if answer.status == 201 else set()
            continue
        appointment_id = random.choice(sorted(standing))
        if act == "move":
            moved = at.act(appointment_id, "reschedule", {"starts_at": starts_at})
            assert moved.status in (200, 409, 422), moved.text
        elif at.act(appointment_id, "cancel", {"reason": "pat"}).status == 200:
            standing.remove(appointment_id)
        assert _left(at) == 20 - len(standing)
    assert set(_list(at)[0]["appointment_ids"]) == standing
