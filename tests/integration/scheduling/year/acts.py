"""What people do, by use cases; the oracle is told what must have come of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from chalicelib.platform.events import Event
from chalicelib.platform.store import get
from chalicelib.scheduling.appointments import day_at_location
from chalicelib.scheduling.arrivals import check_in
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.changing import cancel, mark_no_show, reschedule
from chalicelib.scheduling.errors import SlotTaken
from chalicelib.scheduling.finding import find_slots
from chalicelib.scheduling.flow_board import flow_board
from chalicelib.scheduling.holds.holding import book_held, hold_slot
from chalicelib.scheduling.holds.schemas import SlotHoldRequest
from chalicelib.scheduling.progress import CancellationReason
from chalicelib.scheduling.schemas import BookingRequest, RescheduleRequest, SlotQuery
from chalicelib.scheduling.series.models import Series
from chalicelib.scheduling.series.ordering import order_series
from chalicelib.scheduling.series.schemas import SeriesRequest

from .counts import Counts
from .driver import Driver
from .oracle import DAY, Kind, Person, Provider, Visit, minutes_of
from .practice import CLOSES, OPENS

GRID = timedelta(minutes=30)
SLOTS = range((CLOSES - OPENS) * 2)
KINDS = (0, 0, 0, 0, 0, 0, 0, 1, 2, 2)
"""Of ten visits one is a physical and two are by video."""


@dataclass(frozen=True)
class Asked:
    """Who wants to see whom, for what and when."""

    person: Person
    provider: Provider
    kind: Kind
    starts: datetime

    @property
    def minutes(self) -> set[tuple[str, date, int]]:
        return minutes_of(self.person, self.provider, self.kind, self.starts)

    @property
    def slot(self) -> dict[str, Any]:
        """What a hold asks for."""
        return {
            "practitioner_id": self.provider.id,
            "location_id": self.provider.place.id,
            "type_id": self.kind.id,
            "room_id": self.provider.room_id if self.kind.in_room else None,
            "starts_at": self.starts.isoformat(),
        }

    @property
    def body(self) -> dict[str, Any]:
        return {**self.slot, "patient_id": self.person.id}


@dataclass
class Acts:
    """The desk's and the patients'."""

    driver: Driver
    counts: Counts = field(default_factory=Counts)
    lives: Callable[[Visit], None] = lambda _: None
    """What becomes of who has booked, and of who is here already."""
    comes: Callable[[Visit], None] = lambda _: None
    _ordered: dict[str, Asked] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.driver.after["series.ordered"] = self._carried_out
        self.driver.after["encounter.signed"] = self._completed

    def asks(self, day: date, *, visit: Visit | None = None) -> Asked | None:
        """A free slot of a local day that somebody wants; `visit` is to move there. None by bad luck."""
        chance, practice = self.driver.chance, self.driver.practice
        provider = chance.choice(practice.providers)
        if visit is None:
            person = chance.choice(practice.people)
            kind = practice.kinds[chance.choice(KINDS)]
        else:
            person, kind = visit.person, visit.kind
        opens = datetime.combine(day, time(OPENS), provider.place.zone)
        minutes = timedelta(minutes=30 * chance.choice(SLOTS) + kind.before)
        asked = Asked(person, provider, kind, (opens + minutes).astimezone(UTC))
        over = minutes + timedelta(minutes=kind.minutes + kind.after)
        late = asked.starts <= self.driver.now or over > timedelta(hours=CLOSES - OPENS)
        free = self.driver.oracle.is_free(asked.minutes, but=visit.id if visit else "")
        return asked if free and not late and not (visit and visit.starts == asked.starts) else None

    def books(self, asked: Asked, **more: str) -> Visit:
        body = BookingRequest.model_validate(asked.body | more)
        return self.kept(asked, self.driver.do(lambda at: book_appointment(at, body)).id)

    def holds(self, asked: Asked) -> str:
        """Kept for a moment."""
        body = SlotHoldRequest.model_validate(asked.slot)
        until = self.driver.now + timedelta(minutes=10)
        held: str = self.driver.do(lambda at: hold_slot(at, body, until=until)).id
        return held

    def books_held(self, asked: Asked, hold_id: str) -> Visit:
        booked = self.driver.do(lambda at: book_held(at, hold_id, patient_id=asked.person.id))
        return self.kept(asked, booked.id)

    def kept(self, asked: Asked, appointment_id: str) -> Visit:
        """It is in the book."""
        visit = Visit(appointment_id, asked.person, asked.provider, asked.kind, asked.starts)
        self.driver.oracle.books(visit)
        return visit

    def finds(self, asked: Asked) -> None:
        """What is free on that day, as its provider's calendar shows it: all of it can be booked.

        A time that is free is among it, unless its buffer puts it beside the quarter hours.
        """
        day = asked.starts.astimezone(asked.provider.place.zone).date().isoformat()
        given = {name: value for name, value in asked.slot.items() if name != "starts_at"}
        query = SlotQuery.model_validate({**given, "from": day, "until": day})
        shown = self.driver.do(lambda at: find_slots(at, query))
        if self.driver.oracle.is_free(asked.minutes) and not asked.kind.before:
            assert asked.starts in [each.starts_at for each in shown.items]
        nobody = Person("nobody", None)
        for each in shown.items:
            found = Asked(nobody, asked.provider, asked.kind, each.starts_at)
            assert self.driver.oracle.is_free(found.minutes), each

    def is_refused(self, asked: Asked) -> None:
        """Somebody asks for a time that the provider has given away, and nothing comes of it."""
        practice, oracle = self.driver.practice, self.driver.oracle
        coming = (each for each in oracle.visits.values() if each.starts > self.driver.now)
        taken = next((each for each in coming if each.id in oracle.standing()), None)
        if taken is None or taken.provider == practice.annex or taken.person == asked.person:
            return
        over = {"practitioner_id": taken.provider.id, "location_id": taken.provider.place.id}
        when = {"room_id": taken.provider.room_id, "starts_at": taken.starts.isoformat()}
        body = {**asked.body, **over, **when, "type_id": taken.kind.id}
        with pytest.raises(SlotTaken):
            self.driver.do(lambda at: book_appointment(at, BookingRequest.model_validate(body)))

    def walks_in(self) -> bool:
        """Somebody comes without an appointment; True if a provider is free."""
        now, practice = self.driver.now, self.driver.practice
        starts = now - timedelta(minutes=now.minute % 5, seconds=now.second)
        person, kind = self.driver.chance.choice(practice.people), practice.kinds[0]
        for provider in practice.providers:
            asked = Asked(person, provider, kind, starts)
            if self.driver.oracle.is_free(asked.minutes):
                visit = self.books(asked, entry="walk_in")
                self.driver.oracle.note("checked_in", visit)
                visit.is_here = True
                self.comes(visit)
                return True
        return False

    def moves(self, visit: Visit, asked: Asked) -> None:
        body = RescheduleRequest.model_validate(
            {
                "starts_at": asked.starts,
                "practitioner_id": asked.provider.id,
                "location_id": asked.provider.place.id,
                **({"room_id": asked.provider.room_id} if visit.kind.in_room else {}),
            }
        )
        self.driver.do(lambda at: reschedule(at, visit.id, body))
        self.driver.oracle.moves(visit, asked.provider, asked.starts)

    def cancels(self, visit: Visit) -> None:
        """By the patient: less than a day before, it is late."""
        late = self.driver.now > visit.starts - DAY
        done = self.driver.do(lambda at: cancel(at, visit.id, CancellationReason.PATIENT))
        assert bool(done.late) == late
        self.driver.oracle.ends(visit, "cancelled")

    def misses(self, visit: Visit) -> None:
        self.driver.do(lambda at: mark_no_show(at, visit.id))
        self.driver.oracle.ends(visit, "no_show")

    def arrives(self, visit: Visit) -> None:
        self.driver.do(lambda at: check_in(at, visit.id))
        visit.is_here = True
        self.driver.oracle.note("checked_in", visit)

    def orders_series(self, ahead: list[date], last: date, weeks: int) -> bool:
        """Weekly from a free slot on; True if so many weeks are left."""
        asked = self.asks(self.driver.chance.choice(ahead))
        if asked is None or asked.starts.date() + weeks * 7 * DAY > last:
            return False
        local = asked.starts.astimezone(asked.provider.place.zone).replace(tzinfo=None)
        given = {name: value for name, value in asked.body.items() if name != "starts_at"}
        given |= {"starts": local.isoformat(), "rule": f"FREQ=WEEKLY;COUNT={weeks}"}
        body = SeriesRequest.model_validate(given)
        series = self.driver.do(lambda at: order_series(at, body))
        self._ordered[series.id] = asked
        return True

    def _carried_out(self, event: Event) -> None:
        """Each occurrence is booked where nobody is; the wall clock tells the time of all."""
        if event.subject not in self._ordered:
            return
        first = self._ordered.pop(event.subject)
        key = Series.key(self.driver.practice.at.practice_id, event.subject)
        series = self.driver.do(lambda _: get(Series, key))
        zone = first.provider.place.zone
        local = first.starts.astimezone(zone).replace(tzinfo=None)
        for week, occurrence in enumerate(series.occurrences):
            starts = (local + week * 7 * DAY).replace(tzinfo=zone).astimezone(UTC)
            asked = Asked(first.person, first.provider, first.kind, starts)
            free = self.driver.oracle.is_free(asked.minutes) and starts >= self.driver.now
            assert occurrence.outcome == ("booked" if free else "refused"), occurrence
            if free:
                self.lives(self.kept(asked, str(occurrence.appointment_id)))

    def _completed(self, event: Event) -> None:
        """The visit is over, once; what was moved or ended by hand meanwhile is not."""
        visit = self.driver.oracle.visits[event.subject]
        if visit.status == "booked":
            self.driver.oracle.ends(visit, "completed")

    def looks_at_a_day(self) -> None:
        """The day view of each place: what the list has, today or on another day."""
        day = self.driver.now.date() + DAY * self.driver.chance.randint(-3, 7)
        for place in dict.fromkeys(each.place for each in self.driver.practice.providers):
            shown = self.driver.do(lambda at, place=place: day_at_location(at, place.id, day))
            visits = self.driver.oracle.visits.values()
            there = [each for each in visits if each.provider.place == place and each.day == day]
            assert {each.id: each.starts_at for each in shown.items} == {
                each.id: each.starts for each in there
            }

    def at_the_annex(self) -> None:
        """The same at the same hours each time, measured: where nobody else is seen."""
        now, measured = self.driver.now, self._measured
        came, seen, moved, gone, missed = (self._at_the_annex(hours) for hours in (6, 2, 5, 4, 0))
        with measured("book"):
            self.comes(self.books(came))
        with measured("hold"):
            hold_id = self.holds(seen)
        with measured("book held"):
            arrived = self.books_held(seen, hold_id)
        with measured("check in"):
            self.arrives(arrived)
        self.comes(arrived)
        visit = self.books(gone)
        with measured("reschedule"):
            self.moves(visit, moved)
        with measured("cancel"):
            self.cancels(visit)
        visit = self.books(missed)
        with measured("no-show"):
            self.misses(visit)
        place, day = came.provider.place.id, now.date()
        with measured("day"):
            self.driver.do(lambda at: day_at_location(at, place, day))
        with measured("flow board"):
            self.driver.do(lambda at: flow_board(at, place, day))
        with measured("free slots"):
            self.finds(came)

    def _at_the_annex(self, hours: int) -> Asked:
        practice = self.driver.practice
        starts = self.driver.now + timedelta(hours=hours)
        return Asked(practice.guest, practice.annex, practice.kinds[0], starts)

    def _measured(self, operation: str) -> AbstractContextManager[None]:
        return self.counts.of(operation, self.driver.now.date())
