"""What operations do when something happened to a practice: keep the directory."""

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from . import directory

consumers = Consumers("operations")


@consumers.on("practice.founded")
@consumers.on("practice.verified")
@consumers.on("practice.renamed")
@consumers.on("practice.suspended")
@consumers.on("practice.resumed")
def note_practice(context: Context, _event: Event) -> None:
    """The directory shows the practice as it is now."""
    directory.note_practice(context)
