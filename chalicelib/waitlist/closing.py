"""A wish is over: withdrawn, lapsed, its patient booked in whatever way, or no longer seen."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from ..platform.clock import iso
from ..platform.context import Context
from ..platform.events import Event
from ..platform.store import find
from ..scheduling.local_time import local_day
from ..scheduling.models import Appointment
from ..scheduling.progress import Progress, Status
from .ending import give_back
from .errors import WishChanged
from .models import BOOKED, CLOSED, OPEN, TAKEN_BACK, Wish
from .standing import find_standing, wishes_of

LAPSED = "lapsed"
BOOKS = ("appointment.booked", "appointment.reinstated")
_WALKED_IN = timedelta(minutes=15)


def close_wish(context: Context, wish: Wish, status: str, reason: str | None = None) -> None:
    """Stage that it is over, and with it what is offered to it now."""
    standing = find_standing(context, wish.id, wish.offer_id) if wish.offer_id else None
    wish.end(status, reason)
    if standing is None or standing.offer.status != OPEN:
        context.work.save(wish, refusal=WishChanged())
    else:
        give_back(context, replace(standing, wish=wish), TAKEN_BACK)


def let_lapse(context: Context, wish: Wish) -> None:
    """It was to be kept until now."""
    if not wish.over and wish.duesk is not None and wish.duesk <= f"{iso(context.now())}#":
        context.concerns(wish.patient_id)
        close_wish(context, wish, CLOSED, LAPSED)


def close_wishes(context: Context, patient_id: str, why: str) -> None:
    """The patient is deceased, inactive, or somebody else's record now."""
    for wish in wishes_of(context, patient_id):
        if not wish.over:
            close_wish(context, wish, CLOSED, why)


def follow_visit(context: Context, event: Event) -> None:
    """A visit was booked, moved, or is over: who waited for it waits no more.

    The visit as it stands now decides, so that events may come again and in any order; but what was
    booked before a wish was entered does not end it.
    """
    key = Appointment.key(context.practice_id, event.subject)
    visit = find(Appointment, key, consistent=True)
    if visit is None:
        return
    context.concerns(visit.patient_id)
    booked_at = event.occurred_at if event.type in BOOKS else None
    for wish in wishes_of(context, visit.patient_id):
        if wish.over:
            continue
        if wish.appointment_id == visit.id:
            _follow_own(context, wish, visit)
        elif booked_at is not None and booked_at >= wish.since and _is_wished(wish, visit):
            wish.booked_id = visit.id
            close_wish(context, wish, BOOKED)


def _follow_own(context: Context, wish: Wish, visit: Appointment) -> None:
    """The later visit that was to be moved: moved, over, or no more."""
    if visit.status in (Status.CANCELLED, Status.NO_SHOW, Status.ENTERED_IN_ERROR):
        wish.appointment_id = wish.earlier_than = None
        context.work.save(wish, refusal=WishChanged())
    elif _has_come(visit) or visit.starts_at < wish.earlier_than:
        wish.booked_id = visit.id
        close_wish(context, wish, BOOKED)
    elif visit.starts_at > wish.earlier_than:
        wish.earlier_than = visit.starts_at
        context.work.save(wish, refusal=WishChanged())


def _has_come(visit: Appointment) -> bool:
    return visit.status == Status.FULFILLED or visit.progress != Progress.NONE


def _is_wished(wish: Wish, visit: Appointment) -> bool:
    """Of the wished type, within the wished days, and neither past nor after what is to be moved."""
    day = local_day(visit.starts_at, ZoneInfo(visit.time_zone))
    return bool(
        visit.status == Status.BOOKED
        and visit.type_id == wish.type_id
        and visit.starts_at >= wish.since - _WALKED_IN
        and (wish.last_day is None or day <= wish.last_day)
        and (wish.earlier_than is None or visit.starts_at < wish.earlier_than)
    )
