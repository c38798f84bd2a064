"""What a practice's page shows to anybody: what it put online, and free starts. Nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..billing.missed_visits.policy import read_policy
from ..billing.missed_visits.terms import Terms
from ..platform.context import Context
from ..platform.errors import FieldError, invalid_field
from ..platform.overlap import beside
from ..platform.store import find_many, join, query_all
from ..practices.capabilities import Capability
from ..practices.clearances import is_cleared
from ..practices.models import Location
from ..practices.service import list_locations
from ..scheduling.finding import find_slots
from ..scheduling.found_slots import FreeSlot, in_order
from ..scheduling.reasons.listing import read_visit_reasons
from ..scheduling.reasons.models import ListedReason
from ..scheduling.schemas import SlotQuery
from ..scheduling.set_up.models import NOBODY, AppointmentType, Availability
from ..scheduling.set_up.service import list_types
from .models import BookingPage, OnlineDay, Shown
from .schemas import OnlineSlotQuery
from .segments import has_room

MOST_DAYS = 14
MOST_STARTS = 500
_ONE_DAY, A_YEAR = timedelta(days=1), timedelta(days=367)
AT_ONCE = 20
"""As many practitioners as one search has."""
NOT_OFFERED = FieldError("starts_at", "slot_taken", "This time is taken")
"""Whatever stands against a start: who asks is not told by whom it is taken."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be booked, with whom, where; `works_at` by practitioner; `terms` of missed visits."""

    types: list[AppointmentType]
    practitioners: list[Shown]
    works_at: dict[str, list[str]]
    locations: list[Location]
    channels: list[str]
    reasons: list[ListedReason]
    terms: Terms


@dataclass(frozen=True, slots=True)
class Starts:
    """Sorted by time; `more` if later ones were left out."""

    items: list[FreeSlot]
    more: bool


def read_offer(context: Context, page: BookingPage) -> Offer:
    """Two Queries, two GetItems and a BatchGet, side by side."""
    types, places = beside(list_types, context), beside(list_locations, context)
    reasons, policy = beside(read_visit_reasons, context), beside(read_policy, context)
    keys = {each: Availability.key(context.practice_id, each) for each in page.shown}
    hours = find_many(keys.values())
    locations = {each.id: each for each in places.result()}
    works_at = {
        practitioner_id: sorted(found.location_ids & locations.keys())
        for practitioner_id, key in keys.items()
        if isinstance(found := hours.get(key), Availability)
    }
    return Offer(
        types=[each for each in types.result() if is_online(each)],
        practitioners=[each for each in page.practitioners if works_at.get(each.practitioner_id)],
        works_at=works_at,
        locations=[
            each
            for each in locations.values()
            if any(each.id in places for places in works_at.values())
        ],
        channels=channels_of(context),
        reasons=list(reasons.result().reasons),
        terms=policy.result().terms,
    )


def is_online(kind: AppointmentType) -> bool:
    """Whether a page shows it."""
    return bool(kind.online != NOBODY)


def channels_of(context: Context) -> list[str]:
    """Where a code can be sent: by text once operations have verified the practice for it."""
    return ["email", *(["sms"] if is_cleared(context, Capability.SMS) else [])]


def online_type(context: Context, type_id: str) -> AppointmentType:
    """Invalid (422), as for one that is not there, for a type that nobody books online."""
    key = AppointmentType.key(context.practice_id, type_id)
    kind = find_many([key]).get(key)
    if not isinstance(kind, AppointmentType) or not is_online(kind):
        raise invalid_field("type_id", "not_found", "This is not booked online")
    return kind


def online_starts(context: Context, page: BookingPage, asked: OnlineSlotQuery) -> Starts:
    """Free starts that the page's rules allow, of whom it shows.

    Invalid (422): a range that is empty, over 14 days, or too far; what the page does not show.
    """
    refuse_range(asked.from_day, asked.until, today=context.today())
    kind = online_type(context, asked.type_id)
    wanted = list(page.shown)
    if asked.practitioner_id is not None:
        if asked.practitioner_id not in page.shown:
            raise invalid_field("practitioner_id", "not_found", "They are not booked online")
        wanted = [asked.practitioner_id]
    found = free_starts(
        context, page, kind, wanted, first=asked.from_day, last=asked.until,
        location_id=asked.location_id,
    )  # fmt: skip
    return Starts(found[:MOST_STARTS], len(found) > MOST_STARTS)


