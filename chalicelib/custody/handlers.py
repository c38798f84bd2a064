"""What custody does off its queue: slices of exports and erasures, and the end of a time of grace."""

from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from . import closing, erasing, erasures, exporting
from .models import Closing, Erasure

consumers = Consumers("custody")


@consumers.on("export.step")
def write_slice(context: Context, event: Event) -> None:
    """The next slice of an export."""
    exporting.write_slice(context, event)


@consumers.on("export.ready")
def tell_custodian(context: Context, event: Event) -> None:
    """The custodian of a closing practice gets the link by which to confirm the final export."""
    closing.tell_custodian(context, event)


@consumers.when_due(closing.DUE)
def end_grace(context: Context, record: Closing) -> None:
    """The practice is closed."""
    closing.end_grace(context, record)


@consumers.when_due(erasures.BEGINS)
def begin_erasure(context: Context, record: Erasure) -> None:
    """All is quiet, and the practice's records go."""
    erasures.begin_erasure(context, record)


@consumers.on("erasure.step")
def erase_slice(context: Context, event: Event) -> None:
    """The next slice of an erasure."""
    erasing.erase_slice(context, event)
