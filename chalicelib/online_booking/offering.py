"""What a practice's page shows to anybody: what it put online, and free starts. Nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product

from ..platform.context import Context
from ..platform.errors import FieldError, invalid_field
from ..platform.overlap import beside
from ..platform.store import find_many, join, query_all
from ..practices.capabilities import Capability
from ..practices.clearances import is_cleared
from ..practices.models import Location
from ..practices.service import list_locations
from ..scheduling.finding import find_slots
from ..scheduling.reasons.listing import read_visit_reasons
from ..scheduling.reasons.models import ListedReason
from ..scheduling.schemas import SlotQuery
from ..scheduling.set_up.models import NOBODY, AppointmentType, Availability
from ..scheduling.set_up.service import list_rooms, list_types
from .models import BookingPage, OnlineDay, Shown
from .schemas import OnlineSlotQuery
from .segments import has_room

MOST_DAYS = 14
MOST_STARTS = 500
AT_ONCE = 5
"""As many practitioners as one search has."""
NOT_OFFERED = FieldError("starts_at", "slot_taken", "This time is taken")
"""Whatever stands against a start: who asks is not told by whom it is taken."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be booked, with whom, where; `works_at` by practitioner."""

    types: list[AppointmentType]
    practitioners: list[Shown]
    works_at: dict[str, list[str]]
    locations: list[Location]
    channels: list[str]
    reasons: list[ListedReason]


@dataclass(frozen=True, slots=True)
class Start:
    """A free start, in the location's zone; the room and the things that a visit then would have."""

    starts_at: datetime
    ends_at: datetime
    practitioner_id: str
    location_id: str
    room_id: str | None
    resource_ids: tuple[str, ...]

    def is_at(self, instant: datetime) -> bool:
        """Times of two zones are never equal in the hour that a clock shows twice (PEP 495)."""
        return self.starts_at.timestamp() == instant.timestamp()

    @property
    def order(self) -> tuple[float, str, str]:
        """By instant: the wall shows an hour twice."""
        return self.starts_at.timestamp(), self.practitioner_id, self.location_id


@dataclass(frozen=True, slots=True)
class Starts:
    """Sorted by time; `more` if later ones were left out."""

    items: list[Start]
    more: bool


def read_offer(context: Context, page: BookingPage) -> Offer:
    """Two Queries, a GetItem and a BatchGet, side by side."""
    types, places = beside(list_types, context), beside(list_locations, context)
    reasons = beside(read_visit_reasons, context)
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
    )


def is_online(kind: AppointmentType) -> bool:
    """Whether a page shows it. A group session is joined, not held: no page shows one."""
    return bool(kind.online != NOBODY and kind.capacity == 1)


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
) -> list[Start]:
    """Of these practitioners, by time: within notice, horizon and the day's caps, each start once.

    In this room, where one is named. `but` is the session whose own place in a day does not count.
    """
    counted = {
        each: beside(_online_days, context, each, first, last)
        for each in (practitioner_ids if page.segments else ())
    }
    days = {(who, day.day): day for who, read in counted.items() for day in read.result()}
    found: dict[tuple[float, str, str], Start] = {}
    asked = {"from": first, "until": last, "location_id": location_id}
    rooms = _rooms(context, kind, location_id, room_id)
    for start in _found(context, kind, practitioner_ids, asked, rooms=rooms):
        day = days.get((start.practitioner_id, start.starts_at.date()))
        if is_within_notice(context, kind, start.starts_at) and is_room_on(
            context, page, start.starts_at, day, but=but
        ):
            found.setdefault(start.order, start)
    return [found[order] for order in sorted(found)]


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
    if abs(first - today) > timedelta(days=366):
        raise invalid_field("from", "too_far", "At most a year from today")


def _found(
    context: Context,
    kind: AppointmentType,
    practitioner_ids: Sequence[str],
    asked: Mapping[str, object],
    *,
    rooms: Sequence[str | None],
) -> Iterator[Start]:
    """A search for every five practitioners; for a type that needs a room, one for each room."""
    for at, room_id in product(range(0, len(practitioner_ids), AT_ONCE), rooms):
        whom = ",".join(practitioner_ids[at : at + AT_ONCE])
        query = {**asked, "type_id": kind.id, "practitioner_id": whom, "room_id": room_id}
        for slot in find_slots(context, SlotQuery.model_validate(query)).items:
            yield Start(
                slot.starts_at, slot.ends_at, slot.practitioner_id, slot.location_id,
                room_id, slot.resource_ids,
            )  # fmt: skip


def _rooms(
    context: Context, kind: AppointmentType, location_id: str | None, room_id: str | None
) -> Sequence[str | None]:
    """The rooms that a visit may have: the one that is named, or any where its type needs one."""
    if room_id is not None or not kind.needs_room:
        return [room_id]
    return [each.id for each in list_rooms(context) if location_id in (None, each.location_id)]


def _online_days(
    context: Context, practitioner_id: str, first: date, last: date
) -> list[OnlineDay]:
    partition = OnlineDay.partition(context.practice_id, practitioner_id)
    return list(query_all(partition, between=(join(first.isoformat()), join(last.isoformat()))))
