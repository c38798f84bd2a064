"""Two actors at one group session, in every order of their calls to the table."""

import pytest

from chalicelib.scheduling.holds.lapsing import let_lapse
from chalicelib.scheduling.sessions.schemas import SessionCancellation
from chalicelib.scheduling.sessions.service import cancel_session
from tests.builders.scheduling import Clinic, add_patient, add_type, clinic
from tests.concurrency.acts import (
    book,
    cancelling,
    committed,
    every_order,
    held,
    hold,
    last,
    move,
    told,
)
from tests.world import World

NINE, TEN = "2026-03-03T09:00:00-05:00", "2026-03-03T10:00:00-05:00"
JOIN, LEAVE, MOVE = 2, 3, 4
"""Table calls of each: reads, then the transaction."""
DONE = ["done", "done"]


@pytest.fixture
def at(world: World) -> Clinic:
    """Sessions of two."""
    built = clinic(world)
    built.type_id = add_type(world, built.token, name="Yoga", capacity=2)
    return built


@pytest.fixture
def others(at: Clinic) -> list[str]:
    names = [{"family": "Shaw", "given": each} for each in ("Bo", "Cy")]
    return [add_patient(at.world, at.token, name=each) for each in names]


def test_of_two_who_want_the_last_seat_one_gets_it(at: Clinic, others: list[str]) -> None:
    at.booking(NINE)
    acts = [book(at, NINE, each) for each in others]
    for _, outcomes in every_order(at, acts, JOIN, JOIN):
        assert sorted(map(told, outcomes)) == ["done", "session_full"]


def test_two_who_want_the_last_two_seats_both_get_one(at: Clinic, others: list[str]) -> None:
    first = at.booking(NINE)
    at.call("POST", "/v1/group-sessions", _asked(at, TEN))
    acts = [book(at, TEN, at.patient_id), book(at, TEN, others[0])]
    for _, outcomes in every_order(at, acts, JOIN, JOIN):
        assert [told(each) for each in outcomes] == DONE
    assert at.read(first)["status"] == "booked"


def test_of_two_who_come_first_one_opens_it(at: Clinic, others: list[str]) -> None:
    """The other joins it if they read it, and else meets a change: a second try joins."""
    acts = [book(at, NINE, each) for each in others]
    for order, outcomes in every_order(at, acts, JOIN, JOIN):
        one_after_the_other = order in ((0, 0, 1, 1), (1, 1, 0, 0))
        second = "done" if one_after_the_other else "schedule_changed"
        assert sorted(map(told, outcomes)) == ["done", second]


def test_a_seat_that_is_left_and_somebody_who_wants_it(at: Clinic, others: list[str]) -> None:
    mine, _ = at.booking(NINE), at.booking(NINE, patient_id=others[0])
    acts = [book(at, NINE, others[1]), cancelling(at, mine)]
    for order, outcomes in every_order(at, acts, JOIN, LEAVE):
        left_first = last(order, 1) < order.index(0)
        said = [told(each) for each in outcomes]
        assert said == DONE if left_first else said in (DONE, ["session_full", "done"]), order


def test_the_last_leaves_as_somebody_joins(at: Clinic, others: list[str]) -> None:
    """Whoever is second meets a change; nobody sits in a session that ended."""
    mine = at.booking(NINE)
    acts = [book(at, NINE, others[0]), cancelling(at, mine)]
    for order, outcomes in every_order(at, acts, JOIN, LEAVE + 1):
        said = [told(each) for each in outcomes]
        assert said in (DONE, ["schedule_changed", "done"], ["done", "schedule_changed"]), order


def test_the_last_two_leave_at_once(at: Clinic, others: list[str]) -> None:
    seats = [at.booking(NINE), at.booking(NINE, patient_id=others[0])]
    acts = [cancelling(at, each) for each in seats]
    for order, outcomes in every_order(at, acts, LEAVE, LEAVE):
        said = sorted(map(told, outcomes))
        assert said in (DONE, ["done", "schedule_changed"]), order


def test_two_seats_change_places(at: Clinic, others: list[str]) -> None:
    here, there = at.booking(NINE), at.booking(TEN, patient_id=others[0])
    acts = [move(at, here, TEN), move(at, there, NINE)]
    for order, outcomes in every_order(at, acts, MOVE, MOVE):
        said = sorted(map(told, outcomes))
        assert set(said) <= {"done", "schedule_changed", "slot_taken provider_taken"}, order
        assert "done" in said


def test_a_lapsed_seat_goes_to_one(at: Clinic, others: list[str]) -> None:
    at.booking(NINE)
    kept = held(at, NINE)
    ending = committed(at, lambda context: let_lapse(context, kept))
    for acts in (
        [book(at, NINE, each) for each in others],
        [book(at, NINE, others[0]), ending],
        [book(at, NINE, others[0]), committed(at, lambda context: hold(at, context, NINE))],
    ):
        for order, outcomes in every_order(at, acts, JOIN + 1, JOIN + 1):
            said = sorted(map(told, outcomes))
            assert said in (
                DONE,
                ["done", "schedule_changed"],
                ["done", "session_full"],
            ), (order, said)


def test_a_session_is_cancelled_as_somebody_joins(at: Clinic, others: list[str]) -> None:
    seat = at.booking(NINE)
    group_session_id = at.read(seat)["group_session_id"]
    body = SessionCancellation.model_validate({"reason": "prov"})
    cancelled = committed(at, lambda context: cancel_session(context, group_session_id, body))
    for order, outcomes in every_order(at, [book(at, NINE, others[0]), cancelled], JOIN, 2):
        said = [told(each) for each in outcomes]
        assert said[0] in ("done", "schedule_changed", "slot_taken provider_taken"), order
        assert said[1] in ("done", "schedule_changed"), order
        assert "done" in said


def _asked(at: Clinic, starts_at: str) -> dict[str, str]:
    names = ("practitioner_id", "location_id", "type_id")
    return {**{each: getattr(at, each) for each in names}, "starts_at": starts_at}
