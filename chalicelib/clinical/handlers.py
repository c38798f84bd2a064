"""What the clinical record does when something happened."""

from ..identity.leavers.hand_over import Order
from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from .handing_over import hand_over_drafts
from .video_visits import note_video_visit

consumers = Consumers("clinical")


@consumers.on("video_visit.attended")
def note_attendance(context: Context, event: Event) -> None:
    """Somebody came to a video visit, or went: its encounter has it."""
    note_video_visit(context, event)


@consumers.on("member.left")
def hand_over(context: Context, event: Event) -> None:
    """What they have not signed waits for their successor."""
    hand_over_drafts(context, Order.of(event))
