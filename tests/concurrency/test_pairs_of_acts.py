"""Any two acts on one morning, in every order of their calls: as if one had come after the other.

What each is told and what is left must be what one of the two serial orders gives, or one of the two
is told to try again and has left nothing (PROMISES 30).
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations_with_replacement
from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.errors import DomainError
from chalicelib.scheduling.arrivals import check_in
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.changing import cancel, mark_no_show, reschedule
from chalicelib.scheduling.holds.holding import book_held, hold_slot, release_hold
from chalicelib.scheduling.holds.models import SlotHold
from chalicelib.scheduling.holds.schemas import SlotHoldRequest
from chalicelib.scheduling.models import Appointment, ResourceDay
from chalicelib.scheduling.progress import CancellationReason
from chalicelib.scheduling.schemas import BookingRequest, RescheduleRequest
from chalicelib.scheduling.series.carrying_out import carry_out
from chalicelib.scheduling.series.models import Series
from chalicelib.scheduling.series.ordering import order_series
from chalicelib.scheduling.series.schemas import SeriesRequest
from tests import tables
from tests.builders.scheduling import Clinic, add_patient, clinic
from tests.concurrency.stepping import interleaved, orders
from tests.faults import calls
from tests.plain_rows import plain_rows
from tests.world import World

NINE, QUARTER_PAST, TEN = (f"2026-03-02T{at}:00-05:00" for at in ("09:00", "09:15", "10:00"))
TRY_AGAIN = {"schedule_changed", "stale_version"}
Act = Callable[[], Any]
Played = tuple[tuple[str, ...], Counter[str]]
"""What each was told, and what is left."""


@dataclass
class Morning:
    """A visit that has begun and a hold an hour later, a series to be booked, and who wants what."""

    at: Clinic
    visit_id: str
    hold_id: str
    series_id: str
    patients: list[str]
    kept: tables.Image

    def act(self, name: str) -> Act:
        """Do it, and commit; what was told to whoever did."""

        def act() -> str:
            with self.at.working() as context:
                able = replace(context, permissions=frozenset({"overbook"}))
                made = getattr(self, name)(able)
                able.work.commit()
            return self.booked() if name == "series" else type(made).__name__

        return act

    def book(self, context: Context) -> Any:
        return book_appointment(context, self._asked(QUARTER_PAST, self.patients[0]))

    def book_later(self, context: Context) -> Any:
        return book_appointment(context, self._asked(TEN, self.patients[1]))

    def overbook(self, context: Context) -> Any:
        body = self._asked(QUARTER_PAST, self.patients[2], overbook="urgent")
        return book_appointment(context, body)

    def hold(self, context: Context) -> Any:
        names = ("practitioner_id", "location_id", "type_id")
        asked = {**{name: getattr(self.at, name) for name in names}, "starts_at": QUARTER_PAST}
        until = context.now() + timedelta(minutes=5)
        return hold_slot(context, SlotHoldRequest.model_validate(asked), until=until)

    def book_held(self, context: Context) -> Any:
        return book_held(context, self.hold_id, patient_id=self.patients[0])

    def release(self, context: Context) -> Any:
        return release_hold(context, self.hold_id)

    def move(self, context: Context) -> Any:
        body = RescheduleRequest.model_validate({"starts_at": TEN})
        return reschedule(context, self.visit_id, body)

    def cancel(self, context: Context) -> Any:
        return cancel(context, self.visit_id, CancellationReason.PATIENT)

    def miss(self, context: Context) -> Any:
        return mark_no_show(context, self.visit_id)

    def check_in(self, context: Context) -> Any:
        return check_in(context, self.visit_id)

    def series(self, context: Context) -> Any:
        return carry_out(context, self.series_id)

    def booked(self) -> str:
        """How the series' occurrences stand."""
        row = tables.row(*Series.key(self.at.practice_id, self.series_id))
        stand = [(each.outcome, each.code) for each in Series.from_raw_data(row).occurrences]
        return f"series {stand}"

    def played(self, acts: list[Act], order: tuple[int, ...]) -> Played:
        """From the same start; what is taken is what stands there."""
        tables.put_back(self.kept)
        outcomes = tuple(_told(each) for each in interleaved(order, acts))
        self._takes_what_stands()
        return outcomes, plain_rows(self.kept)

    def calls_of(self, act: Act) -> int:
        """How many calls it makes alone."""
        tables.put_back(self.kept)
        with calls() as sent, suppress(DomainError):
            act()
        return len(sent)

    def _asked(self, starts_at: str, patient_id: str, **more: str) -> BookingRequest:
        names = ("practitioner_id", "location_id", "type_id")
        asked = {name: getattr(self.at, name) for name in names}
        given = {**asked, "patient_id": patient_id, "starts_at": starts_at, **more}
        return BookingRequest.model_validate(given)

    def _takes_what_stands(self) -> None:
        """No bucket without a visit or a hold, none of these without its buckets, no note of none."""
        visits = [Appointment.from_raw_data(row) for row in tables.of_kind("appointment")]
        holds = [SlotHold.from_raw_data(row) for row in tables.of_kind("slot_hold")]
        stands = [each for each in visits if each.status == "booked"]
        wanted = Counter(
            (*key, bucket)
            for one in [*stands, *holds]
            for key, buckets in one.holds().items()
            for bucket in buckets
        )
        days = [ResourceDay.from_raw_data(row) for row in tables.of_kind("day")]
        assert {(*day.item_key, each) for day in days for each in day.taken or ()} == set(wanted)
        assert {each.hold_id for day in days for each in day.held} == {each.id for each in holds}
        beside = {each.visit_id for day in days for each in day.beside}
        assert beside <= {each.id for each in stands}
        assert beside or max(wanted.values(), default=1) == 1, "two stand where one may"


