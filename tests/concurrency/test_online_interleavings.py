"""Two visitors of a practice's page, or a visitor and the desk, in the orders of their calls to the table."""

import copy
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from moto.backends import get_backend

from chalicelib.online_booking.booking import verify
from chalicelib.online_booking.holding import hold_online
from chalicelib.online_booking.moving import move_visit
from chalicelib.online_booking.schemas import CodeBody, MoveBody, OnlineHoldBody
from chalicelib.platform.context import Actor, Context, SystemContext, Tenant
from chalicelib.platform.errors import DomainError
from chalicelib.platform.http.recording import commit_scope
from chalicelib.platform.ids import PracticeId, UserId
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import UnitOfWork, system_scope
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.schemas import BookingRequest
from tests.builders.online import NINE, SLUG, TEN, Visitor, booked, clinic
from tests.builders.scheduling import Clinic
from tests.concurrency.stepping import interleaved, orders
from tests.world import World

READS = ("BatchGetItem", "Query")
"""They go with the call before: what they read is written under conditions."""
Act = Callable[[], Any]


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.mark.parametrize("played", [20, pytest.param(70, marks=pytest.mark.campaign)])
def test_of_two_visitors_who_hold_one_start_one_does(at: Clinic, played: int) -> None:
    acts = [_hold(at, Visitor(at)), _hold(at, Visitor(at))]
    for outcomes in _played(acts, Random(4).sample(orders(4, 4), played)):
        assert _codes(outcomes) == ["done", "slot_taken"]
        assert _counts(at) == (1, 0)


def test_of_a_visitor_and_the_desk_one_has_the_start(at: Clinic) -> None:
    acts = [_hold(at, Visitor(at)), _book(at)]
    for outcomes in _played(acts, orders(4, 1)):
        assert _codes(outcomes) == ["done", "slot_taken"]
        assert sum(_counts(at)) == 1


@pytest.mark.parametrize("played", [20, pytest.param(600, marks=pytest.mark.campaign)])
def test_a_code_that_is_given_twice_at_once_books_once(at: Clinic, played: int) -> None:
    rosa = _coded(at, NINE)
    acts = [_verify(rosa), _verify(rosa)]
    for outcomes in _played(acts, _some_orders(8, played)):
        assert set(_codes(outcomes)) <= {"done", "booking_under_way", "schedule_changed"}
        assert "done" in _codes(outcomes)
        assert _counts(at) == (0, 1)
        assert len(at.world.of_kind("patient")) == 2, "the clinic's own, and the newcomer"


@pytest.mark.parametrize("played", [20, pytest.param(600, marks=pytest.mark.campaign)])
def test_one_person_who_books_twice_at_once_is_one_patient(at: Clinic, played: int) -> None:
    acts = [_verify(_coded(at, NINE)), _verify(_coded(at, TEN))]
    both = 0
    for outcomes in _played(acts, _some_orders(8, played)):
        assert set(_codes(outcomes)) <= {"done", "booking_under_way"}
        assert "done" in _codes(outcomes)
        both += _codes(outcomes) == ["done", "done"]
        assert len(at.world.of_kind("patient")) == 2
        assert _counts(at)[1] == _codes(outcomes).count("done")
    assert 0 < both < played


@pytest.mark.parametrize("played", [10, pytest.param(300, marks=pytest.mark.campaign)])
def test_of_two_moves_by_one_link_one_is_made(at: Clinic, played: int) -> None:
    link = booked(Visitor(at).book(NINE))
    at.world.pump()
    acts = [_move(link, TEN), _move(link, "2026-03-05T09:00:00-05:00")]
    for outcomes in _played(acts, _some_orders(4, played)):
        assert _codes(outcomes) == ["done", "visit_link_spent"]
        assert len(at.taken(at.practitioner_id)) == 1


def _some_orders(calls: int, many: int) -> Iterator[tuple[int, ...]]:
    random = Random(f"{calls} {many}")
    for _ in range(many):
        order = [0] * calls + [1] * calls
        random.shuffle(order)
        yield tuple(order)


def _played(acts: list[Act], played: Any) -> Iterator[list[Any]]:
    """Each order from the same start."""
    begun = copy.deepcopy(_table().items)
    for order in played:
        _table().items = copy.deepcopy(begun)
        yield interleaved(order, acts, passing=READS)


def _codes(outcomes: list[Any]) -> list[str]:
    return sorted(each.code if isinstance(each, DomainError) else "done" for each in outcomes)


def _counts(at: Clinic) -> tuple[int, int]:
    """Holds and visits; what is taken of the practitioner is what they take."""
    holds = len(at.world.of_kind("slot_hold"))
    visits = len(at.world.of_kind("appointment"))
    taken = sum(len(each) for each in at.taken(at.practitioner_id).values())
    assert taken == 6 * (holds + visits), "thirty minutes each"
    return holds, visits


def _coded(at: Clinic, starts_at: str) -> Visitor:
    rosa = Visitor(at)
    assert rosa.hold(starts_at).status == 201
    assert rosa.say().status == 200
    return rosa


def _hold(at: Clinic, visitor: Visitor) -> Act:
    body = OnlineHoldBody.model_validate_json(_json(visitor.hold_body(NINE)))
    return _served(lambda context: hold_online(context, SLUG, body))


def _verify(visitor: Visitor) -> Act:
    body = CodeBody(code=visitor.code())
    return _served(lambda context: verify(context, visitor.secret, body))


def _move(link: str, starts_at: str) -> Act:
    body = MoveBody.model_validate_json(_json({"starts_at": starts_at}))
    return _served(lambda context: move_visit(context, link, body))


def _book(at: Clinic) -> Act:
    names = ("patient_id", "practitioner_id", "location_id", "type_id")
    asked = {**{name: getattr(at, name) for name in names}, "starts_at": NINE}
    body = BookingRequest.model_validate(asked)
    assert at.tenant.id == at.practice_id  # read before the actors start

    def act() -> Any:
        with at.working() as context:
            made = book_appointment(context, body)
            context.work.commit()
            return made

    return act


def _served(use_case: Callable[[SystemContext], Any]) -> Act:
    """As the endpoint serves whoever has no account."""

    def act() -> Any:
        live = runtime()
        context = SystemContext(
            tenant=Tenant(PracticeId(""), "", "UTC", "", "", ""),
            actor=Actor(UserId("anonymous"), "public"),
            permissions=frozenset(),
            request_id="req_1",
            clock=live.clock,
            ids=live.ids,
            work=UnitOfWork(),
        )
        with system_scope():
            made = use_case(context)
        _commit(context)
        return made

    return act


def _commit(context: Context) -> None:
    with commit_scope(context):
        context.work.commit()


def _json(body: dict[str, Any]) -> str:
    return json.dumps(body)


def _table() -> Any:
    """moto puts another in its place when a transaction fails."""
    (table,) = get_backend("dynamodb")["123456789012"]["us-east-1"].tables.values()
    return table
