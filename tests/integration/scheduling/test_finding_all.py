"""Whatever hours, leave, visits, holds and sessions there are: all that is shown can be booked, and
nothing that can be is missing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from chalicelib.platform.config import settings as environment
from chalicelib.platform.errors import DomainError
from chalicelib.platform.store import Record, practice_scope
from chalicelib.practices.models import Location, OpeningHours
from chalicelib.practices.service import read_location
from chalicelib.scheduling.availability import WeeklyRule
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.finding import find_slots
from chalicelib.scheduling.found_slots import FreeSlot
from chalicelib.scheduling.holds.holding import hold_slot
from chalicelib.scheduling.holds.models import SlotHold
from chalicelib.scheduling.holds.schemas import SlotHoldRequest
from chalicelib.scheduling.models import Appointment
from chalicelib.scheduling.schemas import BookingRequest, SlotQuery
from chalicelib.scheduling.set_up.models import Availability, HoursException
from tests import tables
from tests.builders.scheduling import (
    Clinic,
    add_patient,
    add_practitioner,
    add_room,
    add_type,
    clinic,
    made,
)
from tests.integration.scheduling.open_hours import Day, Found, Kind, Room, Seats, Span
from tests.world import World

TUESDAY = date(2026, 3, 3)
MIDNIGHT = datetime.fromisoformat("2026-03-03T00:00:00-05:00")
NOW = 8 * 60 + 20
"""It is twenty past eight on that day."""
EXAM = {"kind": "exam_room"}
LAPSES = timedelta(minutes=30)


@dataclass(frozen=True)
class Set:
    """A clinic of two places, three practitioners, five types, three rooms, and some patients."""

    at: Clinic
    places: list[str]
    practitioners: list[str]
    kinds: list[Kind]
    rooms: list[Room]
    patients: list[str]
    empty: tables.Image


@pytest.fixture
def built(world: World) -> Set:
    at = clinic(world, hours=("08:00", "12:00"))
    shown = at.call("GET", f"/v1/locations/{at.location_id}").json
    body = {name: shown[name] for name in ("name", "address", "time_zone")}
    places = [at.location_id, made(at.call("POST", "/v1/locations", body))]
    others = [add_practitioner(world, at.token) for _ in range(2)]
    rooms = [
        Room(add_room(world, at.token, where, of_kind=kind), where, kind)
        for where, kind in ((places[0], "exam_room"), (places[0], "office"), (places[1], "office"))
    ]
    kinds = [
        Kind(add_type(world, at.token, minutes=30), 30),
        Kind(add_type(world, at.token, minutes=20, minutes_before=5, minutes_after=10), 20, 5, 10),
        Kind(add_type(world, at.token, minutes=45, capacity=3), 45, seats=3),
        Kind(add_type(world, at.token, needs=[EXAM]), 30, needs=("exam_room",)),
        Kind(
            add_type(world, at.token, needs=[EXAM], needs_room=True, capacity=2),
            30,
            seats=2,
            needs=("exam_room",),
            needs_room=True,
        ),
    ]
    names = [{"family": name, "given": "Ann"} for name in ("Abel", "Berg", "Cruz")]
    patients = [at.patient_id, *(add_patient(world, at.token, name=each) for each in names)]
    world.clock.instant = _instant(NOW) - LAPSES
    assert at.tenant.id == at.practice_id
    return Set(at, places, [at.practitioner_id, *others], kinds, rooms, patients, tables.image())


def test_all_that_is_shown_can_be_booked_and_nothing_is_missing(built: Set) -> None:
    _try_out(built, examples=20)


@pytest.mark.campaign
def test_so_it_is_of_five_hundred_days(built: Set) -> None:
    _try_out(built, examples=500)


def _try_out(built: Set, *, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**64))
    def agree(seed: int) -> None:
        tables.put_back(built.empty)
        built.at.world.clock.instant = _instant(NOW) - LAPSES
        _Case(built, Random(seed)).agrees()

    agree()


class _Case:
    """One day by chance, as it is stored and as the oracle knows it."""

    def __init__(self, built: Set, chance: Random) -> None:
        self.built, self.at, self.chance, self.day = built, built.at, chance, Day()
        self.day.rooms = built.rooms

    def agrees(self) -> None:
        self._hours()
        for _ in range(self.chance.randrange(16)):
            self._take()
        self.at.world.clock.advance(minutes=30)  # what was held for half an hour has lapsed
        for _ in range(3):
            self._ask()

    def _ask(self) -> None:
        kind, asked = self._query()
        with self.at.working() as context:
            slots = find_slots(context, SlotQuery.model_validate(asked)).items
        teams = (
            [tuple(asked["practitioner_id"].split(","))]
            if "practitioner_id" in asked
            else [(each,) for each in self.built.practitioners]
        )
        if not asked.get("together"):
            teams = [(each,) for team in teams for each in team]
        expected = self.day.found(
            kind,
            teams,
            asked.get("location_id", ",".join(self.built.places)).split(","),
            now=NOW,
            patient_id=asked.get("patient_id"),
            room_id=asked.get("room_id"),
        )
        shown = [_found(each) for each in slots]
        assert sorted(shown, key=str) == sorted(expected, key=str)
        joined = [each for each in slots if each.group_session_id]
        for slot in [*joined, *self.chance.sample(slots, min(2, len(slots)))]:
            self._can_be_booked(slot, kind, asked)

    def _can_be_booked(self, slot: FreeSlot, kind: Kind, asked: dict[str, Any]) -> None:
        kept = tables.image()
        starts = (slot.starts_at - MIDNIGHT) // timedelta(minutes=1)
        free = [
            each
            for each in self.built.patients
            if self.day.taken.get(each, set()).isdisjoint(kind.claim(starts))
        ]
        for patient_id in [asked["patient_id"]] if "patient_id" in asked else free[:1]:
            body = {
                "patient_id": patient_id,
                "practitioner_id": slot.practitioner_id,
                "location_id": slot.location_id,
                "type_id": kind.id,
                "starts_at": slot.starts_at,
                "room_id": slot.room_id,
                "resource_ids": slot.resource_ids,
                "other_practitioner_ids": slot.other_practitioner_ids,
            }
            booked = self._commit(partial(book_appointment, body=_booking(body)))
            assert isinstance(booked, Appointment), (booked, booked.errors, slot)
            if slot.group_session_id:
                assert booked.group_session_id == slot.group_session_id
        tables.put_back(kept)

    def _query(self) -> tuple[Kind, dict[str, Any]]:
        chance, built = self.chance, self.built
        kind = chance.choice(built.kinds)
        if self.day.sessions and chance.random() < 0.6:
            kind_id = chance.choice(list(self.day.sessions.values())).kind_id
            kind = next(each for each in built.kinds if each.id == kind_id)
        asked: dict[str, Any] = {"type_id": kind.id, "from": TUESDAY, "until": TUESDAY}
        if chance.random() < 0.7:
            who = chance.sample(built.practitioners, chance.randrange(1, 4))
            asked["practitioner_id"] = ",".join(who)
            if len(who) > 1 and chance.random() < 0.5:
                asked["together"] = True
        if chance.random() < 0.5:
            asked["location_id"] = chance.choice(built.places)
        if chance.random() < 0.3:
            asked["patient_id"] = chance.choice(built.patients)
        if chance.random() < 0.3:
            asked["room_id"] = chance.choice(built.rooms).id
        return kind, asked

    def _hours(self) -> None:
        """Rules, extra hours, leave, closures and opening hours by chance, on quarters of an hour."""
        chance, day = self.chance, self.day
        for where in self.built.places:
            spans = [self._span("", where) for _ in range(chance.choice([0, 0, 0, 2]))]
            day.opening += spans
            holiday = chance.random() < 0.1
            day.closed |= {where} if holiday else set()
            self._put(self._location(where, spans, holiday=holiday))
        for who in self.built.practitioners:
            rules = [self._span(who, chance.choice(self.built.places)) for _ in range(3)]
            extra = [
                self._span(who, chance.choice(self.built.places))
                for _ in range(chance.randrange(2))
            ]
            away = [self._span(who, None) for _ in range(chance.choice([0, 0, 0, 1]))]
            shut = [
                self._span(who, self.built.places[0]) for _ in range(chance.choice([0, 0, 0, 1]))
            ]
            day.hours += rules + extra
            day.away += away + shut
            key = Availability.key(self.at.practice_id, who)
            stated = [*_exceptions("extra", extra), *_exceptions("leave", away)]
            stated += _exceptions("closed", shut)
            self._put(
                Availability(
                    *key, rules=tuple(self._rules(rules)), exceptions=tuple(stated), version=1
                )
            )

    def _span(self, who: str, where: str | None) -> Span:
        starts = self.chance.randrange(7 * 60, 12 * 60, 15)
        ends = starts + self.chance.randrange(15, 5 * 60, 15)
        kinds = [each.id for each in self.built.kinds]
        types = self.chance.sample(kinds, 3) if self.chance.random() < 0.2 else ()
        return Span(who, where, starts, ends, tuple(types) if who and where else ())

    def _rules(self, spans: list[Span]) -> Iterator[WeeklyRule]:
        """On Tuesdays; some every third week, of which this is one, and some that begin that day."""
        for span in spans:
            weeks, since = self.chance.choice(
                [(1, date(2026, 1, 1)), (1, TUESDAY), (3, date(2026, 2, 10))]
            )
            at = _clock(span.starts), _clock(span.ends)
            yield WeeklyRule(1, *at, span.where or "", since, TUESDAY, weeks, span.types)
            yield WeeklyRule(1, *at, span.where or "", TUESDAY + timedelta(days=1))
            yield WeeklyRule(1, *at, span.where or "", date(2026, 2, 24), None, 2)

    def _location(self, where: str, spans: list[Span], *, holiday: bool) -> Location:
        with self.at.working() as context:
            location = read_location(context, where)
        location.opening_hours = (
            tuple(OpeningHours(1, _clock(each.starts), _clock(each.ends)) for each in spans) or None
        )
        location.holidays = (TUESDAY,) if holiday else None
        return location

    def _take(self) -> None:
        """A visit, a hold that stays, or a hold that will have lapsed; or a refusal."""
        chance, built = self.chance, self.built
        span, patient_id = chance.choice(self.day.hours), chance.choice(built.patients)
        kind = chance.choice([*built.kinds, built.kinds[2]])
        who, where = span.who, span.where
        starts = chance.randrange(max(NOW - 20, span.starts), max(NOW, span.ends), 5)
        if self.day.sessions and chance.random() < 0.3:
            (who, starts), session = chance.choice(list(self.day.sessions.items()))
            kind = next(each for each in built.kinds if each.id == session.kind_id)
            where = session.where
        body: dict[str, Any] = {
            "practitioner_id": who,
            "location_id": where,
            "type_id": kind.id,
            "starts_at": _instant(starts),
            "patient_id": patient_id,
        }
        if chance.random() < 0.4 or kind.needs_room:
            body["room_id"] = chance.choice(built.rooms).id
        lapses = chance.random() < 0.2
        until = self.at.world.clock.now() + (LAPSES if lapses else 2 * LAPSES)
        act: Callable[[Any], Any] = partial(book_appointment, body=_booking(body))
        if lapses or chance.random() < 0.2:
            act = partial(hold_slot, body=SlotHoldRequest.model_validate(body), until=until)
        stands = self._commit(act)
        if not isinstance(stands, DomainError):
            self._note(stands, kind, starts, lapses=lapses)

    def _note(
        self, stands: Appointment | SlotHold, kind: Kind, starts: int, *, lapses: bool
    ) -> None:
        claim, day = set(kind.claim(starts)), self.day
        things = [stands.practitioner_id, stands.room_id, *(stands.with_ids or ())]
        if stands.group_session_id:
            session = day.sessions.setdefault(
                (stands.practitioner_id, starts),
                Seats(
                    stands.group_session_id,
                    kind.id,
                    stands.location_id,
                    stands.room_id,
                    frozenset(),
                    kind.seats,
                ),
            )
            session.left -= 0 if lapses else 1
        if stands.group_session_id or not lapses:
            for each in filter(None, things):
                day.taken.setdefault(each, set()).update(claim)
        if stands.patient_id and not lapses:
            day.taken.setdefault(stands.patient_id, set()).update(claim)

    def _commit(self, act: Callable[[Any], Any]) -> Any:
        with self.at.working() as context:
            try:
                outcome = act(context)
                context.work.commit()
            except DomainError as refusal:
                return refusal
            return outcome

    def _put(self, record: Record) -> None:
        with practice_scope(self.at.practice_id):
            boto3.client("dynamodb").put_item(
                TableName=environment().table, Item=record.serialize()
            )


def _found(slot: FreeSlot) -> Found:
    starts = (slot.starts_at - MIDNIGHT) // timedelta(minutes=1)
    return Found(starts, slot.practitioner_id, slot.location_id, slot.group_session_id)


def _exceptions(kind: str, spans: list[Span]) -> list[HoursException]:
    return [
        HoursException(
            kind,
            datetime.combine(TUESDAY, _clock(each.starts)),
            datetime.combine(TUESDAY, _clock(each.ends)),
            each.where,
            each.types if kind == "extra" else (),
        )
        for each in spans
    ]


def _booking(body: dict[str, Any]) -> BookingRequest:
    return BookingRequest.model_validate(body)


def _instant(minute: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def _clock(minute: int) -> time:
    return time(*divmod(minute, 60))
