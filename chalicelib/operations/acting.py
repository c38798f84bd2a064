"""An operator at work in one practice: the practice's own use cases, in the operator's unit of work."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..platform.context import Context, SystemContext
from ..platform.ids import PracticeId
from ..platform.runtime import runtime
from .directory import demand_practice


@contextmanager
def acting_in(context: SystemContext, practice_id: str) -> Iterator[Context]:
    """The practice's context; the audit entry is the practice's. NotFound for an unknown practice.

    It carries the operator's permissions, none of which a practice's use case asks for.
    """
    demand_practice(practice_id)
    with context.entering(practice_id, context.actor.id):
        yield Context(
            tenant=runtime().tenant_of(PracticeId(practice_id)),
            actor=context.actor,
            permissions=context.permissions,
            request_id=context.request_id,
            clock=context.clock,
            ids=context.ids,
            work=context.work,
            trace=context.trace,
        )
