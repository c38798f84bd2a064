"""Handing a practice over: its owner offers, a member accepts, and the roles change hands at once."""

from datetime import timedelta

from ...platform import outbox
from ...platform.context import Context
from ...platform.errors import NotFound
from ...platform.store import find, get
from ...practices.models import Practice
from ..errors import OfferOver
from ..models import Member
from ..notices import EVENT, OWNERSHIP_GIVEN, OWNERSHIP_OFFERED, OWNERSHIP_TAKEN
from ..permissions import Role
from ..standing import ACTIVE
from .giving import is_active_owner
from .models import OwnershipOffer

OFFER_LIVES = timedelta(days=7)


def offer_ownership(context: Context, user_id: str) -> OwnershipOffer:
    """Offer it to an active member for seven days; a later offer replaces an earlier one.

    NotFound (404) for anybody else, oneself included.
    """
    member = get(Member, Member.key(context.practice_id, user_id))
    if member.status != ACTIVE or user_id == context.actor.id:
        raise NotFound
    key = OwnershipOffer.key(context.practice_id)
    before = find(OwnershipOffer, key)
    offer = before or OwnershipOffer(*key)
    offer.user_id, offer.by = user_id, context.actor.id
    offer.ends_at = context.now() + OFFER_LIVES
    offer.expires_at = int(offer.ends_at.timestamp())
    if before is None:
        context.work.create(offer)
    else:
        context.work.save(offer)
    _tell(context, user_id, OWNERSHIP_OFFERED)
    return offer


def accept_ownership(context: Context) -> Practice:
    """Become the owner; who offered it keeps their other roles, or becomes a manager.

    NotFound (404) without an offer to the caller, OfferOver (409) after seven days or once who
    made it owns the practice no more.
    """
    offer = find(OwnershipOffer, OwnershipOffer.key(context.practice_id))
    if offer is None or offer.user_id != context.actor.id:
        raise NotFound
    giver = get(Member, Member.key(context.practice_id, offer.by))
    taker = get(Member, Member.key(context.practice_id, offer.user_id))
    if offer.ends_at <= context.now() or not is_active_owner(giver):
        raise OfferOver
    giver.roles = (set(giver.roles) - {Role.OWNER.value}) or {Role.MANAGER.value}
    taker.roles = {*taker.roles, Role.OWNER.value}
    practice = get(Practice, Practice.key(context.practice_id))
    practice.owner_id = offer.user_id
    if practice.owners:
        practice.owners = (set(practice.owners) - {offer.by}) | {offer.user_id}
    for record in (giver, taker, practice):
        context.work.save(record)
    context.work.remove(offer)
    _tell(context, offer.by, OWNERSHIP_GIVEN)
    _tell(context, offer.user_id, OWNERSHIP_TAKEN)
    return practice


def _tell(context: Context, user_id: str, notice: str) -> None:
    outbox.publish(context, EVENT, user_id, 1, notice=notice)
