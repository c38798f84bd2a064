"""Two who want the last seat, or leave one, in every order of their calls to the table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.identity.members.seats import TAKES_A_SEAT, fit_seats, free_seat, take_seat
from chalicelib.identity.models import Member
from chalicelib.identity.standing import INVITED, WITHDRAWN
from chalicelib.platform.context import Actor, Context
from chalicelib.platform.errors import DomainError
from chalicelib.platform.ids import PracticeId, UserId
from chalicelib.platform.queues import working
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import UnitOfWork, get, practice_scope
from chalicelib.practices.plans import PLANS
from tests import tables
from tests.concurrency.stepping import interleaved, orders
from tests.world import World, sign_up

CALLS = {True: 3, False: 5}
"""The count, the transaction, and after a refusal the count again; at first members and count too."""
SPARED = 21
"""Of the first count's orders the ordinary run plays each 21st; the campaign plays all."""

each_way = pytest.mark.parametrize(
    ("counted", "every"),
    [(True, 1), (False, SPARED), pytest.param(False, 1, marks=pytest.mark.campaign)],
)


@pytest.fixture
def practice_id(world: World) -> str:
    return str(world.call("GET", "/v1/me", token=sign_up(world)).json["practice_id"])


@each_way
@pytest.mark.parametrize("free", [0, 1, 2])
def test_of_two_invitations_as_many_stand_as_there_are_seats(
    practice_id: str, free: int, counted: bool, every: int
) -> None:
    _fill(practice_id, but=free, counted=counted)
    acts = [_invitation(practice_id, "usr_a"), _invitation(practice_id, "usr_b")]
    for outcomes in _every_order(practice_id, acts, counted, every):
        assert outcomes.count("done") == free
        assert outcomes.count("plan_limit_reached") == 2 - free


@each_way
def test_an_invitation_and_a_withdrawal_of_another(
    practice_id: str, counted: bool, every: int
) -> None:
    _fill(practice_id, but=0, counted=counted)
    acts = [_invitation(practice_id, "usr_a"), _withdrawal(practice_id)]
    for outcomes in _every_order(practice_id, acts, counted, every):
        assert outcomes[1] == "done"
        assert outcomes[0] in ("done", "plan_limit_reached", "unavailable")


@each_way
def test_a_withdrawal_frees_its_seat_once(practice_id: str, counted: bool, every: int) -> None:
    _fill(practice_id, but=2, counted=counted)
    acts = [_withdrawal(practice_id), _withdrawal(practice_id)]
    for outcomes in _every_order(practice_id, acts, counted, every):
        assert outcomes.count("done") == 1


@each_way
def test_an_invitation_and_a_smaller_plan_that_just_fits(
    practice_id: str, counted: bool, every: int
) -> None:
    _fill(practice_id, but=PLANS["trial"].seats - PLANS["solo"].seats, counted=counted)
    acts = [_invitation(practice_id, "usr_a"), _smaller_plan(practice_id)]
    for outcomes in _every_order(practice_id, acts, counted, every):
        assert outcomes.count("done") == 1
        assert set(outcomes) <= {"done", "plan_limit_reached", "unavailable"}


Act = Callable[[], Any]


def _every_order(
    practice_id: str, acts: list[Act], counted: bool, every: int
) -> Iterator[list[str]]:
    """What each was told, of each order played from the same start; what is counted is what is there."""
    start, calls = tables.image(), CALLS[counted]
    for order in orders(calls, calls)[::every]:
        tables.put_back(start)
        outcomes = interleaved(order, acts)
        rows = [row for row in tables.rows().values() if row["pk"]["S"] == f"{practice_id}#"]
        (seats,) = [row for row in rows if row["kind"]["S"] == "seats"]
        members = [row for row in rows if row["kind"]["S"] == "member"]
        taken = sum(row["status"]["S"] in TAKES_A_SEAT for row in members)
        assert int(seats["taken"]["N"]) == taken <= PLANS[seats["plan"]["S"]].seats
        yield [each.code if isinstance(each, DomainError) else "done" for each in outcomes]


def _fill(practice_id: str, *, but: int, counted: bool) -> None:
    """Members up to the trial's seats but a few; the owner is there."""
    for number in range(PLANS["trial"].seats - 1 - but):
        with working("a test", practice_id, "a test") as context:
            context.work.create(_member(context, f"usr_{number}"))
    if counted:
        with working("a test", practice_id, "a test") as context:
            fit_seats(context, PLANS["trial"])


def _member(context: Context, user_id: str) -> Member:
    key = Member.key(context.practice_id, user_id)
    return Member(*key, name="N", email="n@clinic.example", roles={"nurse"}, status=INVITED)


def _invitation(practice_id: str, user_id: str) -> Act:
    def act(context: Context) -> None:
        take_seat(context)
        context.work.create(_member(context, user_id))

    return _committed(practice_id, act)


def _withdrawal(practice_id: str) -> Act:
    with practice_scope(practice_id):
        member = get(Member, Member.key(practice_id, "usr_0"))

    def act(context: Context) -> None:
        own = Member.from_raw_data(member.serialize())
        own.status = WITHDRAWN
        context.work.save(own)
        free_seat(context)

    return _committed(practice_id, act)


def _smaller_plan(practice_id: str) -> Act:
    return _committed(practice_id, lambda context: fit_seats(context, PLANS["solo"]))


def _committed(practice_id: str, use_case: Callable[[Context], None]) -> Act:
    tenant = runtime().tenant_of(PracticeId(practice_id))

    def act() -> None:
        with _in(practice_id, tenant) as context:
            use_case(context)
            context.work.commit()

    return act


@contextmanager
def _in(practice_id: str, tenant: Any) -> Iterator[Context]:
    live = runtime()
    with practice_scope(practice_id):
        yield Context(
            tenant=tenant,
            actor=Actor(UserId("usr_00000000000000000000000000")),
            permissions=frozenset(),
            request_id="req_1",
            clock=live.clock,
            ids=live.ids,
            work=UnitOfWork(),
        )
