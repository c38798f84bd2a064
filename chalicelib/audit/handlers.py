"""What the audit does off its queue: rows, seals, locked heads. None of it leaves an entry of its own.

A suspended practice is watched like any other.
"""

from ..platform.audit_stream import WRITTEN, entries_in
from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from . import noting, sealing
from .models import ChainHead, SealDue

consumers = Consumers("audit")


@consumers.on(WRITTEN, while_paused=True)
def note_entries(context: Context, event: Event) -> None:
    """Entries were written."""
    noting.note_entries(context, entries_in(event))


@consumers.when_due(noting.SEAL, while_paused=True)
def seal_entries(context: Context, due: SealDue) -> None:
    """Entries wait for a seal."""
    sealing.seal_entries(context, due)


@consumers.when_due(sealing.ANCHOR, while_paused=True)
def lock_head(context: Context, head: ChainHead) -> None:
    """The chain's head is to be locked away."""
    sealing.lock_head(context, head)
