"""What must be: visits in a list, the minutes they take, who is to be reminded when, and what counts."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE, FIVE, DAY = timedelta(minutes=1), timedelta(minutes=5), timedelta(days=1)
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
GONE = ("cancelled", "no_show")


@dataclass(frozen=True)
class Place:
    """A location."""

    id: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Provider:
    """Who works at one place, in a room of their own."""

    id: str
    place: Place
    room_id: str


@dataclass(frozen=True)
class Kind:
    """A type of appointment; `steps` are days or hours before it: `(2, "d")`."""

    id: str
    minutes: int
    before: int
    after: int
    steps: tuple[tuple[int, str], ...]
    in_room: bool = True


@dataclass(frozen=True)
class Person:
    """A patient; `address` is where reminders reach them, if anywhere."""

    id: str
    address: str | None
    zone: ZoneInfo | None = None


@dataclass(eq=False)
class Visit:
    """An appointment as it is."""

    id: str
    person: Person
    provider: Provider
    kind: Kind
    starts: datetime
    status: str = "booked"
    is_here: bool = False

    @property
    def day(self) -> date:
        return self.starts.astimezone(self.provider.place.zone).date()

    @property
    def text(self) -> str:
        """What a reminder says of when it is."""
        at = self.starts.astimezone(self.provider.place.zone)
        return f"reminder of your appointment on {at:%a} {at.day} {at:%b} {at.year}, {at:%H:%M %Z}"


Minutes = set[tuple[str, date, int]]
"""Resource, UTC day, bucket of five minutes."""


def minutes_of(person: Person, provider: Provider, kind: Kind, starts: datetime) -> Minutes:
    """What a visit takes of its provider, room and patient, minute by minute."""
    who = [provider.id, person.id, *([provider.room_id] if kind.in_room else [])]
    at = starts.astimezone(UTC) - timedelta(minutes=kind.before)
    end = starts.astimezone(UTC) + timedelta(minutes=kind.minutes + kind.after)
    taken = set()
    while at < end:
        taken |= {(each, at.date(), (at.hour * 60 + at.minute) // 5) for each in who}
        at += FIVE
    return taken


@dataclass
class Heard:
    """What messaging was told last of a visit, and the steps that are to come."""

    version: int
    steps: list[tuple[datetime, str]]


@dataclass
class Oracle:
    """The practice's year so far."""

    visits: dict[str, Visit] = field(default_factory=dict)
    heard: dict[str, Heard] = field(default_factory=dict)
    counts: dict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    made: Counter[str] = field(default_factory=Counter)
    reminded: dict[tuple[str, int, str], str] = field(default_factory=dict)
    _taken: dict[tuple[str, date, int], str] = field(default_factory=dict)

    def is_free(self, wanted: Minutes, *, but: str = "") -> bool:
        """Whether nobody but the visit `but` has any of it."""
        return all(self._taken.get(each, but) == but for each in wanted)

    def books(self, visit: Visit) -> None:
        """A visit comes into the book."""
        self.visits[visit.id] = visit
        self._take(visit)
        self.note("booked", visit)

    def moves(self, visit: Visit, provider: Provider, starts: datetime) -> None:
        self._free(visit)
        visit.provider, visit.starts = provider, starts
        self._take(visit)
        self.note("rescheduled", visit)

    def ends(self, visit: Visit, status: str) -> None:
        visit.status = status
        if status in GONE:
            self._free(visit)
        self.note(status, visit)

    def note(self, what: str, visit: Visit) -> None:
        """It counts on the visit's day at its place."""
        self.counts[visit.day][what] += 1
        self.made[what] += 1

    def taken(self) -> dict[tuple[str, date], set[int]]:
        """Every bucket that is taken, by resource and UTC day."""
        found: dict[tuple[str, date], set[int]] = defaultdict(set)
        for who, day, bucket in self._taken:
            found[who, day].add(bucket)
        return found

    def standing(self) -> dict[str, datetime]:
        """The visits that have their time, and when that is."""
        return {each.id: each.starts for each in self.visits.values() if each.status not in GONE}

    def hears(self, visit: Visit, version: int, what: str, starts: datetime, now: datetime) -> None:
        """An event of a visit comes to messaging; what it was told before in a newer one holds."""
        known = self.heard.get(visit.id)
        if known is None or known.version < version:
            over = what not in ("booked", "rescheduled")
            steps = [] if over else reminders_of(visit, starts, now)
            self.heard[visit.id] = Heard(version, steps)

    def falls_due(self, visit: Visit, now: datetime) -> tuple[int, str] | None:
        """The step that is due now, as version and name: the last of those that are; it is done."""
        heard = self.heard[visit.id]
        due = [name for at, name in heard.steps if at <= now]
        heard.steps = [(at, name) for at, name in heard.steps if at > now]
        return (heard.version, due[-1]) if due else None

    def _take(self, visit: Visit) -> None:
        wanted = minutes_of(visit.person, visit.provider, visit.kind, visit.starts)
        assert self.is_free(wanted), f"{visit} is where another is"
        self._taken |= dict.fromkeys(wanted, visit.id)

    def _free(self, visit: Visit) -> None:
        for each in minutes_of(visit.person, visit.provider, visit.kind, visit.starts):
            del self._taken[each]


def reminders_of(visit: Visit, starts: datetime, now: datetime) -> list[tuple[datetime, str]]:
    """When to remind of a visit that is heard of `now`: what is past is left out, and of two at one
    minute the one that is nearer to the visit stays."""
    place, own = visit.provider.place.zone, visit.person.zone or visit.provider.place.zone
    found: dict[datetime, str] = {}
    for many, unit in sorted(visit.kind.steps, key=lambda step: -step[0] * _HOURS[step[1]]):
        at = _before(starts, place, many) if unit == "d" else starts - timedelta(hours=many)
        if at > now and (allowed := _awake(at, own, starts)) is not None and allowed > now:
            found[allowed] = f"{many}{unit}"
    return sorted(found.items())


_HOURS = {"d": 24, "h": 1}


def _before(starts: datetime, zone: ZoneInfo, days: int) -> datetime:
    """So many days earlier on the wall. No visit begins in the hour that a clock skips or repeats."""
    local = starts.astimezone(zone)
    wall = datetime.combine(local.date() - days * DAY, local.time(), zone)
    return wall.astimezone(UTC)


def _awake(at: datetime, zone: ZoneInfo, starts: datetime) -> datetime | None:
    """`at`, or eight in the morning if it is night; if the visit has begun then, the evening before."""
    local = at.astimezone(zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return at if at < starts else None
    evening = local.date() if local.time() >= QUIET_FROM else local.date() - DAY
    morning = datetime.combine(evening + DAY, QUIET_UNTIL, zone).astimezone(UTC)
    last = datetime.combine(evening, QUIET_FROM, zone).astimezone(UTC) - MINUTE
    return morning if morning < starts else last
