"""Metering what a practice stores: one item, changed a few times an hour at most.

A limit that is reached refuses what only adds copies, and a smaller plan; never care, never a file
that comes from outside, never the way out.
"""

from ..platform import outbox
from ..platform.context import ERASED, ERASING, Context
from ..platform.errors import Stale
from ..platform.events import Event
from ..platform.store import find
from ..practices.models import UNVERIFIED, StorageUsed
from ..practices.plans import PLANS
from .invoicing import tell_owners

MARKS = (80, 100)
"""In percent of the plan: when owners and operations are told."""
REMEMBERED = 20


def count_storage(context: Context, event: Event) -> None:
    """Add what the stream has told, once. Nothing of a practice that is not verified, or erased.

    Stale where another event was counted meanwhile: the queue brings this one again.
    """
    if context.tenant.status in (UNVERIFIED, ERASING, ERASED):
        return
    key = StorageUsed.key(context.practice_id)
    used = find(StorageUsed, key) or StorageUsed(*key)
    if event.id in used.recent:
        return
    used.bytes = max(0, used.bytes + int(event.data["bytes"]))
    used.recent = (event.id, *used.recent)[:REMEMBERED]
    _warn(context, used)
    _keep(context, used)


def set_storage(context: Context, stored: int) -> StorageUsed:
    """What a recount has found, in place of what was counted."""
    key = StorageUsed.key(context.practice_id)
    used = find(StorageUsed, key) or StorageUsed(*key)
    used.bytes = stored
    _warn(context, used)
    _keep(context, used)
    return used


def _keep(context: Context, used: StorageUsed) -> None:
    if used.version:
        context.work.save(used)
    else:
        context.work.create(used, refusal=Stale())


def _warn(context: Context, used: StorageUsed) -> None:
    """Tell of each mark once, until less is stored than it."""
    allowed = PLANS[context.tenant.plan].storage_bytes
    reached = max((mark for mark in MARKS if used.bytes * 100 >= mark * allowed), default=0)
    if reached > used.warned:
        tell_owners(context, f"storage_{reached}")
    if reached != used.warned:
        outbox.publish(context, "storage.mark_changed", context.practice_id, 1, mark=str(reached))
    used.warned = reached
