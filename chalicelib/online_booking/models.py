"""A practice's page for booking, bookings under way on it, and what was booked by it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from ..platform.clock import from_iso, iso
from ..platform.keyring import token
from ..platform.store import (
    SYSTEM,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)

HELD, CODED, BOOKED, DECLINED = "held", "coded", "booked", "declined"
"""A session's `status`: a slot is kept; a code was sent; it is a visit; the practice has to be called."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of each day, by the location's clock, in which a practitioner takes `most` online."""

    starts: time
    ends: time
    most: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A practitioner whom the page shows, by which name, and whether they take new patients."""

    practitioner_id: str
    name: str
    new_patients: bool = True


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a visitor says they are; `language` is a tag."""

    family: str
    given: str
    birth_date: date
    sex: str
    channel: str
    address: str
    agreed: bool = False
    language: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit counts: among whose, on which local day, from when."""

    practitioner_id: str
    day: str
    starts_at: datetime


class PracticeSlug(Record):
    """Which practice's page has an address."""

    KIND = "practice_slug"

    practice_id = UnicodeAttribute()

    @classmethod
    def key(cls, slug: str) -> Key:
        """`sys#slug#<HMAC of the address, 32 hex>#` / `slug#`: keys name nobody."""
        return Key(join(SYSTEM, "slug", token("slug", slug)), "slug#")


class BookingPage(Record):
    """How a practice is booked online: its page's address, whom it shows, its rules."""

    KIND = "booking_page"

    slug = UnicodeAttribute()
    enabled = BooleanAttribute(default=False)
    hold_minutes = IntegerAttribute(default=15)
    new_patients = BooleanAttribute(default=True)
    most_upcoming = IntegerAttribute(default=3)
    segments = ValueAttribute(tuple[Segment, ...], default=())
    practitioners = ValueAttribute(tuple[Shown, ...], default=())
    blocked = UnicodeSetAttribute(null=True)
    policy = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `booking-page#`."""
        return Key(join(practice_id), "booking-page#")

    @property
    def shown(self) -> dict[str, Shown]:
        """Whom the page shows, by id."""
        return {each.practitioner_id: each for each in self.practitioners}


class BookingSession(Record):
    """A booking under way. What the visitor said of themselves is forgotten once it is booked.

    `codes` counts the codes that were sent, `tries` how often the last was tried; `why` is the code of
    what it was declined for. Its secret follows from its id: it is stored nowhere, nor is a code.
    """

    KIND = "booking_session"

    id = IdInKey("obs")
    practice_id = PracticeInKey()
    status = UnicodeAttribute(default=HELD)
    hold_id = UnicodeAttribute()
    type_id = UnicodeAttribute()
    practitioner_id = UnicodeAttribute()
    location_id = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    starts_at = InstantAttribute()
    ends_at = InstantAttribute()
    until = InstantAttribute()
    visitor = ValueAttribute(Visitor, null=True)
    codes = IntegerAttribute(default=0)
    tries = IntegerAttribute(default=0)
    coded_at = InstantAttribute(null=True)
    appointment_id = UnicodeAttribute(null=True)
    patient_id = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, session_id: str) -> Key:
        """`prc_1#obs_2#` / `booking-session#`."""
        return Key(join(practice_id, session_id), "booking-session#")

    @property
    def start(self) -> datetime:
        at: datetime = self.starts_at
        return at


class OnlineDay(Record):
    """What was booked online of a practitioner's local day, and what is held: for the day's caps.

    Both are sets of texts, `<session>|<start in UTC>`, a hold's with its end behind: added to unread.
    """

    KIND = "online_day"

    holds = UnicodeSetAttribute(null=True)
    visits = UnicodeSetAttribute(null=True)

    @classmethod
    def partition(cls, practice_id: str, practitioner_id: str) -> str:
        """`prc_1#online-day#pra_2#`: a practitioner's days in one Query."""
        return join(practice_id, "online-day", practitioner_id)

    @classmethod
    def key(cls, practice_id: str, practitioner_id: str, day: date) -> Key:
        """`prc_1#online-day#pra_2#` / `2026-03-02#`."""
        return Key(cls.partition(practice_id, practitioner_id), join(day.isoformat()))

    @property
    def day(self) -> date:
        return date.fromisoformat(self.sk[:10])

    def starts(self, now: datetime) -> dict[str, datetime]:
        """Start by session, of what is booked and of holds that have not lapsed."""
        held = (each.split("|") for each in self.holds or ())
        booked = (each.split("|") for each in self.visits or ())
        return {
            **{by: from_iso(start) for by, start, until in held if from_iso(until) > now},
            **{by: from_iso(start) for by, start in booked},
        }

    def forget_lapsed(self, now: datetime) -> bool:
        """Strike holds that have lapsed; whether there were any."""
        known = self.holds or set()
        held = {each for each in known if from_iso(each.split("|")[2]) > now}
        self.holds = held or None
        return held != known

    def hold(self, session: BookingSession) -> None:
        """One more is held."""
        self.holds = (self.holds or set()) | {self._held(session)}

    @classmethod
    def holding(cls, session: BookingSession, *, ends: int) -> list[Action]:
        """One more is held; made where there is none."""
        return [*cls._next(), cls.holds.add({cls._held(session)}), cls.expires_at.set(ends)]

    @classmethod
    def ending(cls, session: BookingSession, *, booked: bool) -> list[Action]:
        """What was held is booked, or is not."""
        visit = {cls.visit(session.id, session.start)}
        struck = cls.holds.delete({cls._held(session)})
        return [*cls._next(), struck, *([cls.visits.add(visit)] if booked else [])]

    @classmethod
    def is_as_read(cls, read: "OnlineDay | None") -> Condition:
        """Nobody changed it since."""
        return cls.pk.does_not_exist() if read is None else cls.version == read.version

    @classmethod
    def is_anyhow(cls) -> Condition:
        """It is one of these, or is made."""
        condition: Condition = cls.kind.does_not_exist() | (cls.kind == cls.KIND)
        return condition

    @staticmethod
    def visit(session_id: str, start: datetime) -> str:
        return f"{session_id}|{iso(start)}"

    @classmethod
    def _held(cls, session: BookingSession) -> str:
        return f"{cls.visit(session.id, session.start)}|{iso(session.until)}"

    @classmethod
    def _next(cls) -> list[Action]:
        return [cls.version.add(1), cls.kind.set(cls.KIND), cls.schema.set(cls.SCHEMA)]


