"""What the clinical record does when something happened."""

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from .encounters import start_at_check_in

consumers = Consumers("clinical")


@consumers.on("appointment.checked_in")
def start_encounter_of_appointment(context: Context, event: Event) -> None:
    """The visit begins: its encounter waits for the practitioner."""
    start_at_check_in(context, event)