def free_starts(
    context: Context,
    page: BookingPage,
    kind: AppointmentType,
    practitioner_ids: Sequence[str],
    *,
    first: date,
    last: date,
    location_id: str | None = None,
    room_id: str | None = None,
    but: str = "",
) -> list[FreeSlot]:
    """Of these practitioners, by time: within notice, horizon and the day's caps.

    In this room, where one is named. `but` is the session whose own place in a day does not count.
    """
    first, last = _bookable(context, kind, first, last)
    if last < first:
        return []
    counted = {
        each: beside(_online_days, context, each, first, last)
        for each in (practitioner_ids if page.segments else ())
    }
    days = {(who, day.day): day for who, read in counted.items() for day in read.result()}
    asked = {"from": first, "until": last, "location_id": location_id, "room_id": room_id}
    return [
        slot
        for slot in _found(context, kind, practitioner_ids, asked)
        if is_within_notice(context, kind, slot.starts_at)
        and is_room_on(
            context,
            page,
            slot.starts_at,
            days.get((slot.practitioner_id, slot.starts_at.date())),
            but=but,
        )
    ]


def is_at(slot: FreeSlot, instant: datetime) -> bool:
    """Times of two zones are never equal in the hour that a clock shows twice (PEP 495)."""
    return slot.starts_at.timestamp() == instant.timestamp()


def is_within_notice(context: Context, kind: AppointmentType, start: datetime) -> bool:
    """Neither too soon nor too far: hours before its start, and local days from today."""
    last = context.now().astimezone(start.tzinfo).date() + timedelta(days=kind.bookable_days)
    soonest = context.now() + timedelta(hours=kind.notice_hours)
    return start >= soonest and start.date() <= last


def is_room_on(
    context: Context, page: BookingPage, start: datetime, day: OnlineDay | None, *, but: str = ""
) -> bool:
    """Whether the page's parts of that day take one more, beside what `but` has there."""
    booked = {} if day is None else day.starts(context.now())
    others = [at for session_id, at in booked.items() if session_id != but]
    return has_room(start, others, parts=page.segments)


def refuse_range(first: date, last: date, *, today: date) -> None:
    """Invalid (422) for days that end before they begin, for over 14, and for any over a year away."""
    if last < first:
        raise invalid_field("until", "before_from", "The range ends before it begins")
    if (last - first).days >= MOST_DAYS:
        raise invalid_field("until", "too_long", f"At most {MOST_DAYS} days at once")
    if abs(first - today) >= A_YEAR:
        raise invalid_field("from", "too_far", "At most a year from today")


def _bookable(
    context: Context, kind: AppointmentType, first: date, last: date
) -> tuple[date, date]:
    """Those of the days that notice and horizon leave in any zone: no others are searched."""
    now = context.now()
    soonest = (now + timedelta(hours=kind.notice_hours)).date() - _ONE_DAY
    furthest = now.date() + timedelta(days=kind.bookable_days) + _ONE_DAY
    return max(first, soonest), min(last, furthest)


def _found(
    context: Context,
    kind: AppointmentType,
    practitioner_ids: Sequence[str],
    asked: Mapping[str, object],
) -> list[FreeSlot]:
    """By time. A search for every twenty practitioners."""
    found: list[FreeSlot] = []
    for at in range(0, len(practitioner_ids), AT_ONCE):
        whom = ",".join(practitioner_ids[at : at + AT_ONCE])
        query = {**asked, "type_id": kind.id, "practitioner_id": whom}
        found += find_slots(context, SlotQuery.model_validate(query)).items
    return sorted(found, key=in_order)


def _online_days(
    context: Context, practitioner_id: str, first: date, last: date
) -> list[OnlineDay]:
    partition = OnlineDay.partition(context.practice_id, practitioner_id)
    return list(query_all(partition, between=(join(first.isoformat()), join(last.isoformat()))))
