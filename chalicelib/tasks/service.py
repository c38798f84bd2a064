"""Work on tasks: the lists, whose a task is, how it ended."""

from ..identity.members.holders import holders_of
from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.errors import Forbidden, NotFound, invalid_field
from ..platform.http import open_cursor, seal_cursor
from ..platform.store import find_many, get, query
from .errors import OwnReview, TaskChanged, TaskClosed, TaskOpen, TaskTaken
from .models import DONE, OPEN, Task
from .schemas import Assignment, Completion, TaskQuery
from .work_queues import PERMISSION_OF, WorkQueue, outcomes_of, queues_of


def list_tasks(context: Context, asked: TaskQuery) -> tuple[list[Task], str | None]:
    """The open tasks of a queue, or the caller's own; the first due first.

    One Query of an index and one BatchGet a hundred: the index lists, the table decides. Forbidden
    for a queue that the caller's permissions do not open.
    """
    queues = queues_of(context.allows)
    if asked.queue is not None and asked.queue not in queues:
        raise Forbidden
    if asked.queue is None:
        index, partition = "gs2", Task.of_assignee(context.practice_id, context.actor.id)
    else:
        index, partition = "gs1", Task.of_queue(context.practice_id, asked.queue)
    page = query(
        partition, index=index, limit=asked.limit, start=open_cursor(context, asked.cursor)
    )
    found = find_many((row.item_key for row in page.records), consistent=True)
    tasks = [found.get(row.item_key) for row in page.records]
    shown = [
        task
        for task in tasks
        if isinstance(task, Task)
        and task.status == OPEN
        and task.queue in queues
        and (asked.queue is not None or task.assignee_id == context.actor.id)
    ]
    context.concerns(*(task.patient_id for task in shown if task.patient_id))
    return shown, seal_cursor(context, page.next_key)


def read_task(context: Context, task_id: str) -> Task:
    """NotFound for a task whose queue the caller's permissions do not open, too."""
    task = get(Task, Task.key(context.practice_id, task_id))
    if task.queue not in queues_of(context.allows):
        raise NotFound
    if task.patient_id:
        context.concerns(task.patient_id)
    return task


def assign_task(context: Context, task_id: str, body: Assignment) -> Task:
    """Take a task, give it to a colleague whom its queue is open to, or give it back.

    TaskTaken (409) for what is somebody else's, unless the caller manages members; TaskClosed
    (409); Invalid naming an assignee who is not there or could not see it.
    """
    task = _open(context, task_id)
    if task.assignee_id not in (None, context.actor.id, body.assignee_id) and not context.allows(
        Permission.MANAGE_MEMBERS
    ):
        raise TaskTaken
    if body.assignee_id is not None and not _can_work(context, body.assignee_id, task):
        raise invalid_field("assignee_id", "not_found", "Nobody here who could do it")
    task.assignee_id = body.assignee_id
    _save(context, task)
    return task


def complete_task(context: Context, task_id: str, body: Completion) -> Task:
    """Close it with its outcome. TaskClosed (409); OwnReview (403); Invalid for an outcome that its kind has not."""
    task = _open(context, task_id)
    if task.about_id == context.actor.id:
        raise OwnReview
    if body.outcome not in outcomes_of(task.task_kind):
        wanted = ", ".join(sorted(outcomes_of(task.task_kind)))
        raise invalid_field("outcome", "not_of_this_kind", f"One of {wanted}")
    task.status, task.outcome = DONE, body.outcome
    task.closed_by, task.closed_at = context.actor.id, context.now()
    _save(context, task)
    return task


def reopen_task(context: Context, task_id: str) -> Task:
    """It was not done after all. TaskOpen (409)."""
    task = read_task(context, task_id)
    if task.status == OPEN:
        raise TaskOpen
    task.status = OPEN
    task.outcome = task.closed_by = task.closed_at = None
    _save(context, task)
    return task


def _open(context: Context, task_id: str) -> Task:
    task = read_task(context, task_id)
    if task.status != OPEN:
        raise TaskClosed
    return task


def _can_work(context: Context, user_id: str, task: Task) -> bool:
    wanted = PERMISSION_OF[WorkQueue(task.queue)]
    return user_id in holders_of(context, wanted, [user_id])


def _save(context: Context, task: Task) -> None:
    task.list_while_open(context.practice_id)
    context.work.save(task, refusal=TaskChanged())
