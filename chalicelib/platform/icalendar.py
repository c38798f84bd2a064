"""iCalendar (RFC 5545): feeds that are subscribed to, and files that go with a mail.

Times are the place's own, with its VTIMEZONE. A UID never changes, SEQUENCE grows with each change,
and what was cancelled stays with STATUS:CANCELLED, so that readers take it out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Calendar

PRODUCT = "-//Careloom//Calendar feed//EN"
CONTENT_TYPE = "text/calendar; charset=utf-8"
READ_EVERY = timedelta(hours=1)
PUBLISH, CANCEL = "PUBLISH", "CANCEL"
"""Methods of RFC 5546: here is an event, or it is as it is now; it does not take place."""


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


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """What a mail carries: the file, and the method that its content type names as well."""

    method: str
    text: str

    @property
    def content_type(self) -> str:
        return f"{CONTENT_TYPE}; method={self.method}"


def written(name: str, events: Iterable[CalendarEvent]) -> str:
    """A feed of this name: METHOD:PUBLISH, as Google and Apple read it. The same events give the same
    text.
    """
    calendar = _calendar(PUBLISH)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return _with(calendar, events, organizer=None)


def file_of(events: Sequence[CalendarEvent], *, organizer: str, name: str) -> CalendarFile:
    """A file for a mail, from this address and name. CANCEL where all its events are cancelled.

    Never REQUEST: a program would ask for an answer, and mail it to where nobody reads.
    """
    method = CANCEL if all(each.cancelled for each in events) else PUBLISH
    return CalendarFile(method, _with(_calendar(method), events, organizer=(organizer, name)))


def uid_of(appointment_id: str) -> str:
    """The UID of a visit, wherever it is written."""
    return f"{appointment_id}@careloom"


def _calendar(method: str) -> "Calendar":
    from icalendar import Calendar  # 60 ms: for calendars alone

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _with(
    calendar: "Calendar", events: Iterable[CalendarEvent], *, organizer: tuple[str, str] | None
) -> str:
    from icalendar import Event, vCalAddress

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
        if organizer is not None:
            sender = vCalAddress(f"mailto:{organizer[0]}")
            sender.params["CN"] = organizer[1]
            event.add("organizer", sender)
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
