"""What scheduling does off its queue: completing visits, handing over."""

from ..identity.leavers.hand_over import Order
from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from .arrivals import complete_visit
from .handing_over import hand_over_appointments
from .holds.holding import LAPSE
from .holds.lapsing import let_lapse
from .models import SlotHold

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


@consumers.when_due(LAPSE)
def end_lapsed_hold(context: Context, hold: SlotHold) -> None:
    """Nobody booked it."""
    let_lapse(context, hold)
