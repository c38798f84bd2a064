"""When a recall is due, and what becomes of it as its patient's visits stand. Pure."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

MONTHS, WEEKS = "months", "weeks"
DUE, CONTACTED, NO_ANSWER = "due", "contacted", "no_answer"
BOOKED, DECLINED, CLOSED = "booked", "declined", "closed"
"""A recall's `status`; a closed one says why in `reason`."""
OPEN = (DUE, CONTACTED, NO_ANSWER)
VISITED = "visited"
BY_MESSAGE, BY_PHONE = "message", "phone"


@dataclass(frozen=True, slots=True)
class Interval:
    """So many weeks or months after a visit."""

    count: int
    unit: str

    def after(self, day: date) -> date:
        """The same weekday, or the same day of the month: its last where it has no such day."""
        if self.unit == WEEKS:
            return day + timedelta(weeks=self.count)
        months = day.year * 12 + day.month - 1 + self.count
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class ContactPlan:
    """How a patient is called in: first so many days before it is due, so often, so many days apart.

    By a message, by whichever channel they prefer, or by a task to telephone.
    """

    channel: str
    days_before: int
    attempts: int
    days_between: int
    booking_url: str | None = None

    def first(self, due_on: date) -> date:
        return due_on - timedelta(days=self.days_before)


@dataclass(frozen=True, slots=True)
class Visit:
    """One of the patient's, as it stands."""

    id: str
    type_id: str
    starts_at: datetime
    day: date
    booked: bool
    fulfilled: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be booked, and after what: a visit of `after_type_id`, or, by hand, an instant."""

    type_id: str
    after_type_id: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the visits say: the one counted from, the one booked, and whether one took place since."""

    last: Visit | None
    coming: Visit | None
    visited: bool


def standing_of(wanted: Wanted, visits: Iterable[Visit]) -> Standing:
    """In whatever order they are told, and however often."""
    known = sorted(visits, key=lambda each: (each.starts_at, each.id))
    done = [each for each in known if each.fulfilled and each.type_id == wanted.after_type_id]
    last = done[-1] if done else None
    since = last.starts_at if last else wanted.since
    after = [
        each
        for each in known
        if each.type_id == wanted.type_id and since is not None and each.starts_at > since
    ]
    return Standing(
        last,
        next((each for each in after if each.booked), None),
        any(each.fulfilled for each in after),
    )
