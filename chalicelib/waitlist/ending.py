"""How an offer ends without a visit: declined, expired, taken back. Its time is free for the next."""

from ..platform import outbox
from ..platform.context import Context
from ..platform.store import find
from ..scheduling.holds.lapsing import release
from ..scheduling.holds.models import SlotHold
from .errors import OfferSpent, WishChanged
from .models import EXPIRED, OPEN, WAITING, Offer
from .standing import Standing, find_standing


def give_back(context: Context, standing: Standing, status: str) -> None:
    """Stage that the offer ends with `status`: its hold is released, and who waits next is offered it."""
    end_offer(context, standing, status)
    hold = find(SlotHold, SlotHold.key(context.practice_id, standing.offer.slot_hold_id))
    if hold is not None and not hold.has_lapsed(context.now()):
        release(context, hold)


def end_offer(context: Context, standing: Standing, status: str) -> None:
    """Stage that it is answered or over; the wish is staged with it, and waits unless it is over.

    OfferSpent (409) for one that is over, here or at the commit.
    """
    wish, offer, waiting = standing.wish, standing.offer, standing.waiting
    if offer.status != OPEN:
        raise OfferSpent
    offer.end(status, context.now(), (context.trace.actor or context.actor).id)
    context.work.save(offer, refusal=OfferSpent())
    if not wish.over:
        wish.status = WAITING
    wish.offer_id = None
    context.work.save(wish, refusal=WishChanged())
    if waiting.offer_id == offer.id:
        waiting.offer_id = None
        context.work.save(waiting, refusal=WishChanged())
    data = {"wish_id": wish.id, "patient_id": wish.patient_id, "status": status}
    outbox.publish(context, "waitlist_offer.ended", offer.id, offer.version, **data)


def expire(context: Context, offer: Offer) -> None:
    """Nobody answered in time. Its hold lapses by itself in the same minute, and tells that it is free."""
    standing = find_standing(context, offer.wish_id, offer.id)
    if standing is None or standing.offer.status != OPEN or context.now() < standing.offer.until:
        return
    end_offer(context, standing, EXPIRED)
