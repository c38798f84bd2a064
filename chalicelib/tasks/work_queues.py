"""The queues of work: whose they are, and how a task may end."""

from collections.abc import Callable
from enum import StrEnum

from ..identity.permissions import Permission


class WorkQueue(StrEnum):
    """Where a task waits. Who has the queue's permission sees it and works on it."""

    GENERAL = "general"
    FRONT_DESK = "front_desk"
    CLINICAL = "clinical"
    BILLING = "billing"
    PRACTICE = "practice"
    PRIVACY = "privacy"


PERMISSION_OF: dict[WorkQueue, Permission] = {
    WorkQueue.GENERAL: Permission.WORK_TASKS,
    WorkQueue.FRONT_DESK: Permission.BOOK_APPOINTMENT,
    WorkQueue.CLINICAL: Permission.READ_CHART,
    WorkQueue.BILLING: Permission.MANAGE_CLAIMS,
    WorkQueue.PRACTICE: Permission.MANAGE_PRACTICE,
    WorkQueue.PRIVACY: Permission.REVIEW_ACCESS,
}

REVIEWS = ("break_glass_review", "care_team_review")
PLAIN = frozenset({"done", "not_needed"})
OUTCOMES_OF = {kind: frozenset({"justified", "unjustified"}) for kind in REVIEWS}
"""How a task of a kind may end, where `PLAIN` does not say it."""


def outcomes_of(kind: str) -> frozenset[str]:
    """The outcomes a task of this kind may have."""
    return OUTCOMES_OF.get(kind, PLAIN)


def queues_of(allows: Callable[[str], bool]) -> frozenset[WorkQueue]:
    """The queues that these permissions open."""
    return frozenset(queue for queue, wanted in PERMISSION_OF.items() if allows(wanted))
