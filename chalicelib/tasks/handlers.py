"""What opens, drops and hands over tasks."""

from ..identity.leavers.hand_over import Order
from ..platform.context import Context
from ..platform.events import Event
from ..platform.queues import Consumers
from . import opening
from .handing_over import hand_over_tasks

consumers = Consumers("tasks")


@consumers.on("task.wanted")
def open_task(context: Context, event: Event) -> None:
    """Something is to be done."""
    opening.open_task(context, event)


@consumers.on("task.unwanted")
def cancel_task(context: Context, event: Event) -> None:
    """It is not to be done any more."""
    opening.cancel_task(context, event)


@consumers.on("member.left")
def hand_over(context: Context, event: Event) -> None:
    """Someone has left; what they had to do is not lost."""
    hand_over_tasks(context, Order.of(event))
