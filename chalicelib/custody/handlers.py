"""What custody does off its queue: slices of exports."""

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from . import exporting

consumers = Consumers("custody")


@consumers.on("export.step")
def write_slice(context: Context, event: Event) -> None:
    """The next slice of an export."""
    exporting.write_slice(context, event)
