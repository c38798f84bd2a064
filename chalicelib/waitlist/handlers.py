"""What the waiting list does: on scheduling's queue what follows the schedule, on messaging's the telling."""

from ..messaging.handlers import consumers as messengers
from ..platform.context import Context
from ..platform.events import Event
from ..scheduling.handlers import consumers
from . import closing, ending, offering, telling
from .models import MAY_BE_TOLD, OFFER_EXPIRES, WISH_LAPSES, NightlySlot, Offer, Wish


@consumers.on("slot.freed")
def offer_freed_time(context: Context, event: Event) -> None:
    """Whoever waits for it is offered it."""
    offering.offer_time_of(context, event)


@consumers.on("appointment.booked")
@consumers.on("appointment.rescheduled")
@consumers.on("appointment.checked_in")
@consumers.on("appointment.completed")
@consumers.on("appointment.cancelled")
@consumers.on("appointment.no_show")
@consumers.on("appointment.reinstated")
def follow_visit(context: Context, event: Event) -> None:
    """Who has a visit waits for it no more."""
    closing.follow_visit(context, event)


@consumers.on("patient.no_longer_seen")
def close_wishes(context: Context, event: Event) -> None:
    """A deceased or inactive patient waits for nothing."""
    closing.close_wishes(context, event.subject, event.data["why"])


@consumers.when_due(MAY_BE_TOLD)
def offer_in_the_morning(context: Context, slot: NightlySlot) -> None:
    """The first who slept through it may be told."""
    offering.offer_freed(context, slot.freed, slot)


@consumers.when_due(OFFER_EXPIRES)
def expire_offer(context: Context, offer: Offer) -> None:
    """Nobody answered in time."""
    ending.expire(context, offer)


@consumers.when_due(WISH_LAPSES)
def let_wish_lapse(context: Context, wish: Wish) -> None:
    """It was to be kept until now."""
    closing.let_lapse(context, wish)


@messengers.on("waitlist_offer.made")
def tell_offer(context: Context, event: Event) -> None:
    """They are told, once."""
    telling.tell_offer(context, event.data["wish_id"], event.subject)


@messengers.on("waitlist_offer.ended")
def stop_telling(context: Context, event: Event) -> None:
    """What did not go out will not."""
    telling.stop_telling(context, event.data["wish_id"], event.subject)
