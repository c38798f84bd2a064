"""Two who act on one freed time, in the orders that their calls to the table can have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.platform.clock import SetClock, from_iso
from chalicelib.platform.context import Context
from chalicelib.platform.errors import DomainError
from chalicelib.platform.store import get
from chalicelib.scheduling.booking import book_appointment
from chalicelib.scheduling.schemas import BookingRequest
from chalicelib.waitlist.answering import answer_offer
from chalicelib.waitlist.ending import expire
from chalicelib.waitlist.matching import Freed
from chalicelib.waitlist.models import Offer
from chalicelib.waitlist.offering import offer_freed
from chalicelib.waitlist.wishes import withdraw_wish
from tests import tables
from tests.builders.waitlist import NINE, TEN, Waiting, at
from tests.concurrency.stepping import interleaved
from tests.faults import calls

__all__ = ["at"]
ORDERS = [pytest.param(8, id="8"), pytest.param(300, id="300", marks=pytest.mark.campaign)]
Act = Callable[[], str]


@dataclass
class Stage:
    """Amy is offered ten o'clock; Bo waits, too."""

    at: Waiting
    amy: str
    bo: str
    offer_id: str

    @property
    def until(self) -> datetime:
        return from_iso(self.at.world.of_kind("waitlist_offer")[0]["until"]["S"])

    def act(self, do: Callable[[Context], Any], *, now: datetime | None = None) -> Act:
        """A use case committed; how it ended. `now` is what its machine's clock shows."""

        def acted() -> str:
            with self.at.clinic.working() as context:
                own = replace(context, clock=SetClock(now or context.now()), if_match=2)
                try:
                    do(own)
                    own.work.commit()
                except DomainError as refusal:
                    return refusal.code
                return "done"

        return acted

    def accept(self) -> Act:
        return self.act(lambda context: answer_offer(context, self.amy, self.offer_id, "accepted"))

    def expire(self) -> Act:
        def do(context: Context) -> None:
            key = Offer.key(context.practice_id, self.amy, self.offer_id)
            expire(context, get(Offer, key))

        return self.act(do, now=self.until)

    def staff_book(self) -> Act:
        """For Bo, once the hold has lapsed by their clock."""
        clinic = self.at.clinic
        body = BookingRequest.model_validate(
            {
                "patient_id": self.at.people["Bo"],
                "practitioner_id": clinic.practitioner_id,
                "location_id": clinic.location_id,
                "type_id": clinic.type_id,
                "starts_at": TEN,
            }
        )
        return self.act(lambda context: book_appointment(context, body), now=self.until)

    def withdraw(self) -> Act:
        return self.act(lambda context: withdraw_wish(context, self.amy))

    def offers(self, starts_at: str) -> Act:
        starts = from_iso(starts_at)
        clinic, ends = self.at.clinic, starts + timedelta(minutes=30)
        freed = Freed(clinic.practitioner_id, clinic.location_id, starts, ends)
        return self.act(lambda context: offer_freed(context, freed))

    def visits(self) -> list[tuple[str, str]]:
        """Who is booked when."""
        names = {patient: name for name, patient in self.at.people.items()}
        return sorted(
            (names[each["patient_id"]["S"]], each["starts_at"]["S"])
            for each in self.at.world.of_kind("appointment")
            if each["status"]["S"] == "booked"
        )

    def statuses(self, status: str) -> list[str]:
        """Whose offers have this status."""
        names = {patient: name for name, patient in self.at.people.items()}
        return sorted(
            names[each["patient_id"]["S"]]
            for each in self.at.world.of_kind("waitlist_offer")
            if each["status"]["S"] == status
        )


@pytest.fixture
def stage(at: Waiting) -> Stage:
    amy = at.wish("Amy")
    at.freed()
    at.carry()
    bo = at.wish("Bo")
    return Stage(at, amy, bo, at.read(amy)["offer_id"])


@pytest.fixture
def unoffered(at: Waiting) -> Stage:
    amy = at.wish("Amy")
    at.freed(TEN)
    at.freed(NINE)
    return Stage(at, amy, "", "")


def _in_orders(first: Act, second: Act, many: int) -> Iterator[list[str]]:
    """Random orders of the calls that each makes undisturbed, and how they ended."""
    kept = tables.image()
    lengths = []
    for act in (first, second):
        with calls() as sent:
            act()
        lengths.append(len(sent))
        tables.put_back(kept)
    random = Random(32)
    for _ in range(many):
        order = [0] * lengths[0] + [1] * lengths[1]
        random.shuffle(order)
        yield interleaved(order, [first, second])
        tables.put_back(kept)


@pytest.mark.parametrize("many", ORDERS)
def test_of_two_clicks_one_books(stage: Stage, many: int) -> None:
    for outcomes in _in_orders(stage.accept(), stage.accept(), many):
        assert outcomes.count("done") == 1, outcomes
        assert set(outcomes) <= {"done", "offer_spent", "schedule_changed", "slot_taken"}
        assert stage.visits() == [("Amy", "2026-03-04T15:00:00.000000Z")]
        assert stage.statuses("accepted") == ["Amy"]


@pytest.mark.parametrize("many", ORDERS)
def test_who_accepts_as_it_expires_is_booked_or_it_has_expired(stage: Stage, many: int) -> None:
    for accepted, expired in _in_orders(stage.accept(), stage.expire(), many):
        assert (accepted == "done") == bool(stage.visits()), (accepted, expired)
        assert stage.statuses("accepted") == (["Amy"] if accepted == "done" else [])
        assert stage.statuses("open") == []
        assert "done" in (accepted, expired)


@pytest.mark.parametrize("many", ORDERS)
def test_who_accepts_as_staff_book_what_has_lapsed(stage: Stage, many: int) -> None:
    for outcomes in _in_orders(stage.accept(), stage.staff_book(), many):
        assert outcomes.count("done") == 1, outcomes
        assert len(stage.visits()) == 1
        assert stage.statuses("accepted") == (["Amy"] if outcomes[0] == "done" else [])


@pytest.mark.parametrize("many", ORDERS)
def test_who_accepts_as_staff_withdraw_the_wish(stage: Stage, many: int) -> None:
    for outcomes in _in_orders(stage.accept(), stage.withdraw(), many):
        assert outcomes.count("done") == 1, outcomes
        assert len(stage.visits()) == (outcomes[0] == "done")
        assert stage.statuses("open") == []


@pytest.mark.parametrize("many", ORDERS)
def test_one_event_that_comes_twice_at_once_makes_one_offer(unoffered: Stage, many: int) -> None:
    for outcomes in _in_orders(unoffered.offers(TEN), unoffered.offers(TEN), many):
        assert set(outcomes) <= {"done", "unavailable"}, outcomes
        assert unoffered.statuses("open") == ["Amy"]
        assert len(unoffered.at.world.of_kind("slot_hold")) == 1


@pytest.mark.parametrize("many", ORDERS)
def test_two_times_freed_at_once_are_not_both_offered_to_one(unoffered: Stage, many: int) -> None:
    for outcomes in _in_orders(unoffered.offers(TEN), unoffered.offers(NINE), many):
        assert set(outcomes) <= {"done", "unavailable"}, outcomes
        assert unoffered.statuses("open") == ["Amy"]
        assert len(unoffered.at.world.of_kind("slot_hold")) == 1
