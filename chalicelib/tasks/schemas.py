"""What clients send and get: tasks."""

from typing import Annotated, Literal

from pydantic import Field

from ..platform.http import Answer, Body, Instant, PageQuery
from .work_queues import WorkQueue

UserId = Annotated[str, Field(pattern=r"^usr_[0-9A-Z]{26}$")]


class TaskQuery(PageQuery):
    """The open tasks of a queue; your own, of all queues, if `queue` is left out."""

    queue: WorkQueue | None = None


class Assignment(Body):
    """Whose it is to do; null gives it back to the queue."""

    assignee_id: UserId | None


class Completion(Body):
    """How it ended: a review is `justified` or `unjustified`, all else `done` or `not_needed`."""

    outcome: Literal["done", "not_needed", "justified", "unjustified"]


class TaskView(Answer):
    """`subject` is the record it is about."""

    id: str
    version: int
    queue: str
    kind: str = Field(validation_alias="task_kind")
    subject: str
    patient_id: str | None
    assignee_id: str | None
    due: Instant | None
    status: str
    created_at: Instant
    outcome: str | None
    closed_by: str | None
    closed_at: Instant | None
