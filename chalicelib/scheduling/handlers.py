"""What scheduling does off its queue: completing visits, patients' answers, handing over."""

from ..identity.leavers.hand_over import Order
from ..platform.clock import from_iso
from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from ..platform.store import find
from .answers import cancel_for_patient, note_confirmation
from .arrivals import complete_visit
from .authorizing import authorize_what_is_booked
from .by_video import note_by_video
from .handing_over import hand_over_appointments
from .holds.holding import LAPSE
from .holds.lapsing import let_lapse
from .holds.models import SlotHold
from .progress import Progress
from .series.carrying_out import carry_out
from .sessions.cancelling import carry_out_cancellation
from .sessions.models import GroupSession

consumers = Consumers("scheduling")


@consumers.on("encounter.signed")
def fulfil_appointment(context: Context, event: Event) -> None:
    """A follow-up without an appointment names none."""
    appointment_id = event.data.get("appointment_id")
    if appointment_id:
        complete_visit(context, appointment_id)


@consumers.on("member.left")
def hand_over(context: Context, event: Event) -> None:
    """What is booked with them goes to their successor."""
    hand_over_appointments(context, Order.of(event))


@consumers.on("visit.confirmed")
def confirm_visit(context: Context, event: Event) -> None:
    """The patient answered a reminder: they come."""
    note_confirmation(context, event)


@consumers.on("visit.cancel_wanted")
def cancel_visit(context: Context, event: Event) -> None:
    """The patient answered a reminder: they do not come."""
    cancel_for_patient(context, event)


@consumers.on("series.ordered")
def carry_out_order(context: Context, event: Event) -> None:
    """Book, move or cancel the occurrences of a series."""
    carry_out(context, event.subject)


@consumers.on("group_session.cancelled")
def cancel_seats(context: Context, event: Event) -> None:
    """Each seat of it, by the report."""
    at = event.data["practitioner_id"], from_iso(event.data["starts_at"])
    session = find(GroupSession, GroupSession.key(context.practice_id, *at))
    if session is not None and session.id == event.subject and not session.is_open:
        carry_out_cancellation(context, session)


@consumers.on("authorization.recorded")
def authorize_visits(context: Context, event: Event) -> None:
    """What is booked already comes under it."""
    authorize_what_is_booked(context, event.data["patient_id"])


@consumers.on("video_visit.waiting")
def note_arrival_by_video(context: Context, event: Event) -> None:
    """The patient is in the waiting room of a video visit."""
    note_by_video(context, event.subject, Progress.ARRIVED)


@consumers.on("video_visit.admitted")
def note_admission_by_video(context: Context, event: Event) -> None:
    """The provider has let the patient in."""
    note_by_video(context, event.subject, Progress.WITH_PROVIDER)


@consumers.when_due(LAPSE)
def end_lapsed_hold(context: Context, hold: SlotHold) -> None:
    """Nobody booked it."""
    let_lapse(context, hold)
