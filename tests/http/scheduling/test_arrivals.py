"""Check-in, progress, and the end of a visit."""

from typing import Any

import pytest

from chalicelib.platform.events import Event
from tests.builders.scheduling import Clinic, clinic
from tests.world import World

SOON = "2026-03-02T09:30:00-05:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _advance(at: Clinic, appointment_id: str, progress: str) -> Any:
    return at.act(appointment_id, "progress", {"progress": progress})


def _signed(at: Clinic, appointment_id: str, event_id: str = "evt_1") -> str:
    data = {"patient_id": at.patient_id, "appointment_id": appointment_id, "day": "2026-03-02"}
    now = at.world.clock.now()
    return Event(event_id, "encounter.signed", at.practice_id, "enc_1", 1, now, data).to_json()


def test_checking_in_tells_what_the_encounter_needs(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    answer = at.act(appointment_id, "check-in")
    assert (answer.status, answer.json["progress"]) == (200, "checked_in")
    assert answer.json["status"] == "booked"
    assert answer.json == {**at.read(appointment_id), "readiness": answer.json["readiness"]}
    booked, checked_in = at.events()
    assert checked_in == {**booked, "type": "appointment.checked_in"}


def test_each_step_has_its_time_and_actor(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    me = at.call("GET", "/v1/me").json["user_id"]
    _advance(at, appointment_id, "arrived")
    at.world.clock.advance(minutes=2)
    at.act(appointment_id, "check-in")
    for progress in ("roomed", "with_provider", "checked_out"):
        at.world.clock.advance(minutes=2)
        assert _advance(at, appointment_id, progress).status == 200
    steps = at.read(appointment_id)["steps"]
    assert [(step["to"], step["at"]) for step in steps] == [
        ("booked", "2026-03-02T14:00:00Z"),
        ("arrived", "2026-03-02T14:00:00Z"),
        ("checked_in", "2026-03-02T14:02:00Z"),
        ("roomed", "2026-03-02T14:04:00Z"),
        ("with_provider", "2026-03-02T14:06:00Z"),
        ("checked_out", "2026-03-02T14:08:00Z"),
    ]
    assert {step["by"] for step in steps} == {me}


@pytest.mark.parametrize("starts_at", ["2026-03-02T23:30:00-05:00", "2026-03-03T00:05:00-05:00"])
def test_who_comes_before_midnight_is_checked_in_for_a_visit_after_it(
    world: World, starts_at: str
) -> None:
    at = clinic(world, hours=("00:00", "00:00"))
    visit = at.booking(starts_at)
    at.later(hours=3, minutes=5)  # 12:05
    assert at.act(visit, "check-in").status == 200


@pytest.mark.parametrize("starts_at", ["2026-03-03T00:15:00-05:00", "2026-03-10T11:00:00-04:00"])
def test_nobody_is_checked_in_for_another_day(world: World, starts_at: str) -> None:
    at = clinic(world, hours=("00:00", "00:00"))
    visit = at.booking(starts_at)
    at.later(hours=3, minutes=5)
    for refused in (at.act(visit, "check-in"), _advance(at, visit, "arrived")):
        assert (refused.status, refused.json["code"]) == (409, "not_yet_today")
    assert at.read(visit)["progress"] == "none"


def test_progress_goes_forward_and_past_the_desk_only_through_check_in(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    refused = _advance(at, appointment_id, "roomed")
    assert (refused.status, refused.json["code"]) == (409, "progress_not_possible")
    _advance(at, appointment_id, "arrived")
    assert _advance(at, appointment_id, "with_provider").status == 409
    at.act(appointment_id, "check-in")
    assert at.act(appointment_id, "check-in").json["code"] == "progress_not_possible"
    assert _advance(at, appointment_id, "arrived").status == 409
    assert _advance(at, appointment_id, "with_provider").status == 200
    assert _advance(at, appointment_id, "roomed").status == 409
    assert _advance(at, appointment_id, "checked_in").status == 400
    assert [event["type"] for event in at.events()].count("appointment.checked_in") == 1


def test_a_signed_encounter_fulfils_the_appointment_once(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    at.act(appointment_id, "check-in")
    for event_id in ("evt_1", "evt_1", "evt_2"):
        assert at.world.deliver("scheduling", [_signed(at, appointment_id, event_id)]) == []
    shown = at.read(appointment_id)
    assert (shown["status"], shown["progress"]) == ("fulfilled", "checked_out")
    assert [step["to"] for step in shown["steps"]].count("fulfilled") == 1
    completed = [event for event in at.events() if event["type"] == "appointment.completed"]
    assert [event["patient_id"] for event in completed] == [at.patient_id]


def test_an_encounter_without_or_with_a_cancelled_appointment_fulfils_none(at: Clinic) -> None:
    appointment_id = at.booking(SOON)
    at.act(appointment_id, "cancel", {"reason": "pat"})
    unknown = appointment_id[:-3] + "ZZZ"
    messages = [_signed(at, each) for each in ("", unknown, appointment_id)]
    assert at.world.deliver("scheduling", messages) == []
    assert at.read(appointment_id)["status"] == "cancelled"
    assert at.events()[-1]["type"] == "appointment.cancelled"
