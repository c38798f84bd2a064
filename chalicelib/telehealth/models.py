"""A video visit beside its appointment: its room, who is in which seat, and what is reported of them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from ..platform.store import (
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)
from .attendance import By, Report, Stay, What, stays_of

INVITED, WAITING, ADMITTED, REMOVED = "invited", "waiting", "admitted", "removed"
PATIENT, GUEST, PROVIDER = "patient", "guest", "provider"
OPENS_BEFORE, CLOSES_AFTER = timedelta(minutes=15), timedelta(hours=1)
"""The room opens so long before the visit begins, and closes so long after it was to end."""
MOST_OF_A_SEAT = 200
"""Reports of one person: a hundred times in and out. Whoever has a link can say more; it is not kept."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a link, or a provider. `device` is the SHA-256 of the secret their device chose.

    `located_in` and `consented_at`: where the patient said that they are, and that they agreed.
    `attendee` is their key to the meeting now; `seen_at` when their program last asked from the
    waiting room, None once they have gone from it.
    """

    seat: str
    state: str
    device: str = ""
    relation: str = ""
    arrived_at: datetime | None = None
    seen_at: datetime | None = None
    admitted_at: datetime | None = None
    located_in: str = ""
    consented_at: datetime | None = None
    attendee: str = ""

    @property
    def who(self) -> str:
        return who_sits(self.seat)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as Chime made it; `answer` is its own JSON, which clients need whole."""

    id: str
    answer: str


class VideoVisit(Record):
    """Made when the first person comes. `meetings` are the ids of all its meetings, the newest last:
    Chime ends one that nobody is in. `patient_seat` is the number of the patient's newest link.
    """

    KIND = "video_visit"

    appointment_id = IdInKey("apt")
    practice_id = PracticeInKey()
    patient_id = UnicodeAttribute()
    starts_at = InstantAttribute()
    patient_seat = IntegerAttribute(default=0)
    people = ValueAttribute(tuple[Person, ...], default=())
    meeting = ValueAttribute(Meeting, null=True)
    meetings = ValueAttribute(tuple[str, ...], default=())
    reports = UnicodeSetAttribute(null=True)
    ended_at = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, appointment_id: str) -> Key:
        """`prc_1#apt_2#` / `video#`: beside the appointment."""
        return Key(join(practice_id, appointment_id), "video#")

    def begin_anew(self, starts_at: datetime) -> None:
        """The visit has moved: nobody who had a link to it has one now."""
        self.starts_at, self.people, self.meeting, self.ended_at = starts_at, (), None, None

    def person(self, seat: str) -> Person | None:
        return next((each for each in self.people if each.seat == seat), None)

    def put(self, person: Person, **changes: object) -> Person:
        """The person in their seat, as they are with these changes."""
        changed = replace(person, **changes)  # type: ignore[arg-type]
        others = [each for each in self.people if each.seat != person.seat]
        self.people = (*others, changed)
        return changed

    def report(self, report: Report) -> None:
        known: set[str] = self.reports or set()
        own = sum(f" {report.seat} " in each for each in known) if report.seat else 0
        if own < MOST_OF_A_SEAT:
            self.reports = known | {report.text()}

    def left(self, person: Person, at: datetime) -> None:
        """Their program says so, or we end it."""
        if person.attendee:
            number = len(self.meetings)
            self.report(Report(What.LEFT, By.US, at, number, person.seat, person.attendee))

    def end_meeting(self, at: datetime) -> None:
        """There is none now: nobody has a key."""
        if self.meetings:
            self.report(Report(What.ENDED, By.US, at, len(self.meetings)))
        self.meeting = None
        self.people = tuple(replace(each, attendee="") for each in self.people)

    @property
    def over(self) -> bool:
        """A provider has ended it."""
        return self.ended_at is not None

    @property
    def stays(self) -> tuple[Stay, ...]:
        return stays_of(Report.read(each) for each in self.reports or ())

    @property
    def patient(self) -> Person | None:
        """Whoever came by the patient's newest link."""
        return self.person(f"p{self.patient_seat}")


def who_sits(seat: str) -> str:
    """`p0` → patient, `g1` → guest, `usr_…` → provider."""
    return PROVIDER if seat.startswith("usr_") else GUEST if seat[0] == "g" else PATIENT
