"""Booking over HTTP."""

import pytest

from tests.builders.scheduling import Clinic, add_patient, add_practitioner, clinic, made
from tests.world import World, add_member

NINE = "2026-03-03T09:00:00-05:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def test_a_booked_appointment_is_there_with_the_locations_times(at: Clinic) -> None:
    answer = at.book("2026-03-03T14:00:00Z", room_id=at.room_id)
    assert answer.status == 201, answer.text
    shown = at.call("GET", answer.headers["Location"])
    assert shown.json == answer.json
    assert shown.json["starts_at"] == "2026-03-03T09:00:00-05:00"
    assert shown.json["ends_at"] == "2026-03-03T09:30:00-05:00"
    assert (shown.json["status"], shown.json["progress"]) == ("booked", "none")
    assert shown.json["patient_name"] == "Amy Shaw"
    assert [step["to"] for step in shown.json["steps"]] == ["booked"]
    assert shown.headers["ETag"] == '"1"'
