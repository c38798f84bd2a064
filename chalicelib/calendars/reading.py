"""A feed as a calendar program reads it, by its secret alone.

The audit has each patient once for each change that a reader was shown: a program that asks every
quarter of an hour and finds nothing new leaves entries that name nobody.
"""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from ..identity.models import Member
from ..identity.secret_urls import Named, named_by
from ..identity.standing import ACTIVE
from ..patients.models import Patient
from ..platform.clock import from_iso, iso
from ..platform.context import SystemContext
from ..platform.errors import NotFound
from ..platform.http import Document
from ..platform.icalendar import CONTENT_TYPE, CalendarEvent, initials, uid_of, written
from ..platform.overlap import beside
from ..platform.store import Key, Record, find, find_many, query_all
from ..practices.models import ACTIVE as PRACTICE_ACTIVE, Location, Practice, Practitioner
from ..scheduling.models import Appointment
from ..scheduling.progress import Status
from .models import PURPOSE, CalendarEntry, CalendarFeed, moment

BEFORE, AHEAD = timedelta(days=30), timedelta(days=180)
INDEX_IS_LATE = timedelta(minutes=1)
AWAY = frozenset({Status.CANCELLED, Status.NO_SHOW, Status.ENTERED_IN_ERROR})
Shown = Appointment | CalendarEntry


def read_feed(context: SystemContext, secret: str) -> Document:
    """The calendar that a secret opens; NotFound for whatever opens none, and while nobody signs in."""
    named = named_by(PURPOSE, secret)
    if named is None:
        raise NotFound
    with context.entering(named.practice_id, named.link_id):
        feed, practice = _opened(named)
        if named.owner_id.startswith("pat_"):
            events = list(_of_patient(context, feed))
            context.concerns(feed.owner_id)
        else:
            events = list(_of_practitioner(context, feed))
        return Document(CONTENT_TYPE, written(practice.name, events))


def _opened(named: Named) -> tuple[CalendarFeed, Practice]:
    """NotFound while nobody can sign in there, and where the owner is gone. One BatchGet, and one more
    for a practitioner who is a member."""
    owner_key = _owner_key(named)
    keys = CalendarFeed.key(*named), Practice.key(named.practice_id), owner_key
    feed, practice, owner = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(feed, CalendarFeed) or not isinstance(practice, Practice) or owner is None:
        raise NotFound
    if practice.status != PRACTICE_ACTIVE or _has_left(named.practice_id, owner):
        raise NotFound
    return feed, practice


def _owner_key(named: Named) -> Key:
    kind = Patient if named.owner_id.startswith("pat_") else Practitioner
    return kind.key(named.practice_id, named.owner_id)


def _has_left(practice_id: str, owner: Record) -> bool:
    """Whether a practitioner is a member no more; one who never was has not left."""
    if not isinstance(owner, Practitioner) or owner.user_id is None:
        return False
    member = find(Member, Member.key(practice_id, owner.user_id))
    return member is None or member.status != ACTIVE


def _of_practitioner(context: SystemContext, feed: CalendarFeed) -> Iterator[CalendarEvent]:
    """Three Queries, side by side."""
    locations, new = beside(_locations, feed.practice_id), beside(_changes, feed)
    window = moment(context.now() - BEFORE), moment(context.now() + AHEAD)
    partition = CalendarEntry.of_practitioner(feed.practice_id, feed.owner_id)
    entries = list(query_all(partition, index="gs1", between=window))
    _note(context, feed, new.result())
    for entry in entries:
        where = locations.result().get(entry.location_id)
        if where and (feed.locations is None or where.id in feed.locations):
            who = entry.patient_name if feed.named else initials(entry.patient_name)
            yield _event(context, entry, entry.appointment_id, where, f"{who} {entry.title}")


def _of_patient(context: SystemContext, feed: CalendarFeed) -> Iterator[CalendarEvent]:
    """Two Queries and a BatchGet a hundred visits."""
    locations = beside(_locations, feed.practice_id)
    partition, begins = Appointment.of_patient(feed.practice_id, feed.owner_id)
    first, last = moment(context.now() - BEFORE), moment(context.now() + AHEAD)
    rows = query_all(partition, index="gs2", between=(begins + first, begins + last))
    for appointment in find_many([row.item_key for row in rows]).values():
        where = isinstance(appointment, Appointment) and locations.result().get(
            appointment.location_id
        )
        if where and isinstance(appointment, Appointment):
            what = appointment.title if feed.named else "Appointment"
            yield _event(context, appointment, appointment.id, where, f"{what}, {where.name}")


def _event(
    context: SystemContext, shown: Shown, appointment_id: str, where: Location, summary: str
) -> CalendarEvent:
    return CalendarEvent(
        uid=uid_of(appointment_id),
        sequence=shown.version - 1,
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        zone=ZoneInfo(where.time_zone),
        summary=summary,
        place=where.name,
        cancelled=shown.status in AWAY,
        made_at=context.now(),
    )


def _changes(feed: CalendarFeed) -> list[tuple[str, str]]:
    """When, and whose: what has changed since a reader was last shown it."""
    since = iso(feed.read_until) if feed.read_until else "0"
    partition = CalendarEntry.changes_of(feed.practice_id, feed.owner_id)
    rows = query_all(partition, index="gs2", between=(f"{since}~", "~"))
    return [(at, patient_id) for at, patient_id, *_ in (row.gs2sk.split("#") for row in rows)]


def _note(context: SystemContext, feed: CalendarFeed, changes: list[tuple[str, str]]) -> None:
    """The audit has whom the reader is shown anew; of the last minute it may have them twice.

    An index is a moment late: what it does not have yet must not count as read.
    """
    if not changes:
        return
    context.concerns(*(patient_id for _, patient_id in changes))
    until = min(from_iso(changes[-1][0]), context.now() - INDEX_IS_LATE)
    context.work.update(
        CalendarFeed,
        feed.item_key,
        actions=[CalendarFeed.read_until.set(until)],
        condition=CalendarFeed.pk.exists(),
        refusal=NotFound(),
    )


def _locations(practice_id: str) -> dict[str, Location]:
    found = query_all(Practice.key(practice_id).pk, begins="location#")
    return {each.id: each for each in found}
