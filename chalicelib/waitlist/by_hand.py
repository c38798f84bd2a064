"""Staff offer a time to a wish that they choose."""

from datetime import timedelta

from ..messaging.channels import is_written_to
from ..messaging.plan import read_plan
from ..messaging.planning import zone_of
from ..platform.context import Context
from ..platform.errors import NotFound, invalid_field
from ..platform.store import find_many, get
from ..scheduling.placing import bookable_start, refuse_elsewhere
from ..scheduling.set_up.models import AppointmentType
from .errors import OfferedBefore, OfferOpen, QuietNow, WishOver
from .making import Candidate, make_offer
from .matching import Freed, Opening, answer_until
from .models import Offer, Wish
from .openings import FreeTime, free_time
from .policy import read_policy
from .schemas import OfferRequest


def offer_by_hand(context: Context, wish_id: str, body: OfferRequest) -> Offer:
    """Hold a time for a wish and tell its patient, or leave the telling to the caller (`by_phone`).

    Whether it suits what was wished is the caller's to judge. Errors are a hold's, and OfferOpen,
    OfferedBefore, QuietNow, WishOver (409); Invalid (422) for a start too near to answer.
    """
    refuse_elsewhere(context, body.location_id)
    starts_at = bookable_start(context, body.starts_at)
    wish = _open_wish(context, wish_id)
    kind = get(AppointmentType, AppointmentType.key(context.practice_id, wish.type_id))
    own = kind.demand()
    ends_at = starts_at + timedelta(minutes=own.length)
    opening = Opening(starts_at, ends_at, own.before, own.after, body.room_id)
    freed = Freed(body.practitioner_id, body.location_id, starts_at, ends_at)
    candidate, free = _candidate(context, wish, freed, opening)
    _refuse(candidate, freed, opening)
    if not body.by_phone:
        _refuse_at_night(context, candidate, free)
    until = answer_until(
        starts_at,
        now=context.now(),
        minutes=read_policy(context).offer_minutes,
        notice_minutes=0,
    )
    if until is None:
        raise invalid_field("starts_at", "too_soon", "There is no time left to answer")
    return make_offer(
        context,
        candidate,
        freed,
        opening,
        until=until,
        time_zone=free.zone.key,
        by_phone=body.by_phone,
    )


def _open_wish(context: Context, wish_id: str) -> Wish:
    wish = get(Wish, Wish.key(context.practice_id, wish_id))
    if wish.location_ids and not any(map(context.allows_at, wish.location_ids)):
        raise NotFound
    context.concerns(wish.patient_id)
    if wish.over:
        raise WishOver
    return wish


def _candidate(
    context: Context, wish: Wish, freed: Freed, opening: Opening
) -> tuple[Candidate, FreeTime]:
    free = free_time(context, freed)
    found = find_many(Candidate.keys_of(context.practice_id, wish, free), consistent=True)
    return Candidate.of(context.practice_id, wish, [opening], found, free), free


def _refuse(candidate: Candidate, freed: Freed, opening: Opening) -> None:
    """What the list itself would not offer them."""
    if candidate.patient is None or not is_written_to(candidate.patient):
        raise WishOver
    if candidate.waiting.offer_id:
        raise OfferOpen
    span = opening.starts_at, opening.ends_at
    if candidate.waiting.was_offered(freed.practitioner_id, *span):
        raise OfferedBefore
    visit = candidate.visit
    if visit is not None and visit.starts_at <= opening.starts_at:
        raise invalid_field("starts_at", "not_earlier", "The visit to be moved begins before it")


def _refuse_at_night(context: Context, candidate: Candidate, free: FreeTime) -> None:
    zone = zone_of(candidate.patient, free.zone.key)
    if read_plan(context).quiet.hold(context.now(), zone):
        raise QuietNow
