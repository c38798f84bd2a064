"""What patients answered to a reminder (messaging tells it): confirmed, or cancelled for them."""

from ..platform import outbox
from ..platform.clock import from_iso, iso
from ..platform.context import Context
from ..platform.events import Event
from ..platform.store import find
from .changing import cancel
from .events import tell
from .models import Appointment
from .progress import CancellationReason, Progress, Status, may_be_cancelled


def note_confirmation(context: Context, event: Event) -> None:
    """The patient means to come. Nothing where the visit has moved meanwhile, or is over."""
    appointment = _meant(context, event)
    if appointment is not None and not appointment.confirmed_by:
        appointment.confirmed_at = event.occurred_at
        appointment.confirmed_by = event.data["channel"]
        context.work.save(appointment)
        tell(context, "confirmed", appointment)


def cancel_for_patient(context: Context, event: Event) -> None:
    """Cancel it for them, as when they said so: a queue makes nobody late. Where that is not possible
    any more, the front desk has a task."""
    appointment = _meant(context, event)
    if appointment is None:
        return
    progress = Progress(appointment.progress)
    if may_be_cancelled(progress) and appointment.starts_at > context.now():
        reason = CancellationReason.PATIENT_REMINDER
        cancel(context, appointment.id, reason, said_at=event.occurred_at)
        return
    outbox.publish(
        context,
        "task.wanted",
        appointment.id,
        appointment.version,
        queue="front_desk",
        kind="visit_cancel_wanted",
        patient_id=appointment.patient_id,
        due=iso(appointment.starts_at),
    )


def _meant(context: Context, event: Event) -> Appointment | None:
    """The visit that the patient spoke of, if it still stands at the time they knew of."""
    context.concerns(event.data["patient_id"])
    key = Appointment.key(context.practice_id, event.subject)
    appointment = find(Appointment, key, consistent=True)
    if appointment is None or appointment.status != Status.BOOKED:
        return None
    return appointment if appointment.starts_at == from_iso(event.data["starts_at"]) else None
