"""A death at each call of each step leaves all or nothing, and the same request again completes it."""

from collections import Counter
from collections.abc import Callable

import pytest

from tests import tables
from tests.builders.online import NINE, Visitor, booked, clinic
from tests.builders.scheduling import Clinic
from tests.faults import Died, dying, meanwhile
from tests.world import Answered, World

NOT_ITS_EFFECT = {"audit", "booking_attempts", "booking_session"}
"""Attempts and tries are counted before the rest; a session is made or changed with it."""


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _effect(kept: tables.Image) -> Counter[str]:
    changed = ((now or before or {})["kind"]["S"] for before, now in tables.changed_since(kept))
    return Counter(kind for kind in changed if kind not in NOT_ITS_EFFECT)


def _try_every_death(act: Callable[[], Answered], status: int) -> int:
    """How many calls there were to die at."""
    kept = tables.image()
    answer = act()
    assert answer.status == status, answer.text
    whole = _effect(kept)
    tables.put_back(kept)
    deaths = 0
    for after in (False, True):
        at_call = 0
        while True:
            try:
                with dying(at_call, after=after):
                    act()
            except Died:
                deaths += 1
            else:
                tables.put_back(kept)
                break
            assert _effect(kept) in (Counter(), whole), (at_call, after)
            assert act().status == status, (at_call, after)
            assert _effect(kept) == whole, (at_call, after)
            tables.put_back(kept)
            at_call += 1
    return deaths


def test_at_each_call_of_holding(at: Clinic) -> None:
    rosa = Visitor(at)
    body = rosa.hold_body(NINE)
    assert _try_every_death(lambda: rosa.send_hold(body), 201) > 10


def test_at_each_call_of_saying_who_comes(at: Clinic) -> None:
    rosa = Visitor(at)
    rosa.hold(NINE)
    assert _try_every_death(rosa.say, 200) > 6


def test_at_each_call_of_booking(at: Clinic) -> None:
    rosa = Visitor(at)
    rosa.hold(NINE)
    rosa.say()
    code = rosa.code()
    assert _try_every_death(lambda: rosa.verify(code), 200) > 10


def test_of_two_who_want_one_slot_one_holds_it(at: Clinic) -> None:
    one, two = Visitor(at), Visitor(at)
    first, second = one.hold_body(NINE), two.hold_body(NINE)
    answers: list[Answered] = []
    kept = tables.image()
    one.send_hold(first)
    tables.put_back(kept)
    with meanwhile(lambda: answers.append(at.hold(NINE))):
        one.call("GET", f"/v1/online-booking/{one.slug}")
        answers.append(two.send_hold(second))
    assert [each.status for each in answers] in ([201, 409], [409, 201])


def test_staff_who_book_a_start_before_a_visitor_holds_it_have_it(at: Clinic) -> None:
    rosa = Visitor(at)
    body = rosa.hold_body(NINE)
    with meanwhile(lambda: at.booking(NINE)):
        refused = rosa.send_hold(body)
    assert (refused.status, refused.json["code"]) == (409, "slot_taken")
    assert at.world.of_kind("booking_session") == []


def test_a_visit_is_booked_after_its_hold_was_taken_from_nobody(at: Clinic) -> None:
    rosa = Visitor(at)
    rosa.hold(NINE)
    taken = at.book(NINE)
    assert (taken.status, taken.json["code"]) == (409, "slot_taken")
    rosa.say()
    booked(rosa.verify())
    assert at.world.of_kind("slot_hold") == []
