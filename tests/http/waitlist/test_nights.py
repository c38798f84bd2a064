"""At night nobody is written to: who may be told now is offered it, else it waits for the morning."""

from datetime import UTC, datetime

import pytest

from tests.builders.waitlist import TEN, Waiting, waiting
from tests.world import World, sign_in

SEVEN = "2026-03-03T07:00:00-05:00"


@pytest.fixture
def at(world: World) -> Waiting:
    """At ten in the evening in New York."""
    built = waiting(world, hours=("06:00", "17:00"))
    built.patient("Amy")
    built.patient("Holder")
    world.clock.instant = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
    built.clinic.token = sign_in(world, built.clinic.email)
    return built


def test_what_is_freed_at_night_is_offered_in_the_morning(at: Waiting) -> None:
    wish = at.wish("Amy")
    at.freed(TEN)
    at.carry()
    assert (at.offers(wish), at.tasks()) == ([], [])
    at.later(hours=9, minutes=59)
    assert at.offers(wish) == []
    at.later(minutes=1)
    assert at.offers(wish) == [("open", TEN)]
    assert at.read(wish)["history"][0]["until"] == "2026-03-03T08:30:00-05:00"
    assert at.world.of_kind("waitlist_slot") == []


def test_who_may_be_told_now_is_offered_it_before_who_sleeps(at: Waiting) -> None:
    asleep = at.wish("Amy", urgency="urgent")
    at.patient("Wes", time_zone="America/Los_Angeles")
    awake = at.wish("Wes")
    at.freed(TEN)
    at.carry()
    assert (at.offers(asleep), at.offers(awake)) == ([], [("open", TEN)])
    assert at.world.of_kind("waitlist_slot") == []


def test_what_is_over_before_anybody_may_be_told_is_a_task_once(at: Waiting) -> None:
    wish = at.wish("Amy")
    at.freed(SEVEN)
    at.carry()
    at.freed(SEVEN)
    at.carry()
    assert (at.offers(wish), at.tasks()) == ([], ["waitlist_slot_free"])
    (task,) = at.clinic.call("GET", "/v1/tasks?queue=front_desk").json["items"]
    assert (task["subject"], task["patient_id"]) == (wish, at.people["Amy"])
    assert task["due"] == "2026-03-03T12:00:00Z"
    at.later(hours=10)
    assert at.world.of_kind("waitlist_slot") == []


def test_what_is_taken_by_the_morning_is_offered_to_nobody(at: Waiting) -> None:
    wish = at.wish("Amy")
    at.freed(TEN)
    at.carry()
    at.clinic.set_hours([at.clinic.rule("wed", "10:00", "10:30")])
    at.clinic.booking(TEN, patient_id=at.people["Holder"])
    at.later(hours=10)
    assert at.offers(wish) == []
    assert at.world.of_kind("waitlist_slot") == []


def test_staff_offer_by_telephone_at_night_but_not_by_a_message(at: Waiting) -> None:
    wish = at.wish("Amy")
    place = at.clinic.practitioner_id, at.clinic.location_id
    body = dict(zip(("practitioner_id", "location_id"), place, strict=True)) | {"starts_at": TEN}
    refused = at.clinic.call("POST", f"/v1/waitlist/{wish}/offers", body)
    assert (refused.status, refused.json["code"]) == (409, "quiet_hours")
    told = at.clinic.call("POST", f"/v1/waitlist/{wish}/offers", {**body, "by_phone": True})
    assert told.status == 201
    at.carry()
    assert at.mailed("Amy") == 0
