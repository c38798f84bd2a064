"""What a pack says of a visit, line by line, as somebody at a desk reads it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

NOTES = (
    "For use while the system cannot be reached (45 CFR 164.308(a)(7)). What is written down meanwhile "
    "is entered afterwards.",
    "Medications are not kept in this system yet: ask the patient. Entries that are marked sensitive "
    "are left out.",
)
NONE_RECORDED = "None recorded: ask"
CONFIDENTIAL = "Only as agreed with the patient: see their record"

Line = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Person:
    """Who comes, and how they and theirs are reached. Without a record there is the name alone."""

    name: str
    known_by: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    contacts: tuple[str, ...] = ()
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Expected:
    """A visit, its times on the location's clock."""

    starts_at: datetime
    ends_at: datetime
    person: Person
    kind: str
    provider: str
    room: str
    allergies: tuple[str, ...]
    problems: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        """Title and lines; the third of a line says whether it is a warning."""
        title = f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M} {self.person.name}"
        return {"title": title, "lines": [[*line] for line in self._lines() if line[1]]}

    def _lines(self) -> Iterable[Line]:
        person = self.person
        yield "Born", person.known_by, False
        yield "Visit", self.kind, False
        yield "Provider", ", ".join(filter(None, (self.provider, self.room))), False
        yield "Allergies", "; ".join(self.allergies) or NONE_RECORDED, bool(self.allergies)
        yield "Problems", "; ".join(self.problems) or NONE_RECORDED, False
        yield "Telephone", ", ".join(person.phones), False
        yield "E-mail", person.email, False
        yield "Emergency", "; ".join(person.contacts), False
        yield "Contact", CONFIDENTIAL if person.confidential else "", True


@dataclass(frozen=True, slots=True)
class Day:
    """A local day at the location, by time."""

    day: date
    visits: tuple[Expected, ...]

    def shown(self) -> dict[str, Any]:
        at = f"{self.day:%A} {self.day.day} {self.day:%B %Y}"
        return {"title": at, "visits": [visit.shown() for visit in self.visits]}


def content_of(days: Iterable[Day], *, place: str, zone: str, made_at: datetime) -> dict[str, Any]:
    """The pack. `made_at` is on the location's clock, as are the visits."""
    made = f"{place}. Made on {made_at:%Y-%m-%d} at {made_at:%H:%M} ({zone}); all times are local."
    return {"notes": [made, *NOTES], "days": [day.shown() for day in days]}
