"""What the front desk does where several domains meet, off the queue of the one that it changes."""

from ..clinical.handlers import consumers
from ..platform.context import Context
from ..platform.events import Event
from ..scheduling.handlers import consumers as scheduling
from . import asking, visits


@scheduling.on("appointment.booked")
def ask_for_forms_of_visit(context: Context, event: Event) -> None:
    """The forms that the visit needs are outstanding."""
    asking.ask_for_forms(context, event)


@consumers.on("appointment.checked_in")
def start_encounter_of_appointment(context: Context, event: Event) -> None:
    """The visit begins: its encounter waits for the practitioner."""
    visits.begin_encounter(context, event)


@consumers.on("appointment.reason_changed")
def tell_encounter_why(context: Context, event: Event) -> None:
    """One that has begun has the reason that its visit has."""
    visits.hand_on_reason(context, event)
