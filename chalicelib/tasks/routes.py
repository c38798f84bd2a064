"""Routes of tasks."""

from ..identity.permissions import Permission
from ..platform.context import Context
from ..platform.http import Page, Routes
from . import service
from .schemas import Assignment, Completion, TaskQuery, TaskView

routes = Routes("tasks")
TASK = "/v1/tasks/{task_id}"


@routes.get("/v1/tasks", permission=Permission.WORK_TASKS)
def list_tasks(context: Context, query: TaskQuery) -> Page[TaskView]:
    """The open tasks of a queue, or your own; the first due first. A moment late after a change.

    403 `forbidden` for a queue that your permissions do not open.
    """
    items, cursor = service.list_tasks(context, query)
    return Page[TaskView].model_validate({"items": items, "next_cursor": cursor})


@routes.get(TASK, permission=Permission.WORK_TASKS)
def read_task(context: Context, task_id: str) -> TaskView:
    """One task."""
    return TaskView.model_validate(service.read_task(context, task_id))


@routes.post(f"{TASK}/assign", permission=Permission.WORK_TASKS)
def assign_task(context: Context, task_id: str, body: Assignment) -> TaskView:
    """Take a task, give it to a colleague, or give it back. 409 `task_taken`, `task_closed`."""
    return TaskView.model_validate(service.assign_task(context, task_id, body))


@routes.post(f"{TASK}/complete", permission=Permission.WORK_TASKS)
def complete_task(context: Context, task_id: str, body: Completion) -> TaskView:
    """Say that it is done, and how it ended. 409 `task_closed`; 403 `own_review`."""
    return TaskView.model_validate(service.complete_task(context, task_id, body))


@routes.post(f"{TASK}/reopen", permission=Permission.WORK_TASKS)
def reopen_task(context: Context, task_id: str) -> TaskView:
    """It was not done after all. 409 `task_open`."""
    return TaskView.model_validate(service.reopen_task(context, task_id))
