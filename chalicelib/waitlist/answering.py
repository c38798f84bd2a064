"""What they say whom a time is offered: they take it, and are booked at once, or leave it."""

from ..platform.context import Context
from ..platform.errors import Invalid, NotFound
from ..platform.store import find, get
from ..scheduling.changing import reschedule
from ..scheduling.errors import HoldLapsed
from ..scheduling.holds.holding import book_held
from ..scheduling.holds.models import SlotHold
from ..scheduling.models import Appointment
from ..scheduling.progress import Status
from ..scheduling.schemas import RescheduleRequest
from .ending import end_offer, give_back
from .errors import OfferSpent
from .models import ACCEPTED, BOOKED, DECLINED, Offer
from .standing import Standing, read_standing


def answer_offer(context: Context, wish_id: str, offer_id: str, answer: str) -> Offer:
    """As the patient told the front desk. NotFound; OfferSpent (409); accepting, errors of a booking."""
    standing = read_standing(context, wish_id, offer_id)
    take_answer(context, standing, answer)
    return standing.offer


def take_answer(context: Context, standing: Standing, answer: str) -> None:
    """Stage it. OfferSpent (409) where it is over: expired, answered, taken back."""
    if not standing.offer.is_open(context.now()):
        raise OfferSpent
    if answer == DECLINED:
        give_back(context, standing, DECLINED)
    else:
        _accept(context, standing)


def _accept(context: Context, standing: Standing) -> None:
    """The visit, the end of its hold, of the offer and of the wish: in one transaction."""
    wish, offer = standing.wish, standing.offer
    appointment = _booked(context, standing)
    offer.appointment_id = wish.booked_id = appointment.id
    wish.end(BOOKED)
    end_offer(context, standing, ACCEPTED)


def _booked(context: Context, standing: Standing) -> Appointment:
    """A new visit, or the later one moved here; one that was cancelled meanwhile is none."""
    wish, offer = standing.wish, standing.offer
    try:
        if wish.appointment_id is not None:
            key = Appointment.key(context.practice_id, wish.appointment_id)
            visit = find(Appointment, key, consistent=True)
            if visit is not None and visit.status == Status.BOOKED:
                return reschedule(context, visit.id, _move_to(context, offer))
        return book_held(context, offer.slot_hold_id, patient_id=offer.patient_id)
    except (NotFound, HoldLapsed) as gone:
        raise OfferSpent from gone
    except Invalid as refusal:
        if any(each.field == "slot_hold_id" for each in refusal.errors):
            raise OfferSpent from refusal
        raise


def _move_to(context: Context, offer: Offer) -> RescheduleRequest:
    hold = get(SlotHold, SlotHold.key(context.practice_id, offer.slot_hold_id))
    asked = {
        "starts_at": hold.starts_at,
        "practitioner_id": hold.practitioner_id,
        "location_id": hold.location_id,
        "room_id": hold.room_id,
        "resource_ids": hold.resource_ids,
        "slot_hold_id": hold.id,
    }
    return RescheduleRequest.model_validate(asked)
