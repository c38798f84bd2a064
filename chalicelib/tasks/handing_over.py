"""Somebody has left: what they had to do goes to their successor, or back to its queue."""

from ..identity.leavers.hand_over import Order, finish, note
from ..identity.members.holders import holders_of
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.store import find_many, query_all
from .errors import TaskChanged
from .models import OPEN, Task
from .work_queues import PERMISSION_OF, WorkQueue

NO_SUCCESSOR, NOT_OPEN_TO_THEM = "no_successor", "not_open_to_successor"


def hand_over_tasks(context: Context, order: Order) -> None:
    """Give each open task to the successor, or back to its queue. Safe to repeat.

    One transaction a task, with its line in the report. A queue that the successor's permissions do
    not open keeps its task, for whoever works there.
    """
    partition = Task.of_assignee(context.practice_id, order.leaver_id)
    keys = [row.item_key for row in query_all(partition, index="gs2")]
    for task in find_many(keys, consistent=True).values():
        if isinstance(task, Task) and (task.status, task.assignee_id) == (OPEN, order.leaver_id):
            _hand_over(context, order, task)
    finish(context, order, "tasks", things="tsk")


def _hand_over(context: Context, order: Order, task: Task) -> None:
    reason = _reason(context, order, task)
    task.assignee_id = None if reason else order.successor_id
    task.list_while_open(context.practice_id)
    context.work.save(task, refusal=TaskChanged())
    note(context, order, task.id, reason=reason, patient_id=task.patient_id or "")
    if task.patient_id:
        context.concerns(task.patient_id)
    try:
        context.work.commit()
    except AlreadyDone:
        context.work.discard()


def _reason(context: Context, order: Order, task: Task) -> str:
    """Why it goes back to its queue; none where the successor has it now."""
    if order.successor_id is None:
        return NO_SUCCESSOR
    wanted = PERMISSION_OF[WorkQueue(task.queue)]
    held = holders_of(context, wanted, [order.successor_id])
    return "" if order.successor_id in held else NOT_OPEN_TO_THEM
