"""What downtime does off custody's queue: one message a run, and all of a practice's files.

For a suspended practice, too: its patients are seen while it is sorted out.
"""

from ..custody.handlers import consumers
from ..platform.context import Context
from ..platform.events import Event
from . import asking, making
from .models import LATE, NIGHT, DowntimePack, DowntimePlan


@consumers.when_due(NIGHT, while_paused=True)
def begin_night(context: Context, plan: DowntimePlan) -> None:
    """Evening has come at one of its locations."""
    asking.begin_night(context, plan)


@consumers.on("downtime_pack.wanted", while_paused=True)
def make_pack(context: Context, event: Event) -> None:
    """A location's pack of a night."""
    making.make_pack(context, event)


@consumers.when_due(LATE, while_paused=True)
def give_up(context: Context, pack: DowntimePack) -> None:
    """A pack that is not there."""
    asking.give_up(context, pack)
