"""Whom a time is offered is told, by the channel they prefer and have agreed to, once."""

from ..messaging.models import FAILED, NOT_SENT, SKIPPED
from ..messaging.sending import Outgoing, decline, send_once
from ..patients.models import Patient
from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.ids import derived_id
from ..platform.store import find_many
from ..practices.errors import PlanLimitReached
from ..practices.models import Location, Practice
from .ending import give_back
from .models import EXPIRED, UNREACHABLE, Offer
from .offer_texts import OfferWriter, spoken_in
from .offer_tokens import OfferToken
from .standing import find_standing

TEMPLATE = "waitlist_offer"
OVER = "offer_over"


def tell_offer(context: Context, wish_id: str, offer_id: str) -> None:
    """Send the message, unless that was done or the offer is over. Safe to repeat.

    Whom no channel reaches has the offer no longer, and there is a task (messaging asks for it).
    Where the practice's plan holds no more messages, nobody after them would be reached either: the
    offer stands, for the front desk to call.
    Unavailable where it surely did not go out: the queue brings it again.
    """
    standing = find_standing(context, wish_id, offer_id)
    if standing is None or standing.offer.by_phone or not standing.offer.is_open(context.now()):
        return
    patient, outgoing = _message_of(context, standing.offer)
    message = send_once(context, patient, outgoing) if patient else None
    status = message.status if message else SKIPPED
    if status == NOT_SENT:
        raise Unavailable(retry_after=5)
    if status in (FAILED, SKIPPED) and not (message and message.reason == PlanLimitReached.code):
        give_back(context, standing, UNREACHABLE)


def stop_telling(context: Context, wish_id: str, offer_id: str) -> None:
    """The offer has expired: a message that could not go out will not, and the front desk has a task."""
    standing = find_standing(context, wish_id, offer_id)
    if standing is None or standing.offer.status != EXPIRED or standing.offer.by_phone:
        return
    patient, outgoing = _message_of(context, standing.offer)
    if patient is not None:
        decline(context, patient, outgoing, OVER)


def _message_of(context: Context, offer: Offer) -> tuple[Patient | None, Outgoing]:
    """One BatchGet: patient, practice, location."""
    practice_id = context.practice_id
    keys = (
        Patient.key(practice_id, offer.patient_id),
        Practice.key(practice_id),
        Location.key(practice_id, offer.location_id),
    )
    context.concerns(offer.patient_id)
    found = find_many(keys, consistent=True)
    patient, practice, location = (found.get(key) for key in keys)
    phones = [each.phone for each in (location, practice) if isinstance(each, Location | Practice)]
    known = patient if isinstance(patient, Patient) else None
    token = OfferToken(practice_id, offer.wish_id, offer.number)
    writer = OfferWriter(
        spoken_in(known.language if known else None, context.tenant.locale),
        offer.zone,
        offer.starts_at,
        offer.until,
        {
            "practice": practice.name if isinstance(practice, Practice) else "",
            "phone": next(filter(None, phones), ""),
            "first_name": (known.name.preferred or known.name.given or "") if known else "",
            "link": f"{settings().app_url}/offer/{token.secret()}",
        },
    )
    message_id = derived_id("msg", offer.id)
    return known, Outgoing(message_id, TEMPLATE, offer.id, writer.written)
