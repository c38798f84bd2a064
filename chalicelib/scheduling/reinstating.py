"""Taking back a cancellation or a no-show that was entered in error: the visit is booked again."""

from dataclasses import replace

from ..patients.authorizations import standings_of
from ..platform.context import Context
from ..platform.overlap import while_waiting
from ..platform.store import find_many
from .appointments import read_appointment
from .authorizing import authorize
from .errors import NotEnded
from .events import tell
from .holds.lapsing import end_lapsed
from .models import Appointment
from .occupants import occupant_of
from .overbooking import may_overbook
from .progress import OverbookReason, Status
from .sessions.rejoining import rejoin
from .taking import exchange

REINSTATED = "reinstated"
ENDED = (Status.CANCELLED, Status.NO_SHOW)


def reinstate(
    context: Context, appointment_id: str, overbook: OverbookReason | None
) -> Appointment:
    """Book a visit again as it stood, at its own time, which may have passed.

    NotEnded (409) unless it was cancelled or missed; SlotTaken (409) where its time is another's
    by now; beside the provider's other visits as booking does. A fee for it is taken back.
    """
    appointment = read_appointment(context, appointment_id)
    if appointment.status not in ENDED:
        raise NotEnded
    beside = may_overbook(context, overbook)
    come = replace(occupant_of(appointment), overbooked=beside)
    standings = while_waiting(standings_of, context, appointment.patient_id)
    found = find_many(come.buckets, consistent=True) | rejoin(context, appointment)
    gone = end_lapsed(context, [come], found)
    met = exchange(context, come=[come], gone=gone, days=found)
    was, appointment.status, appointment.late = appointment.status, Status.BOOKED, None
    appointment.overbooked = overbook if met else None
    authorize(context, appointment, standings.result())
    appointment.step(REINSTATED, context.now(), context.actor.id)
    context.work.save(appointment)
    tell(context, "reinstated", appointment, was=was)
    return appointment
