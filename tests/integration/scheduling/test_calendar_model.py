"""Any run of bookings, moves, cancellations, holds, overbooking, series and group sessions against
intervals in lists.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chalicelib.platform.context import Context
from chalicelib.platform.errors import DomainError
from chalicelib.platform.store import get
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.changing import cancel, reschedule
from chalicelib.scheduling.holds.holding import hold_slot, release_hold
from chalicelib.scheduling.holds.lapsing import let_lapse
from chalicelib.scheduling.holds.models import SlotHold
from chalicelib.scheduling.holds.schemas import SlotHoldRequest
from chalicelib.scheduling.models import Appointment
from chalicelib.scheduling.progress import CancellationReason
from chalicelib.scheduling.schemas import BookingRequest, RescheduleRequest
from chalicelib.scheduling.series.carrying_out import carry_out
from chalicelib.scheduling.series.models import Outcome, Series
from chalicelib.scheduling.series.ordering import cancel_series, move_series, order_series
from chalicelib.scheduling.series.schemas import SeriesCancellation, SeriesMove, SeriesRequest
from chalicelib.scheduling.sessions.cancelling import carry_out_cancellation
from chalicelib.scheduling.sessions.schemas import SessionCancellation, SessionRequest
from chalicelib.scheduling.sessions.service import cancel_session, open_session
from tests import tables
from tests.builders.scheduling import Clinic, add_patient, add_practitioner, add_type, clinic
from tests.integration.scheduling.calendar_checks import instant, local_time, takes_what_stands
from tests.integration.scheduling.calendar_oracle import (
    A_DAY,
    CLOSES,
    GROUP,
    LENGTHS,
    OPENS,
    SEATS,
    Calendar as Oracle,
    Session,
    Stay,
)
from tests.world import World

FIELDS = {"pra": "practitioner_id", "rom": "room_id", "pat": "patient_id"}
HELD_FOR = timedelta(minutes=5)
LOST = {"hold_lapsed", "other_patient", "not_found"}
WEIGHTS = {
    "book": 20,
    "overbook": 16,
    "move": 16,
    "hold": 12,
    "cancel": 10,
    "book_a_hold": 10,
    "time_passes": 6,
    "series": 5,
    "move_a_series": 4,
    "open_a_session": 4,
    "give_up": 3,
    "cancel_a_series": 2,
    "cancel_a_session": 2,
    "lapsed_holds_are_ended": 2,
}


@dataclass
class Weekly:
    """A series as it was ordered: of each occurrence the start, and the visit if there is one."""

    id: str
    asked: Stay
    occurrences: list[tuple[int, str | None]]


class Calendar(RuleBasedStateMachine):
    """A clinic with two practitioners, four patients, three types and a room."""

    def __init__(self, at: Clinic, practitioners: list[str], patients: list[str], types: list[str]):
        super().__init__()
        self.at, self.practitioners, self.patients = at, practitioners, patients
        self.types, self.chance, self.steps = types, Random(0), 0
        self.oracle = Oracle(practitioners, at.world.clock.now)
        self.weekly: list[Weekly] = []

    @rule(seed=st.integers(0, 2**64))
    def act(self, seed: int) -> None:
        """One step of what a day brings, by chance alone."""
        self.steps += 1
        self.chance = Random(
            f"{self.steps} {seed}"
        )  # a seed that is drawn often does not repeat a step
        (verb,) = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        getattr(self, verb)()

    def book(self, *, beside: bool = False) -> None:
        stay = self._stay(self.chance.choice(self.patients))
        request = BookingRequest.model_validate(self._asked(stay) | self._beside(beside))
        self._done(stay, partial(book_appointment, body=request), beside=beside)

    def overbook(self) -> None:
        self.book(beside=True)

    def book_a_hold(self) -> None:
        if not self.oracle.holds:
            return
        hold_id = self._one_of(self.oracle.holds)
        held, patient_id = self.oracle.holds[hold_id], self.chance.choice(self.patients)
        starts = self.chance.choice([held.starts, held.starts, self._start()])
        stay = replace(held, starts=starts, patient_id=patient_id, until=None)
        lost = {"other_patient"} if held.patient_id not in (None, patient_id) else set()
        if self.oracle.has_lapsed(held):
            lost |= {"hold_lapsed", "not_found"}
        request = BookingRequest.model_validate({**self._asked(stay), "slot_hold_id": hold_id})
        self._done(stay, partial(book_appointment, body=request), follows=hold_id, lost=lost)

    def hold(self) -> None:
        stay = self._stay(self.chance.choice([None, *self.patients]))
        until = self.at.world.clock.now() + HELD_FOR
        body = SlotHoldRequest.model_validate(self._asked(stay))
        self._done(replace(stay, until=until), partial(hold_slot, body=body, until=until))

    def move(self) -> None:
        if not self.oracle.visits:
            return
        visit_id, start = self._one_of(self.oracle.visits), self._start()
        before, beside = self.oracle.visits[visit_id], self.chance.random() < 0.4
        after, body = replace(before, starts=start), {"starts_at": instant(start)}
        if self.chance.random() < 0.3:
            body["practitioner_id"] = self.chance.choice(self.practitioners)
            after = replace(after, practitioner_id=body["practitioner_id"])
        request = RescheduleRequest.model_validate(body | self._beside(beside))
        act = partial(reschedule, appointment_id=visit_id, body=request)
        self._done(self._joining(after), act, beside=beside, follows=visit_id)

    def cancel(self) -> None:
        if self.oracle.visits:
            visit_id = self._one_of(self.oracle.visits)
            reason = CancellationReason.PATIENT
            outcome = self._commit(partial(cancel, appointment_id=visit_id, reason=reason))
            assert not isinstance(outcome, DomainError)
            self.oracle.leaves(visit_id)

    def give_up(self) -> None:
        if not self.oracle.holds:
            return
        hold_id = self._one_of(self.oracle.holds)
        outcome = self._commit(partial(release_hold, hold_id=hold_id))
        if self.oracle.has_lapsed(self.oracle.holds[hold_id]):
            assert outcome.code in ("hold_lapsed", "not_found")
        else:
            assert outcome is None
            self.oracle.leaves(hold_id)

    def time_passes(self) -> None:
        self.at.world.clock.advance(minutes=2)

    def lapsed_holds_are_ended(self) -> None:
        for item in tables.of_kind("slot_hold"):
            hold = SlotHold.from_raw_data(item)
            assert self._commit(partial(let_lapse, hold=hold)) is None
        for id_, held in list(self.oracle.holds.items()):
            if self.oracle.has_lapsed(held):
                self.oracle.leaves(id_)
        self._takes_what_stands(lapsed_too=True)

    def open_a_session(self) -> None:
        stay = replace(self._stay(None), kind=GROUP)
        asked = SessionRequest.model_validate(self._asked(stay))
        outcome = self._commit(partial(open_session, body=asked))
        outlook = self.oracle.if_came(stay)
        if isinstance(outcome, DomainError):
            codes = outlook.codes | ({"slot_taken"} if outlook.joins else set())
            assert codes & {outcome.code, *(bad.code for bad in outcome.errors)}
            return
        assert not outlook.codes
        assert outlook.joins is None
        self.oracle = outlook.calendar
        self.oracle.opens(Session(outcome.id, stay, kept=True))

    def cancel_a_session(self) -> None:
        if not self.oracle.sessions:
            return
        session = self.oracle.sessions[self.chance.choice(sorted(self.oracle.sessions))]
        body = SessionCancellation(reason=CancellationReason.PROVIDER)
        done = self._commit(partial(cancel_session, group_session_id=session.id, body=body))
        self._commit(partial(carry_out_cancellation, session=done))
        session.kept = False
        for id_ in [*session.seats]:
            self.oracle.leaves(id_)
        self.oracle.sessions.pop(session.as_stay.at, None)
        self.oracle.settle()

    def series(self) -> None:
        """Two or three weeks, each booked or refused by itself."""
        stay, weeks = self._stay(self.chance.choice(self.patients)), self.chance.randrange(2, 4)
        asked = {k: v for k, v in self._asked(stay).items() if k != "starts_at"}
        asked |= {"starts": local_time(stay.starts), "rule": f"FREQ=WEEKLY;COUNT={weeks}"}
        ordered = self._commit(partial(order_series, body=SeriesRequest.model_validate(asked)))
        occurrences: list[tuple[int, str | None]] = []
        for week, now in enumerate(self._carried_out(ordered.id)):
            starts = stay.starts + 7 * A_DAY * week
            booked = now.outcome == Outcome.BOOKED
            self._fared(replace(stay, starts=starts), now, booked=booked)
            occurrences.append((starts, now.appointment_id))
        self.weekly.append(Weekly(ordered.id, stay, occurrences))

    def move_a_series(self) -> None:
        """This and all later: what was moved by hand or is gone stays as it is."""
        if not self.weekly:
            return
        weekly = self.chance.choice(self.weekly)
        minutes = self.chance.choice([-30, -10, 0, 10, 45])
        practitioner_id = self.chance.choice([None, *self.practitioners])
        first = self.chance.randrange(1, len(weekly.occurrences) + 1)
        body = SeriesMove(first=first, minutes=minutes, practitioner_id=practitioner_id)
        self._commit(partial(move_series, series_id=weekly.id, body=body))
        found = self._carried_out(weekly.id)
        for at, (starts, visit_id) in enumerate(weekly.occurrences):
            visit = self.oracle.visits.get(visit_id or "")
            if at + 1 < first or visit is None or visit.starts not in (starts, starts + minutes):
                continue
            to = practitioner_id or visit.practitioner_id
            after = self._joining(replace(visit, starts=starts + minutes, practitioner_id=to))
            moved = found[at].outcome == Outcome.BOOKED
            self._fared(after, found[at], booked=moved, follows=visit_id or "")
            if moved:
                weekly.occurrences[at] = (starts + minutes, visit_id)

    def cancel_a_series(self) -> None:
        if not self.weekly:
            return
        weekly = self.chance.choice(self.weekly)
        first = self.chance.randrange(1, len(weekly.occurrences) + 1)
        body = SeriesCancellation(first=first, reason=CancellationReason.PATIENT)
        self._commit(partial(cancel_series, series_id=weekly.id, body=body))
        self._carried_out(weekly.id)
        for starts, visit_id in weekly.occurrences[first - 1 :]:
            visit = self.oracle.visits.get(visit_id or "")
            if visit is not None and visit.starts == starts:
                self.oracle.leaves(visit_id or "")

    def teardown(self) -> None:
        self._takes_what_stands(lapsed_too=False)
        self.lapsed_holds_are_ended()

    def _done(
        self,
        stay: Stay,
        act: Callable[[Context], Any],
        *,
        beside: bool = False,
        follows: str = "",
        lost: Any = (),
    ) -> None:
        """It is done, or refused as the oracle would."""
        outcome = self._commit(act)
        outlook = self.oracle.if_came(stay, beside=beside, follows=follows)
        if not isinstance(outcome, DomainError):
            assert not outlook.codes
            assert not lost
            self.oracle = outlook.calendar
            self.oracle.comes(outcome.id, stay, outcome.group_session_id, follows=follows)
            return
        codes = {outcome.code, *(bad.code for bad in outcome.errors)}
        assert codes & (outlook.codes | set(lost)), (codes, outlook.codes, lost)
        if outcome.code == "slot_taken":
            named = {bad.field for bad in outcome.errors}
            assert named
            assert named <= {FIELDS[each[:3]] for each in outlook.met}

    def _fared(self, stay: Stay, occurrence: Any, *, booked: bool, follows: str = "") -> None:
        """As `_done`, of an occurrence that a series reports."""
        outlook = self.oracle.if_came(stay, follows=follows)
        if booked:
            assert not outlook.codes
            with self.at.working() as context:
                key = Appointment.key(context.practice_id, occurrence.appointment_id)
                visit = get(Appointment, key)
            self.oracle = outlook.calendar
            self.oracle.comes(visit.id, stay, visit.group_session_id, follows=follows)
        else:
            taken = {f"{name}_taken" for name in ("provider", "room", "patient")}
            told = outlook.codes | (taken if "slot_taken" in outlook.codes else set())
            assert occurrence.code in told, (occurrence, outlook.codes)

    def _carried_out(self, series_id: str) -> Any:
        self._commit(partial(carry_out, series_id=series_id))
        with self.at.working() as context:
            return get(Series, Series.key(context.practice_id, series_id)).occurrences

    def _joining(self, stay: Stay) -> Stay:
        """A seat that moves has the room of the session that stands there."""
        session = self.oracle.sessions.get(stay.at) if stay.sits else None
        return replace(stay, room_id=session.as_stay.room_id) if session else stay

    def _commit(self, act: Callable[[Context], Any]) -> Any:
        with self.at.working() as context:
            able = replace(context, permissions=frozenset({"overbook"}))
            try:
                outcome = act(able)
                able.work.commit()
            except DomainError as refusal:
                return refusal
            return outcome

    def _takes_what_stands(self, *, lapsed_too: bool) -> None:
        resource_ids = [*self.practitioners, *self.patients, self.at.room_id]
        now = None if lapsed_too else self.at.world.clock.now()
        takes_what_stands(self.oracle, resource_ids, now=now)

    def _stay(self, patient_id: str | None) -> Stay:
        """Anything that may be asked for; most of it with the first practitioner."""
        practitioner_id = self.chance.choice([self.practitioners[0], *self.practitioners])
        room_id = self.chance.choice([self.at.room_id, None, None])
        kind, starts = self.chance.randrange(len(LENGTHS)), self._start()
        if kind == GROUP and self.oracle.sessions and self.chance.random() < 0.6:
            practitioner_id, starts = self.chance.choice(sorted(self.oracle.sessions))
        return Stay(practitioner_id, starts, kind, room_id, patient_id)

    def _start(self) -> int:
        """On the first evening, or now and then a week later, by summer time."""
        return self.chance.randrange(OPENS - 5, CLOSES - 15, 5) + self.chance.choice(
            [0, 0, 0, 7 * A_DAY]
        )

    def _asked(self, stay: Stay) -> dict[str, Any]:
        named = {name: getattr(stay, name) for name in FIELDS.values()}
        where = {"location_id": self.at.location_id, "type_id": self.types[stay.kind]}
        asked = {name: value for name, value in named.items() if value}
        return {**asked, **where, "starts_at": instant(stay.starts)}

    def _beside(self, beside: bool) -> dict[str, str]:
        return {"overbook": "urgent"} if beside else {}

    def _one_of(self, found: dict[str, Stay]) -> str:
        return self.chance.choice(sorted(found))


@pytest.fixture
def start(world: World) -> Callable[[], Calendar]:
    """A new run at the same clinic, nothing booked."""
    at = clinic(world, hours=("18:00", "20:00"))
    at.set_hours([at.rule("tue", "18:00", "20:00")])
    (_, *others) = LENGTHS
    types = [at.type_id]
    for (length, before, after), seats in zip(others, (1, SEATS), strict=True):
        kind = {"minutes": length, "minutes_before": before, "minutes_after": after}
        types.append(add_type(world, at.token, capacity=seats, **kind))
    second = add_practitioner(world, at.token)
    at.set_hours([at.rule("tue", "18:00", "20:00")], practitioner_id=second)
    names = [{"family": name, "given": "Ann"} for name in ("Abel", "Berg", "Cruz")]
    patients = [at.patient_id, *(add_patient(world, at.token, name=each) for each in names)]
    assert at.tenant.id == at.practice_id
    empty, began = tables.image(), world.clock.now()

    def begin() -> Calendar:
        tables.put_back(empty)
        world.clock.instant = began
        return Calendar(at, [at.practitioner_id, second], patients, types)

    return begin


def test_any_run_agrees_with_intervals_in_a_list(start: Callable[[], Calendar]) -> None:
    _run(start, examples=12, steps=30)


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
