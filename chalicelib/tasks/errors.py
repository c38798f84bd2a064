"""What tasks refuse."""

from ..platform.errors import Conflict, Forbidden


class TaskTaken(Conflict):
    """It is somebody else's; they, or who manages members, hand it on."""

    code = "task_taken"
    title = "Somebody else has this task"


class TaskClosed(Conflict):
    """Done or cancelled; reopen it first."""

    code = "task_closed"
    title = "This task is closed"


class TaskOpen(Conflict):
    """It is open already."""

    code = "task_open"
    title = "This task is open"


class TaskChanged(Conflict):
    """Somebody changed it at the same moment; read it again."""

    code = "task_changed"
    title = "This task has just been changed"


class OwnReview(Forbidden):
    """Nobody reviews what they did themselves."""

    code = "own_review"
    title = "Somebody else has to review this"
