"""Where a booking counts among what is booked online of a practitioner's day; moved with the visit."""

from datetime import UTC, date, datetime, time, timedelta

from ..platform.context import Context
from ..platform.events import Event
from ..platform.store import Key, find, find_many
from ..practices.service import zone_of
from ..scheduling.errors import ScheduleChanged, SlotTaken
from ..scheduling.local_time import local_day
from ..scheduling.models import Appointment
from ..scheduling.progress import Status
from .models import BookingPage, BookingSession, OnlineDay, OnlineVisit, Place
from .offering import NOT_OFFERED, is_room_on

KEPT = timedelta(days=2)
ENDED = frozenset({Status.CANCELLED, Status.NO_SHOW, Status.ENTERED_IN_ERROR})


def hold_on_day(context: Context, page: BookingPage, session: BookingSession) -> None:
    """Stage that a hold counts. SlotTaken (409) where its part of the day is full, ScheduleChanged (409)
    where one came between.

    Written as it was read where the page caps parts of a day, and where holds that have lapsed are
    forgotten: anybody makes holds, and they would fill it.
    """
    zone, date_of = zone_of(session.time_zone), day_of(session)
    key = OnlineDay.key(context.practice_id, session.practitioner_id, date_of)
    read = find(OnlineDay, key, consistent=True)
    if page.segments and not is_room_on(context, page, session.start.astimezone(zone), read):
        raise SlotTaken(errors=(NOT_OFFERED,))
    if read is not None and read.forget_lapsed(context.now()):
        read.hold(session)
        _keep(context, read)
        return
    context.work.update(
        OnlineDay,
        key,
        actions=OnlineDay.holding(session, ends=_ends(date_of)),
        condition=OnlineDay.is_as_read(read) if page.segments else OnlineDay.is_anyhow(),
        refusal=ScheduleChanged(),
    )


def book_on_day(context: Context, session: BookingSession) -> None:
    """Stage that what was held is booked."""
    _change(context, session, booked=True)


def leave_day(context: Context, session: BookingSession) -> None:
    """Stage that what was held is not."""
    _change(context, session, booked=False)


def follow_visit(context: Context, event: Event) -> None:
    """A visit that was booked online has moved, or ended: it counts where it is now.

    Safe to repeat, in any order: the visit is read as it is now.
    """
    keys = (
        OnlineVisit.key(context.practice_id, event.subject),
        Appointment.key(context.practice_id, event.subject),
    )
    visit, appointment = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(visit, OnlineVisit) or not isinstance(appointment, Appointment):
        return
    count_where_it_is(context, visit, appointment)


def count_where_it_is(context: Context, visit: OnlineVisit, appointment: Appointment) -> None:
    """Stage that a visit that was booked online counts where it stands now. ScheduleChanged (409)."""
    counts = appointment.status not in ENDED
    place = Place(appointment.practitioner_id, appointment.day.isoformat(), appointment.starts_at)
    now = place if counts else None
    if now == visit.counted:
        return
    _move(context, visit.session_id, visit.counted, now)
    visit.counted = now
    context.work.save(visit, refusal=ScheduleChanged())


def day_of(session: BookingSession) -> date:
    """The local day at the location."""
    return local_day(session.start, zone_of(session.time_zone))


def place_of(session: BookingSession) -> Place:
    """Where its visit counts."""
    return Place(session.practitioner_id, day_of(session).isoformat(), session.start)


def _move(context: Context, session_id: str, was: Place | None, now: Place | None) -> None:
    """Stage that it counts at `now`, and at `was` no more: one day, or two."""
    named = {place: _key(context, place) for place in (was, now) if place is not None}
    found = find_many(named.values(), consistent=True)
    for key in dict.fromkeys(named.values()):
        read = found.get(key)
        day = read if isinstance(read, OnlineDay) else OnlineDay(*key)
        visits = set(day.visits or ())
        for place, here in named.items():
            entry = {OnlineDay.visit(session_id, place.starts_at)}
            if here == key:
                visits = visits | entry if place == now else visits - entry
        day.visits = visits or None
        _keep(context, day)


def _keep(context: Context, day: OnlineDay) -> None:
    day.expires_at = _ends(day.day)
    if day.version:
        context.work.save(day, refusal=ScheduleChanged())
    else:
        context.work.create(day, refusal=ScheduleChanged())


def _change(context: Context, session: BookingSession, *, booked: bool) -> None:
    context.work.update(
        OnlineDay,
        _key(context, place_of(session)),
        actions=OnlineDay.ending(session, booked=booked),
        condition=OnlineDay.is_anyhow(),
        refusal=ScheduleChanged(),
    )


def _key(context: Context, place: Place) -> Key:
    return OnlineDay.key(context.practice_id, place.practitioner_id, date.fromisoformat(place.day))


def _ends(day: date) -> int:
    return int((datetime.combine(day, time(), UTC) + KEPT).timestamp())
