"""A task: something for somebody to do, in a partition of its own."""

from pynamodb.attributes import UnicodeAttribute

from ..platform.clock import iso
from ..platform.store import IdInKey, InstantAttribute, Key, Record, join

OPEN, DONE, CANCELLED = "open", "done", "cancelled"


class Task(Record):
    """What an event asked for. Ids and codes only: what it is about is read where it lies.

    While open it is on its queue's list (gs1), and on its assignee's (gs2). `about_id` is whose act
    it reviews: they do not close it.
    """

    KIND = "task"

    id = IdInKey("tsk")
    queue = UnicodeAttribute()
    task_kind = UnicodeAttribute()
    subject = UnicodeAttribute()
    patient_id = UnicodeAttribute(null=True)
    assignee_id = UnicodeAttribute(null=True)
    about_id = UnicodeAttribute(null=True)
    due = InstantAttribute(null=True)
    status = UnicodeAttribute(default=OPEN)
    source_event = UnicodeAttribute()
    created_at = InstantAttribute()
    outcome = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)
    closed_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, task_id: str) -> Key:
        """`prc_1#tsk_2#` / `task#`."""
        return Key(join(practice_id, task_id), "task#")

    @classmethod
    def of_queue(cls, practice_id: str, queue: str) -> str:
        """gs1 `prc_1#tasks#privacy#` / `2026-03-02T14:00:00.000000Z#tsk_2#`: open, the first due first."""
        return join(practice_id, "tasks", queue)

    @classmethod
    def of_assignee(cls, practice_id: str, user_id: str) -> str:
        """gs2 `prc_1#tasks#usr_3#` / as on gs1: what is somebody's."""
        return join(practice_id, "tasks", user_id)

    def list_while_open(self, practice_id: str) -> None:
        """Be on the lists it belongs on now. What has no due time comes last, oldest first."""
        self.gs1pk = self.gs1sk = self.gs2pk = self.gs2sk = None
        if self.status != OPEN:
            return
        since = iso(self.due) if self.due else f"~{iso(self.created_at)}"
        self.gs1pk, self.gs1sk = self.of_queue(practice_id, self.queue), join(since, self.id)
        if self.assignee_id:
            self.gs2pk = self.of_assignee(practice_id, self.assignee_id)
            self.gs2sk = self.gs1sk
