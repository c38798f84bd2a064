"""From the appointment to its encounter: what the one knows, and events do not tell."""

from ..clinical.coding import CodedReason
from ..clinical.encounters import give_reason, start_at_check_in
from ..platform.context import Context
from ..platform.events import Event
from ..platform.store import find
from ..scheduling.models import Appointment
from ..scheduling.progress import Progress
from ..scheduling.reasons.models import Reason

NOT_BEGUN = (Progress.NONE, Progress.ARRIVED)


def begin_encounter(context: Context, event: Event) -> None:
    """The encounter of who is checked in, with the reason that the visit has now."""
    start_at_check_in(context, event, *_why(_appointment(context, event)))


def hand_on_reason(context: Context, event: Event) -> None:
    """To the encounter, if it has begun; check-in gives it to one that begins later."""
    appointment = _appointment(context, event)
    if appointment is not None and appointment.progress not in NOT_BEGUN:
        give_reason(context, event, *_why(appointment))


def _appointment(context: Context, event: Event) -> Appointment | None:
    return find(Appointment, Appointment.key(context.practice_id, event.subject), consistent=True)


def _why(appointment: Appointment | None) -> tuple[CodedReason | None, str | None]:
    """The code, and the words beside it."""
    reason: Reason | None = appointment.reason if appointment else None
    if reason is None:
        return None, None
    return CodedReason(reason.system, reason.code, reason.display), reason.text
