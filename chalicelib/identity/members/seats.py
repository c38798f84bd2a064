"""Seats: who is invited or works here takes one, and never one more than the plan has.

How many are taken stands on an item of its own, changed in the transaction that changes the
member: of two invitations for the last seat one is refused.
"""

from collections.abc import Callable

from ...platform.context import Context
from ...platform.errors import Conflict, DomainError, Unavailable
from ...platform.store import append, find, query_all
from ...practices.limits import demand_at_most, demand_good_standing, demand_room
from ...practices.models import Practice
from ...practices.plans import PLANS, Limit, Plan
from ..standing import ACTIVE, INVITED
from .models import Seats

TAKES_A_SEAT = frozenset({INVITED, ACTIVE})


def seats_taken(context: Context) -> int:
    """One GetItem; of a practice that has not counted them yet, one Query."""
    seats = find(Seats, Seats.key(context.practice_id))
    return _counted(context) if seats is None else seats.taken


def take_seat(context: Context) -> None:
    """Stage that one more is taken. PaymentOverdue, PlanLimitReached (409)."""
    demand_good_standing(context)
    plan = context.tenant.plan
    demand_room(context, Limit.SEATS, _stated(context).taken)
    context.work.update(
        Seats,
        Seats.key(context.practice_id),
        actions=[Seats.version.add(1), Seats.taken.add(1)],
        condition=(Seats.plan == plan) & (Seats.taken < PLANS[plan].seats),
        refusal=_why(context, lambda taken: demand_room(context, Limit.SEATS, taken)),
    )


def free_seat(context: Context) -> None:
    """Stage that one is free again."""
    _stated(context)
    context.work.update(
        Seats,
        Seats.key(context.practice_id),
        actions=[Seats.version.add(1), Seats.taken.add(-1)],
        condition=Seats.taken > 0,
        refusal=Conflict(),
    )


def fit_seats(context: Context, plan: Plan) -> None:
    """Stage that seats are bounded by `plan` from now on. PlanLimitReached (409) if more are taken."""
    demand_at_most(plan, Limit.SEATS, _stated(context).taken)
    context.work.update(
        Seats,
        Seats.key(context.practice_id),
        actions=[Seats.version.add(1), Seats.plan.set(plan.code)],
        condition=Seats.taken <= plan.seats,
        refusal=_why(context, lambda taken: demand_at_most(plan, Limit.SEATS, taken)),
    )


def _stated(context: Context) -> Seats:
    """The count; made where there is none yet, before any change that it would have to hold.

    Nobody changes seats without it, so that of those who make it at once all have counted the same.
    """
    key = Seats.key(context.practice_id)
    seats = find(Seats, key)
    if seats is None:
        seats = Seats(*key, plan=context.tenant.plan, taken=_counted(context))
        append(seats)
    return seats


def _counted(context: Context) -> int:
    members = query_all(Practice.key(context.practice_id).pk, begins="member#", consistent=True)
    return sum(member.status in TAKES_A_SEAT for member in members)


def _why(context: Context, demand: Callable[[int], None]) -> Callable[[], DomainError]:
    """What a failed condition stands for: the plan's limit; else the plan has just changed."""

    def told() -> DomainError:
        try:
            demand(seats_taken(context))
        except DomainError as reached:
            return reached
        return Unavailable(retry_after=1)

    return told
