"""What operations do when something happened to a practice: keep the directory."""

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from . import directory

consumers = Consumers("operations")


@consumers.on("practice.founded", while_paused=True)
@consumers.on("practice.verified", while_paused=True)
@consumers.on("practice.renamed", while_paused=True)
@consumers.on("practice.suspended", while_paused=True)
@consumers.on("practice.resumed", while_paused=True)
def note_practice(context: Context, _event: Event) -> None:
    """The directory shows the practice as it is now."""
    directory.note_practice(context)


@consumers.on("storage.mark_changed", while_paused=True)
def note_storage(context: Context, event: Event) -> None:
    """The directory shows whose storage is nearly full, or full."""
    directory.note_storage(context, int(event.data["mark"]))
