"""Free slots: rules and day-items of each provider, read side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..platform.context import Context
from ..platform.errors import invalid_field
from ..practices.models import Location
from ..practices.service import zone_of
from .availability import Window, windows_of
from .buckets import BUCKET
from .found_slots import FreeSlot, FreeSlots, in_order
from .free_slots import Provider, Resource, Slot, free_slots
from .local_time import day_bounds
from .meeting_needs import Things
from .placing import HORIZON
from .schemas import SlotQuery
from .search import Days, Search, preferred, read_search
from .sessions.models import GroupSession
from .whom import asked_practitioners
from .within_hours import hours_at

MOST_DAYS = 28
MOST_DAYS_OF_FIRST = 182
MOST_SLOTS = 3_000
_ONE_DAY = timedelta(days=1)
_A_MOMENT = timedelta(microseconds=1)


def find_slots(context: Context, asked: SlotQuery) -> FreeSlots:
    """The starts at which a visit of this type can be booked, from now on.

    Days are read four weeks at once, and no more of them once there are as many as were asked for.
    Invalid (422): a range that is empty, too long or over five years away; a type, location, room,
    patient or appointment that is not there; an unclear answer to with whom. A practitioner
    without hours has no slots. Reads are eventually consistent and decide nothing: booking checks
    again.
    """
    _refuse_bad_bounds(context, asked)
    who = asked_practitioners(context, asked)
    parts = list(_parts(context, asked))
    parts[0].ask(filter(None, [*(who or ()), asked.room_id, asked.patient_id]))
    search = read_search(context, asked, who)
    most, found = asked.limit or MOST_SLOTS, list[FreeSlot]()
    for days in parts:
        found = sorted([*found, *_slots_of(context, search, who, days)], key=in_order)
        if len(found) > most and found[most].starts_at < _later_days_begin(days.last):
            break
    return FreeSlots(found[:most], len(found) > most)


def _later_days_begin(last: date) -> datetime:
    """The day after begins nowhere earlier: the first zone is 14 hours ahead."""
    return datetime.combine(last, time(10), UTC)


def _refuse_bad_bounds(context: Context, asked: SlotQuery) -> None:
    most = MOST_DAYS_OF_FIRST if asked.limit else MOST_DAYS
    if asked.until < asked.from_day:
        raise invalid_field("until", "before_from", "The range ends before it begins")
    if (asked.until - asked.from_day).days >= most:
        raise invalid_field("until", "too_long", f"At most {most} days at once")
    if abs(asked.from_day - context.today()) > HORIZON:
        raise invalid_field("from", "too_far", "At most five years from today")
    if asked.starts_from and asked.starts_before and asked.starts_before <= asked.starts_from:
        raise invalid_field("starts_before", "before_from", "The hours end before they begin")


def _parts(context: Context, asked: SlotQuery) -> Iterator[Days]:
    first = asked.from_day
    while first <= asked.until:
        last = min(first + (MOST_DAYS - 1) * _ONE_DAY, asked.until)
        yield Days(context, first, last)
        first = last + _ONE_DAY


@dataclass(frozen=True, slots=True)
class _Team:
    """Who sees the patient, together, at a location, and when each of them works there."""

    ids: Sequence[str]
    location: Location
    windows: Sequence[Sequence[Window]]

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.location.time_zone)


def _slots_of(
    context: Context, search: Search, who: Sequence[str] | None, days: Days
) -> Iterator[FreeSlot]:
    """Of everybody, the days of those are read who work at all."""
    asked = search.asked
    together = [list(who)] if asked.together and who else [[each] for each in who or search.hours]
    teams = [
        _Team(ids, location, windows)
        for ids in together
        for location in search.locations.values()
        if (windows := _windows(search, ids, location, days))
    ]
    if teams:
        taking_part = (each for team in teams for each in team.ids)
        days.ask(filter(None, [*taking_part, *search.things(), asked.patient_id]))
    for team in teams:
        yield from _slots_at(context, search, team, days)


def _windows(
    search: Search, ids: Sequence[str], location: Location, days: Days
) -> list[list[Window]]:
    """Of each of them there; none where one of them does not work at all."""
    bounds = days.first - _ONE_DAY, days.last + _ONE_DAY
    hours = [search.hours[each] for each in ids if each in search.hours]
    windows = [
        list(windows_of(hours_at(each, location, search.kind.id), *bounds)) for each in hours
    ]
    return windows if len(windows) == len(ids) and all(windows) else []


def _slots_at(context: Context, search: Search, team: _Team, days: Days) -> Iterator[FreeSlot]:
    patient_id = search.asked.patient_id
    patient = [[Resource(patient_id, days.taken(patient_id))]] if patient_id else []
    first, *others = (
        Provider(windows, days.taken(each))
        for each, windows in zip(team.ids, team.windows, strict=True)
    )
    earliest = max(context.now(), day_bounds(days.first, team.zone)[0])
    latest = min(context.now() + HORIZON + _A_MOMENT, day_bounds(days.last, team.zone)[1])
    found = free_slots(
        first.windows,
        first.taken,
        demand=search.kind.demand(),
        earliest=earliest,
        latest=latest,
        resource_sets=[*(_resources(each, days) for each in search.sets), *patient],
        rooms=None if search.rooms is None else _resources(search.rooms, days),
        others=others,
    )
    shown = [_shown(search, team, slot) for slot in found]
    if search.kind.capacity > 1:
        shown += [
            _joined(session, context)
            for session in days.sessions(team.ids[0])
            if earliest <= session.starts_at < latest
            and _is_joined(context, search, team, session)
            and _fits(team, session, patient)
        ]
    yield from (slot for slot in shown if preferred(search.asked, slot.starts_at))


def _is_joined(context: Context, search: Search, team: _Team, session: GroupSession) -> bool:
    """Whether it has a seat left, the room that was asked for, and all of the team."""
    return (
        session.is_for(type_id=search.kind.id, location_id=team.location.id)
        and session.free_seats(context.now()) > 0
        and search.asked.room_id in (None, session.room_id)
        and set(team.ids[1:]) <= set(session.other_practitioner_ids)
    )


def _fits(team: _Team, session: GroupSession, patient: Sequence[Sequence[Resource]]) -> bool:
    """Whether they work then, and the patient is free: that they are taken, it is by the session."""
    first, *others = (Provider(windows, {}) for windows in team.windows)
    demand = replace(session.demand, step=5)
    return bool(
        free_slots(
            first.windows,
            first.taken,
            demand=demand,
            earliest=session.starts_at,
            latest=session.starts_at + BUCKET,
            resource_sets=patient,
            others=others,
        )
    )


def _joined(session: GroupSession, context: Context) -> FreeSlot:
    return FreeSlot(
        session.local_start,
        session.local_end,
        session.practitioner_id,
        session.location_id,
        tuple(session.resource_ids),
        session.room_id,
        tuple(session.other_practitioner_ids),
        session.id,
        session.free_seats(context.now()),
    )


def _resources(things: Things, days: Days) -> list[Resource]:
    return [Resource(each.id, days.taken(each.id), each.location_id) for each in things]


def _shown(search: Search, team: _Team, slot: Slot) -> FreeSlot:
    needed = slot.resource_ids[: len(search.sets)]
    return FreeSlot(
        slot.starts.astimezone(team.zone),
        (slot.starts + timedelta(minutes=search.kind.minutes)).astimezone(team.zone),
        team.ids[0],
        team.location.id,
        tuple(each for each in needed if each != slot.room_id),
        slot.room_id or None,
        tuple(team.ids[1:]),
        seats_left=search.kind.capacity,
    )