class OnlineVisit(Record):
    """That an appointment was booked online: by which session, with what deposit, and where it counts.

    `reviewed`: the front desk has been asked about the newcomer that it registered.
    """

    KIND = "online_visit"

    appointment_id = IdInKey("apt")
    practice_id = PracticeInKey()
    patient_id = UnicodeAttribute()
    session_id = UnicodeAttribute()
    counted = ValueAttribute(Place, null=True)
    deposit = IntegerAttribute(default=0)
    reviewed = BooleanAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, appointment_id: str) -> Key:
        """`prc_1#apt_2#` / `online#`: beside its appointment."""
        return Key(join(practice_id, appointment_id), "online#")


class OnlinePerson(Record):
    """Who a verified contact with this name and birth date is, and the visits they have ahead.

    Written with each booking: of two at once of one person, one is refused.
    """

    KIND = "online_person"

    patient_id = UnicodeAttribute()
    visits = UnicodeSetAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, *said: str) -> Key:
        """`prc_1#online-person#<HMAC of contact, name, birth date, 32 hex>#` / `person#`."""
        hashed = token("online person", practice_id, *said)
        return Key(join(practice_id, "online-person", hashed), "person#")


class BookingAttempts(Record):
    """How often something was tried online by one source, contact or practice in a span of time."""

    KIND = "booking_attempts"

    attempts = IntegerAttribute(default=0)

    @classmethod
    def key(cls, kind: str, subject: str, seconds: int, span: int) -> Key:
        """`sys#booking-attempts#<HMAC of kind and subject>#` / `3600#491234#`: length and number of the span."""
        hashed = token("booking attempts", kind, subject)
        return Key(join(SYSTEM, "booking-attempts", hashed), join(str(seconds), str(span)))
