"""How tasks come and go by themselves: asked for by events, dropped.

Any domain opens one by publishing `task.wanted` about its subject, with `queue` and `kind`, and
where there are any `patient_id`, `assignee`, `due` (an instant), `about` (whose act it reviews).
"""

from ..platform.clock import from_iso
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.store import get
from .errors import TaskChanged
from .models import CANCELLED, OPEN, Task
from .work_queues import WorkQueue


def open_task(context: Context, event: Event) -> Task:
    """The task that an event asks for, once: its id follows from the event's."""
    data = event.data
    task = Task(
        *Task.key(context.practice_id, derived_id("tsk", event.id)),
        queue=WorkQueue(data["queue"]).value,
        task_kind=data["kind"],
        subject=event.subject,
        patient_id=data.get("patient_id"),
        assignee_id=data.get("assignee"),
        about_id=data.get("about"),
        due=from_iso(data["due"]) if "due" in data else None,
        source_event=event.id,
        created_at=event.occurred_at,
    )
    task.list_while_open(context.practice_id)
    context.work.create(task, refusal=AlreadyDone())
    return task


def cancel_task(context: Context, event: Event) -> None:
    """Drop what the `task.wanted` event named in `event_id` asked for, unless it is closed.

    NotFound if it is not there yet: the queue brings this again.
    """
    task = get(Task, Task.key(context.practice_id, derived_id("tsk", event.data["event_id"])))
    if task.status != OPEN:
        return
    task.status, task.closed_at = CANCELLED, context.now()
    _save(context, task)


def _save(context: Context, task: Task) -> None:
    task.list_while_open(context.practice_id)
    context.work.save(task, refusal=TaskChanged())
