"""What Chime tells of its meetings, off scheduling's queue: few messages, and soon on the board."""

from typing import Any

from ..scheduling.handlers import consumers
from . import chime_events


@consumers.from_bus("aws.chime")
def receive_event(event: dict[str, Any]) -> None:
    """Who is connected to a meeting, who is not, and its end."""
    chime_events.receive_event(event)
