"""A freed time is offered at once to who waits for it, held for them, and theirs when they take it."""

import pytest

from tests.builders.waitlist import TEN, Waiting, waiting
from tests.world import World


@pytest.fixture
def at(world: World) -> Waiting:
    return waiting(world)


def test_a_cancelled_visit_s_time_is_offered_taken_and_booked(at: Waiting) -> None:
    wish = at.wish("Amy")
    at.freed()
    at.world.pump()
    assert at.offers(wish) == [("open", TEN)]
    assert at.mailed("Amy") == 1
    assert at.clinic.book(TEN, patient_id=at.patient("Bo")).json["code"] == "slot_taken"
    said = at.say("Amy", "accepted")
    assert (said.status, said.json) == (200, {"answer": "accepted"})
    assert at.visits("Amy") == [("booked", TEN)]
    found = at.read(wish)
    assert (found["status"], found["offer_id"]) == ("booked", None)
    assert at.offers(wish) == [("accepted", TEN)]
    at.world.pump()
    again = at.say("Amy", "accepted")
    assert (again.status, again.json["code"]) == (409, "offer_spent")
    assert at.visits("Amy") == [("booked", TEN)]
