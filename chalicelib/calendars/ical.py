"""Calendars as iCalendar (RFC 5545) that is subscribed to: METHOD:PUBLISH, as Google and Apple read it.

Times are the place's own, with its VTIMEZONE. A UID never changes, SEQUENCE grows with each change,
and what was cancelled stays with STATUS:CANCELLED, so that readers take it out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PRODUCT = "-//Careloom//Calendar feed//EN"
CONTENT_TYPE = "text/calendar; charset=utf-8"
READ_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One visit: instants are aware, `zone` is where it takes place."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    summary: str
    place: str
    cancelled: bool
    made_at: datetime


def written(name: str, events: Iterable[CalendarEvent]) -> str:
    """A calendar of this name. The same events give the same text."""
    from icalendar import Calendar, Event  # 60 ms: for feeds alone

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    days: list[date] = []
    for each in events:
        event = Event()
        event.add("uid", each.uid)
        event.add("sequence", each.sequence)
        event.add("dtstamp", each.made_at)
        event.add("dtstart", _shown(each.starts_at, each.zone))
        event.add("dtend", _shown(each.ends_at, each.zone))
        event.add("summary", each.summary)
        event.add("location", each.place)
        event.add("status", "CANCELLED" if each.cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT" if each.cancelled else "OPAQUE")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
        days += [each.starts_at.date(), each.ends_at.date()]
    if days:
        year = timedelta(days=366)
        calendar.add_missing_timezones(first_date=min(days) - year, last_date=max(days) + year)
    text: str = calendar.to_ical().decode()
    return text


def _shown(instant: datetime, zone: ZoneInfo) -> datetime:
    """On the place's clock; in UTC where that shows the time for the second time (RFC 5545 §3.3.5
    has it mean the first)."""
    local = instant.astimezone(zone)
    return instant.astimezone(UTC) if local.fold else local


def initials(name: str) -> str:
    """`Ada Owner` → `AO`."""
    return "".join(word[0].upper() for word in name.split())[:3]
