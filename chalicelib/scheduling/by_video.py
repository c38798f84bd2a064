"""A patient's way through a video visit: the waiting room, and the provider's own door."""

from ..platform.context import Context
from ..platform.store import find
from .events import tell
from .models import Appointment
from .progress import Progress, Status, leads_to

_WAYS = {
    Progress.ARRIVED: (Progress.ARRIVED,),
    Progress.WITH_PROVIDER: (Progress.CHECKED_IN, Progress.WITH_PROVIDER),
}
"""Nobody is roomed by video, and who is let in is checked in by that."""


def note_by_video(context: Context, appointment_id: str, progress: Progress) -> None:
    """The patient has come as far as this; nothing where they are further, or nothing is booked."""
    key = Appointment.key(context.practice_id, appointment_id)
    appointment = find(Appointment, key, consistent=True)
    if appointment is None or appointment.status != Status.BOOKED:
        return
    context.concerns(appointment.patient_id)
    taken = [step for step in _WAYS[progress] if _takes(appointment, step, context)]
    if not taken:
        return
    context.work.save(appointment)
    if Progress.CHECKED_IN in taken:
        tell(context, "checked_in", appointment)


def _takes(appointment: Appointment, step: Progress, context: Context) -> bool:
    if not leads_to(Progress(appointment.progress), step):
        return False
    appointment.advance(step, context.now(), context.actor.id)
    return True
