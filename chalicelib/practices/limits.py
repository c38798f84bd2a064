"""A practice's plan as a bound: a limit that is reached answers with what is used and allowed.

Only what adds is ever refused: an unpaid practice goes on seeing patients, charting and exporting.
"""

from ..platform.context import Context
from ..platform.errors import FieldError
from .errors import PaymentOverdue, PlanLimitReached
from .plans import PLANS, Limit, Plan


def demand_room(context: Context, limit: Limit, used: int) -> None:
    """PlanLimitReached (409), naming limit, used and allowed, unless one more fits."""
    plan = PLANS[context.tenant.plan]
    if used >= plan.allowed(limit):
        raise _reached(plan, limit, used)


def demand_at_most(plan: Plan, limit: Limit, used: int) -> None:
    """PlanLimitReached (409) if what is used does not fit into `plan`."""
    if used > plan.allowed(limit):
        raise _reached(plan, limit, used)


def demand_good_standing(context: Context) -> None:
    """PaymentOverdue (409) once an invoice is two weeks late, or a trial is over without a plan."""
    if context.tenant.overdue:
        raise PaymentOverdue


def _reached(plan: Plan, limit: Limit, used: int) -> PlanLimitReached:
    told = f"{used} of {plan.allowed(limit)} are used"
    return PlanLimitReached(told, errors=(FieldError(limit, "plan_limit_reached", told),))
