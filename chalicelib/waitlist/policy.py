"""How a practice offers what becomes free: read and set."""

from ..platform.context import Context
from ..platform.errors import Stale
from ..platform.store import find
from .models import WaitlistPolicy
from .schemas import PolicyBody


def read_policy(context: Context) -> WaitlistPolicy:
    """Half an hour, and version 0, where none was set."""
    key = WaitlistPolicy.key(context.practice_id)
    return find(WaitlistPolicy, key) or WaitlistPolicy(*key)


def set_policy(context: Context, body: PolicyBody) -> WaitlistPolicy:
    """What is offered from now on stands so long; open offers stay as they are."""
    policy = context.matching(read_policy(context))
    policy.offer_minutes = body.offer_minutes
    if policy.version == 0:
        context.work.create(policy, refusal=Stale())
    else:
        context.work.save(policy)
    return policy
