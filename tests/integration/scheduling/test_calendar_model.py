"""Any run of bookings, moves, cancellations, holds and overbooking against intervals in a list."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chalicelib.platform.context import Context
from chalicelib.platform.errors import DomainError
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.changing import cancel, reschedule
from chalicelib.scheduling.holds.holding import hold_slot, release_hold
from chalicelib.scheduling.holds.lapsing import let_lapse
from chalicelib.scheduling.holds.schemas import SlotHoldRequest
from chalicelib.scheduling.models import ResourceDay, SlotHold
from chalicelib.scheduling.progress import CancellationReason
from chalicelib.scheduling.schemas import BookingRequest, RescheduleRequest
from tests import tables
from tests.builders.scheduling import Clinic, add_patient, add_practitioner, add_type, clinic
from tests.world import World

MIDNIGHT = datetime.fromisoformat("2026-03-03T00:00:00-05:00")
OPENS, CLOSES = 18 * 60, 20 * 60
"""Evening hours: 00:00Z lies in their middle, at 19:00."""
FIELDS = {"pra": "practitioner_id", "rom": "room_id", "pat": "patient_id"}
LENGTHS = [(30, 0, 0), (20, 5, 10)]
"""Of the two types: length, buffers before and after."""
HELD_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class Stay:
    """What the oracle knows of a visit or a hold; minutes of the local day."""

    resources: frozenset[str]
    starts: int
    kind: int
    patient_id: str | None = None
    until: datetime | None = None

    @property
    def taken(self) -> range:
        length, before, after = LENGTHS[self.kind]
        return range(self.starts - before, self.starts + length + after, 5)

    @property
    def within_hours(self) -> bool:
        return self.taken.start >= OPENS and self.taken.stop <= CLOSES

    def shared_with(self, other: "Stay") -> frozenset[str]:
        """The resources that both want at one time."""
        overlap = set(self.taken) & set(other.taken)
        return self.resources & other.resources if overlap else frozenset()


WEIGHTS = {
    "book": 20,
    "overbook": 20,
    "move": 15,
    "hold": 12,
    "cancel": 12,
    "book_a_hold": 10,
    "time_passes": 6,
    "give_up": 3,
    "lapsed_holds_are_ended": 2,
}


class Calendar(RuleBasedStateMachine):
    """A clinic with two practitioners, four patients, two types and a room."""

    def __init__(self, at: Clinic, practitioners: list[str], patients: list[str], types: list[str]):
        super().__init__()
        self.at, self.practitioners, self.patients = at, practitioners, patients
        self.types = types
        self.visits: dict[str, Stay] = {}
        self.holds: dict[str, Stay] = {}
        self.accounts: dict[tuple[str, int], str] = {}
        self.chance = Random(0)

    @rule(seed=st.integers(0, 2**64))
    def act(self, seed: int) -> None:
        """One step of what a day brings, by chance alone."""
        self.chance = Random(seed)
        (verb,) = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        getattr(self, verb)()

    def book(self) -> None:
        self._book(self._stay(self.chance.choice(self.patients)))

    def overbook(self) -> None:
        self._book(self._stay(self.chance.choice(self.patients)), beside=True)

    def book_a_hold(self) -> None:
        if not self.holds:
            return
        hold_id = self._one_of(self.holds)
        held, patient_id = self.holds[hold_id], self.chance.choice(self.patients)
        resources = held.resources - set(self.patients) | {patient_id}
        starts = self.chance.choice([held.starts, held.starts, self._start()])
        stay = Stay(resources, starts, held.kind, patient_id)
        expected = {"other_patient"} if held.patient_id not in (None, patient_id) else set()
        if self._lapsed(held):
            expected.add("hold_lapsed")
        self._book(stay, hold_id=hold_id, expected=expected)

    def hold(self) -> None:
        stay = self._stay(self.chance.choice([None, *self.patients]))
        until = self.at.world.clock.now() + HELD_FOR
        body = SlotHoldRequest.model_validate(self._asked(stay))
        held = replace(stay, until=until)
        self._done(held, lambda context: hold_slot(context, body, until=until))

    def cancel(self) -> None:
        if self.visits:
            visit_id = self._one_of(self.visits)
            self._commit(lambda context: cancel(context, visit_id, CancellationReason.PATIENT))
            del self.visits[visit_id]
            self._settle_accounts()

    def move(self) -> None:
        if not self.visits:
            return
        visit_id, start = self._one_of(self.visits), self._start()
        before, beside = self.visits[visit_id], self.chance.random() < 0.4
        after, body = replace(before, starts=start), {"starts_at": _instant(start)}
        if self.chance.random() < 0.3:
            body["practitioner_id"] = self.chance.choice(self.practitioners)
            others = before.resources - set(self.practitioners)
            after = replace(after, resources=others | {body["practitioner_id"]})
        request = RescheduleRequest.model_validate(body | self._beside(beside))
        self._done(
            after,
            lambda context: reschedule(context, visit_id, request),
            beside=beside,
            follows=visit_id,
        )

    def give_up(self) -> None:
        if not self.holds:
            return
        hold_id = self._one_of(self.holds)
        outcome = self._commit(lambda context: release_hold(context, hold_id))
        if self._lapsed(self.holds[hold_id]):
            assert outcome.code in ("hold_lapsed", "not_found")
        else:
            assert outcome is None
            del self.holds[hold_id]
            self._settle_accounts()

    def time_passes(self) -> None:
        self.at.world.clock.advance(minutes=2)

    def lapsed_holds_are_ended(self) -> None:
        for item in self.at.world.items():
            if item["kind"]["S"] == "slot_hold":
                hold = SlotHold.from_raw_data(item)
                assert self._commit(lambda context, hold=hold: let_lapse(context, hold)) is None
        self.holds = {each: held for each, held in self.holds.items() if not self._lapsed(held)}
        self._takes_what_stands(lapsed_too=True)

    def teardown(self) -> None:
        self._takes_what_stands(lapsed_too=False)
        self.lapsed_holds_are_ended()

    def _book(
        self, stay: Stay, *, beside: bool = False, hold_id: str = "", expected: Any = ()
    ) -> None:
        body = self._asked(stay) | self._beside(beside)
        if hold_id:
            body["slot_hold_id"] = hold_id
        request = BookingRequest.model_validate(body)
        self._done(
            stay,
            lambda context: book_appointment(context, request),
            beside=beside,
            follows=hold_id,
            expected=expected,
        )

    def _done(
        self,
        stay: Stay,
        act: Callable[[Context], Any],
        *,
        beside: bool = False,
        follows: str = "",
        expected: Any = (),
    ) -> None:
        """It is done, or refused as the oracle would."""
        outcome = self._commit(act)
        met = self._met(stay, follows) - (set(self.practitioners) if beside else set())
        if not isinstance(outcome, DomainError):
            assert stay.within_hours
            assert not met
            assert not expected
            self._keep_accounts(outcome.id, stay, follows or outcome.id)
            for stays in (self.visits, self.holds):
                stays.pop(follows, None)
            (self.holds if outcome.id.startswith("slh") else self.visits)[outcome.id] = stay
            self._settle_accounts()
            return
        codes = {outcome.code, *(bad.code for bad in outcome.errors)}
        if codes & {"hold_lapsed", "other_patient", "not_found"}:
            assert codes & {*expected, *({"not_found"} if "hold_lapsed" in expected else ())}
        elif outcome.code == "outside_availability":
            assert not stay.within_hours
        else:
            assert outcome.code == "slot_taken"
            named = {bad.field for bad in outcome.errors}
            assert named
            assert named <= {FIELDS[each[:3]] for each in met}

    def _commit(self, act: Callable[[Context], Any]) -> Any:
        with self.at.working() as context:
            able = replace(context, permissions=frozenset({"overbook"}))
            try:
                outcome = act(able)
                able.work.commit()
            except DomainError as refusal:
                return refusal
            return outcome

    def _standing(self) -> dict[str, Stay]:
        return self.visits | {id_: e for id_, e in self.holds.items() if not self._lapsed(e)}

    def _met(self, stay: Stay, follows: str) -> frozenset[str]:
        """Who is taken: of practitioners what others have on their account, of all else any time."""
        self._settle_accounts()
        others = [each for id_, each in self._standing().items() if id_ != follows]
        met = frozenset().union(*(stay.shared_with(each) for each in others))
        (practitioner_id,) = stay.resources & set(self.practitioners)
        owners = {self.accounts.get((practitioner_id, minute), "") for minute in stay.taken}
        return met - {practitioner_id} | ({practitioner_id} if owners - {"", follows} else set())

    def _keep_accounts(self, made_id: str, stay: Stay, follows: str) -> None:
        """What it follows leaves it the time that it wants too; the rest of it is settled anew."""
        (practitioner_id,) = stay.resources & set(self.practitioners)
        for minute in stay.taken:
            if self.accounts.get((practitioner_id, minute), follows) == follows:
                self.accounts[practitioner_id, minute] = made_id

    def _settle_accounts(self) -> None:
        """What is on the account of nobody who stands there goes to the first who does."""
        there = self._standing()
        for (practitioner_id, minute), owner in list(self.accounts.items()):
            heirs = sorted(
                each
                for each, stay in there.items()
                if practitioner_id in stay.resources and minute in stay.taken
            )
            if owner not in heirs:
                del self.accounts[practitioner_id, minute]
                if heirs:
                    self.accounts[practitioner_id, minute] = heirs[0]

    def _takes_what_stands(self, *, lapsed_too: bool) -> None:
        """Every bucket of a visit or a hold, and no other."""
        now = self.at.world.clock.now()
        days = [
            ResourceDay.from_raw_data(item)
            for item in self.at.world.items()
            if item["kind"]["S"] == "day"
        ]
        for resource_id in (*self.practitioners, *self.patients, self.at.room_id):
            stays = [e for e in self._standing().values() if resource_id in e.resources]
            expected = {_bucket(minute) for each in stays for minute in each.taken}
            own = [day for day in days if f"#{resource_id}#" in day.pk]
            if resource_id not in self.practitioners:
                assert len(expected) == sum(len(each.taken) for each in stays)
                assert not any(day.overbooked for day in own)
            taken = {
                (day.day.isoformat(), bucket)
                for day in own
                for bucket in (day.taken or () if lapsed_too else day.taken_at(now))
            }
            assert taken == expected
            if lapsed_too:
                held = {each.hold_id for day in own for each in day.held}
                assert held <= set(self.holds)

    def _stay(self, patient_id: str | None) -> Stay:
        """Anything that may be asked for; most of it with the first practitioner."""
        practitioner_id = self.chance.choice([self.practitioners[0], *self.practitioners])
        room_id = self.chance.choice([self.at.room_id, None, None])
        resources = frozenset(filter(None, (practitioner_id, room_id, patient_id)))
        return Stay(resources, self._start(), self.chance.randrange(2), patient_id)

    def _start(self) -> int:
        return self.chance.randrange(OPENS - 5, CLOSES - 15, 5)

    def _asked(self, stay: Stay) -> dict[str, Any]:
        named = {FIELDS[each[:3]]: each for each in stay.resources}
        where = {"location_id": self.at.location_id, "type_id": self.types[stay.kind]}
        return {**named, **where, "starts_at": _instant(stay.starts)}

    def _beside(self, beside: bool) -> dict[str, str]:
        return {"overbook": "urgent"} if beside else {}

    def _lapsed(self, held: Stay) -> bool:
        return held.until is not None and held.until <= self.at.world.clock.now()

    def _one_of(self, found: dict[str, Stay]) -> str:
        return self.chance.choice(sorted(found))


@pytest.fixture
def start(world: World) -> Callable[[], Calendar]:
    """A new run at the same clinic, nothing booked."""
    at = clinic(world, hours=("18:00", "20:00"))
    length, before, after = LENGTHS[1]
    buffered = add_type(world, at.token, minutes=length, minutes_before=before, minutes_after=after)
    second = add_practitioner(world, at.token)
    at.set_hours([at.rule("tue", "18:00", "20:00")], practitioner_id=second)
    names = [{"family": name, "given": "Ann"} for name in ("Abel", "Berg", "Cruz")]
    patients = [at.patient_id, *(add_patient(world, at.token, name=each) for each in names)]
    assert at.tenant.id == at.practice_id
    empty, began = tables.image(), world.clock.now()

    def begin() -> Calendar:
        tables.put_back(empty)
        world.clock.instant = began
        return Calendar(at, [at.practitioner_id, second], patients, [at.type_id, buffered])

    return begin


def test_any_run_agrees_with_intervals_in_a_list(start: Callable[[], Calendar]) -> None:
    _run(start, examples=15, steps=30)


@pytest.mark.campaign
def test_three_hundred_runs_of_forty_steps_do(start: Callable[[], Calendar]) -> None:
    _run(start, examples=300, steps=40)


def _run(start: Callable[[], Calendar], *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        start,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # runs are short, and shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


def _instant(minute: int) -> str:
    return (MIDNIGHT + timedelta(minutes=minute)).isoformat()


def _bucket(minute: int) -> tuple[str, int]:
    since = minute + 5 * 60
    day = datetime.fromisoformat("2026-03-03") + timedelta(minutes=since)
    return day.date().isoformat(), since % (24 * 60) // 5