ACTS = [
    "book", "book_later", "overbook", "hold", "book_held", "release",
    "move", "cancel", "miss", "check_in", "series",
]  # fmt: skip
PAIRS = list(combinations_with_replacement(ACTS, 2))


@pytest.fixture
def morning(world: World) -> Morning:
    at = clinic(world)
    names = ("Abel", "Berg", "Cruz", "Dahl")
    patients = [add_patient(world, at.token, name={"family": name}) for name in names]
    made = Morning(at, at.booking(NINE), "", "", patients, {})
    assert at.tenant.id == at.practice_id  # read before the actors start
    with at.working() as context:
        hold = hold_slot(
            context,
            SlotHoldRequest.model_validate(
                {
                    **{n: getattr(at, n) for n in ("practitioner_id", "location_id", "type_id")},
                    "starts_at": TEN,
                }
            ),
            until=context.now() + timedelta(hours=1),
        )
        context.work.commit()
    with at.working() as context:
        body = {
            **{n: getattr(at, n) for n in ("practitioner_id", "location_id", "type_id")},
            "patient_id": patients[3],
            "starts": "2026-03-02T09:15:00",
            "rule": "FREQ=DAILY;COUNT=2",
        }
        series = order_series(context, SeriesRequest.model_validate(body))
        context.work.commit()
    made.hold_id, made.series_id = hold.id, series.id
    tables.forget("outbox")
    made.kept = tables.image()
    return made


@pytest.mark.parametrize("most", [4, pytest.param(300, marks=pytest.mark.campaign)])
def test_two_acts_are_one_after_the_other(morning: Morning, most: int) -> None:
    """At most so many orders of each pair, spread over all of them."""
    played, many = 0, {name: morning.calls_of(morning.act(name)) for name in ACTS}
    for pair in PAIRS:
        acts = [morning.act(name) for name in pair]
        first, second = (many[name] for name in pair)
        serial = [
            morning.played(acts, (0,) * 99),
            _turned(morning.played([acts[1], acts[0]], (0,) * 99)),
        ]
        alone = [morning.played([act], (0,) * 99)[1] for act in acts]
        every = orders(first, second)
        for order in every[:: len(every) // most + 1]:
            outcomes, left = morning.played(acts, order)
            played += 1
            assert _is_one_of(serial, alone, outcomes, left), (pair, order, outcomes)
    assert played > 2 * len(PAIRS)


def _is_one_of(
    serial: list[Played], alone: list[Counter[str]], outcomes: tuple[str, ...], left: Counter[str]
) -> bool:
    if (outcomes, left) in serial:
        return True
    again = [at for at, told in enumerate(outcomes) if any(code in told for code in TRY_AGAIN)]
    if len(again) != 1:
        return False
    return "series" in outcomes[again[0]] or left == alone[1 - again[0]]


def _turned(played: Played) -> Played:
    (second, first), left = played
    return (first, second), left


def _told(outcome: Any) -> str:
    """A hold that is gone is said to be so in the path (404) or in the body (422)."""
    if isinstance(outcome, DomainError):
        return [outcome.code, *(each.code for each in outcome.errors)][-1]
    return str(outcome)
