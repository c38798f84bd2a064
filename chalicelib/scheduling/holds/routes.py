"""Routes of holds."""

from datetime import timedelta

from ...identity.permissions import Permission
from ...platform.context import Context
from ...platform.http import Routes
from . import holding
from .schemas import SlotHoldRequest, SlotHoldView

routes = Routes("scheduling")


@routes.post("/v1/slot-holds", permission=Permission.BOOK_APPOINTMENT, status=201)
def hold_slot(context: Context, body: SlotHoldRequest) -> SlotHoldView:
    """Keep a slot for some minutes. Book it with `slot_hold_id`, or let it lapse.

    409 `slot_taken` names what is taken; 422 `outside_availability`.
    """
    until = context.now() + timedelta(minutes=body.minutes)
    return SlotHoldView.model_validate(holding.hold_slot(context, body, until=until))


@routes.get("/v1/slot-holds/{slot_hold_id}", permission=Permission.READ_SCHEDULE)
def read_slot_hold(context: Context, slot_hold_id: str) -> SlotHoldView:
    """A hold, while it holds. 409 `hold_lapsed`."""
    return SlotHoldView.model_validate(holding.read_hold(context, slot_hold_id))


@routes.delete("/v1/slot-holds/{slot_hold_id}", permission=Permission.BOOK_APPOINTMENT)
def release_slot_hold(context: Context, slot_hold_id: str) -> None:
    """Let the slot go before the hold lapses."""
    holding.give_up_hold(context, slot_hold_id)
