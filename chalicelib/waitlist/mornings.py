"""A freed time that everybody whom it suits sleeps through: left until they may be told, or a task."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.due import set_due
from ..platform.errors import AlreadyDone
from .matching import Freed
from .models import MAY_BE_TOLD, NightlySlot

TO_CALL = "waitlist_slot_free"
"""Kind of the task: the subject is the wish that it suits best."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """Somebody whom it suits and who is not written to now; `at` is when they may be, in time."""

    wish_id: str
    patient_id: str
    at: datetime | None


def leave_for_later(
    context: Context, freed: Freed, night: Sequence[NotNow], slot: NightlySlot | None
) -> None:
    """Stage that it is offered again when the first of them may be told.

    Where nobody may be in time to answer, the front desk is asked to call the first, once.
    """
    times = [each.at for each in night if each.at is not None]
    if not night:
        if slot is not None:
            context.work.remove(slot, refusal=AlreadyDone())
        return
    left = slot or NightlySlot(
        *NightlySlot.key(context.practice_id, freed),
        practitioner_id=freed.practitioner_id,
        location_id=freed.location_id,
        starts_at=freed.starts_at,
        ends_at=freed.ends_at,
        given_up_by=freed.given_up_by,
    )
    set_due(left, MAY_BE_TOLD, min(times, default=freed.ends_at))
    if left.version == 0:
        context.work.create(left, refusal=AlreadyDone())
    else:
        context.work.save(left, refusal=AlreadyDone())
    if not times:
        outbox.publish(
            context,
            "task.wanted",
            night[0].wish_id,
            1,
            queue="front_desk",
            kind=TO_CALL,
            patient_id=night[0].patient_id,
            due=iso(freed.starts_at),
        )
