"""The calendar file that goes with a mail about visits: the practice's name, where and when, no more.

UID and SEQUENCE are those of the feeds, so that a calendar that has both shows a visit once.
"""

from collections.abc import Callable, Sequence

from ..platform.config import settings
from ..platform.context import Context
from ..platform.icalendar import CalendarEvent, CalendarFile, file_of, uid_of
from .models import Reminders, VisitNotice
from .visit_texts import Mail
from .wording import EMAIL
from .writing import Writer


def written_with(
    context: Context,
    writer: Writer,
    purpose: str,
    visits: Sequence[VisitNotice | Reminders],
    *,
    cancelled: bool = False,
) -> Callable[[str], Mail]:
    """What is written on a channel; by mail, the visits with it."""

    def write(channel: str) -> Mail:
        file = _file(context, writer, visits, cancelled) if channel == EMAIL else None
        return writer.written(purpose, channel, calendar=file)

    return write


def _file(
    context: Context, writer: Writer, visits: Sequence[VisitNotice | Reminders], cancelled: bool
) -> CalendarFile | None:
    """None where it is not known when they end: they were told of by a former release."""
    practice = writer.values["practice"]
    events = [
        CalendarEvent(
            uid=uid_of(each.appointment_id),
            sequence=each.appointment_version - 1,
            starts_at=each.start,
            ends_at=each.ends_at,
            zone=each.zone,
            summary=practice,
            place=writer.values["location"],
            cancelled=cancelled,
            made_at=context.now(),
        )
        for each in visits
        if each.ends_at is not None
    ]
    return file_of(events, organizer=settings().mail_from, name=practice) if events else None
