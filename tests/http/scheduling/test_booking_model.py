"""Any run of bookings, moves and cancellations against intervals in a list."""

import copy
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings, strategies as st
from moto.backends import get_backend

from tests.builders.scheduling import Clinic, add_patient, add_practitioner, add_type, clinic
from tests.world import Answered, World

OPENS, CLOSES = 9 * 60, 11 * 60
UTC_OFFSET = 5 * 60
DAY = "2026-03-03"
FIELDS = {"pra": "practitioner_id", "rom": "room_id", "pat": "patient_id"}
LENGTHS = [(30, 0, 0), (20, 5, 10)]
"""Of the two types: length, buffers before and after."""


@dataclass(frozen=True)
class Visit:
    """What the oracle knows of a booked visit; minutes of the local day."""

    resources: frozenset[str]
    starts: int
    length: int
    before: int
    after: int

    @property
    def taken(self) -> range:
        return range(self.starts - self.before, self.starts + self.length + self.after, 5)

    def meets(self, other: "Visit") -> frozenset[str]:
        overlap = set(self.taken) & set(other.taken)
        return self.resources & other.resources if overlap else frozenset()

    @property
    def within_hours(self) -> bool:
        return self.taken.start >= OPENS and self.taken.stop <= CLOSES


starts = st.integers(OPENS // 5 - 1, CLOSES // 5).map(lambda bucket: bucket * 5)
one_of_two = st.integers(0, 1)
booking = st.tuples(
    st.just("book"), one_of_two, one_of_two, one_of_two, st.booleans(), starts
)  # practitioner, patient, type, with room, start
cancelling = st.tuples(st.just("cancel"), st.integers(0, 20))
moving = st.tuples(st.just("move"), st.integers(0, 20), st.none() | one_of_two, starts)
runs = st.lists(booking | booking | cancelling | moving | moving, min_size=8, max_size=15)


class Run:
    """One run, at a clinic with two of each but the room."""

    def __init__(
        self, at: Clinic, *, practitioners: list[str], patients: list[str], types: list[str]
    ) -> None:
        self.at, self.practitioners, self.patients = at, practitioners, patients
        self.types = types
        self.live: dict[str, Visit] = {}

    def book(self, practitioner: int, patient: int, kind: int, with_room: bool, start: int) -> None:
        practitioner_id, patient_id = self.practitioners[practitioner], self.patients[patient]
        room_id = self.at.room_id if with_room else None
        resources = frozenset(filter(None, (practitioner_id, patient_id, room_id)))
        length, before, after = LENGTHS[kind]
        visit = Visit(resources, start, length, before, after)
        answer = self.at.book(
            _instant(start),
            practitioner_id=practitioner_id,
            patient_id=patient_id,
            room_id=room_id,
            type_id=self.types[kind],
        )
        if self._agrees(answer, visit, status=201):
            self.live[answer.json["id"]] = visit

    def cancel(self, number: int) -> None:
        if self.live:
            appointment_id = sorted(self.live)[number % len(self.live)]
            assert self.at.act(appointment_id, "cancel", {"reason": "pat"}).status == 200
            del self.live[appointment_id]

    def move(self, number: int, practitioner: int | None, start: int) -> None:
        if not self.live:
            return
        appointment_id = sorted(self.live)[number % len(self.live)]
        before, body = self.live.pop(appointment_id), {"starts_at": _instant(start)}
        resources = before.resources
        if practitioner is not None:
            body["practitioner_id"] = self.practitioners[practitioner]
            resources = resources - set(self.practitioners) | {body["practitioner_id"]}
        after = replace(before, resources=resources, starts=start)
        answer = self.at.act(appointment_id, "reschedule", body)
        moved = self._agrees(answer, after, status=200)
        self.live[appointment_id] = after if moved else before

    def _agrees(self, answer: Answered, visit: Visit, *, status: int) -> bool:
        """The product's answer is the oracle's; whether the visit stands."""
        met = frozenset().union(*(visit.meets(other) for other in self.live.values()))
        if not visit.within_hours:
            assert answer.json["code"] == "outside_availability"
        elif met:
            assert answer.json["code"] == "slot_taken"
            named = {bad["field"] for bad in answer.json["errors"]}
            assert named
            assert named <= {FIELDS[each[:3]] for each in met}
        else:
            assert answer.status == status, answer.text
        return answer.status == status

    def takes_what_is_live(self) -> None:
        for resource_id in (*self.practitioners, *self.patients, self.at.room_id):
            minutes = [
                minute
                for visit in self.live.values()
                if resource_id in visit.resources
                for minute in visit.taken
            ]
            buckets = {(minute + UTC_OFFSET) // 5 for minute in minutes}
            assert len(buckets) == len(minutes)
            assert self.at.taken(resource_id) == ({DAY: buckets} if buckets else {})


@pytest.fixture
def start_again(world: World) -> Any:
    """A new run at the same clinic, nothing booked."""
    at = clinic(world, hours=("09:00", "11:00"))
    length, before, after = LENGTHS[1]
    buffered = add_type(world, at.token, minutes=length, minutes_before=before, minutes_after=after)
    second = add_practitioner(world, at.token)
    at.set_hours([at.rule("tue", "09:00", "11:00")], practitioner_id=second)
    patients = [at.patient_id, add_patient(world, at.token, name={"family": "Other"})]
    empty = copy.deepcopy(_table().items)

    def start() -> Run:
        _table().items = copy.deepcopy(empty)
        practitioners, types = [at.practitioner_id, second], [at.type_id, buffered]
        return Run(at, practitioners=practitioners, patients=patients, types=types)

    return start


@pytest.mark.parametrize("examples", [20, pytest.param(300, marks=pytest.mark.campaign)])
def test_any_run_agrees_with_intervals_in_a_list(start_again: Any, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # runs are short, and shrinking takes minutes
    )
    @given(steps=runs)
    def agrees(steps: list[Any]) -> None:
        run = start_again()
        for verb, *arguments in steps:
            getattr(run, verb)(*arguments)
        run.takes_what_is_live()

    agrees()


def _table() -> Any:
    """moto puts another in its place when a transaction fails."""
    (table,) = get_backend("dynamodb")["123456789012"]["us-east-1"].tables.values()
    return table


def _instant(minute: int) -> str:
    return f"{DAY}T{minute // 60:02}:{minute % 60:02}:00-05:00"
