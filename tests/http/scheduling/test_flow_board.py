"""The flow board, who walks in, past visits, late cancellations, and who left unseen."""

from typing import Any

import pytest

from tests.builders.scheduling import Clinic, add_patient, add_type, clinic, made
from tests.faults import calls
from tests.world import World

NOW = "2026-03-02T09:00:00-05:00"
HALF_PAST = "2026-03-02T09:30:00-05:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _board(at: Clinic) -> Any:
    answer = at.call("GET", f"/v1/locations/{at.location_id}/flow?day=2026-03-02")
    assert answer.status == 200, answer.text
    return answer.json["items"]


def _progress(at: Clinic, appointment_id: str, progress: str) -> None:
    assert at.act(appointment_id, "progress", {"progress": progress}).status == 200


def test_the_board_follows_a_patient_from_the_door_to_the_door(at: Clinic) -> None:
    appointment_id = at.booking(HALF_PAST)
    (expected,) = _board(at)
    assert (expected["progress"], expected["minutes_waiting"], expected["wait"]) == (
        "none",
        None,
        "none",
    )
    at.later(minutes=15)
    _progress(at, appointment_id, "arrived")
    at.later(minutes=5)
    at.act(appointment_id, "check-in")
    at.later(minutes=10)
    (here,) = _board(at)
    assert (here["arrived_at"], here["checked_in_at"]) == (
        "2026-03-02T09:15:00-05:00",
        "2026-03-02T09:20:00-05:00",
    )
    assert (here["minutes_waiting"], here["wait"]) == (15, "long")
    _progress(at, appointment_id, "roomed")
    at.later(minutes=5)
    _progress(at, appointment_id, "with_provider")
    at.later(minutes=20)
    _progress(at, appointment_id, "checked_out")
    at.later(minutes=60)
    (gone,) = _board(at)
    assert (gone["with_provider_at"], gone["checked_out_at"]) == (
        "2026-03-02T09:35:00-05:00",
        "2026-03-02T09:55:00-05:00",
    )
    assert (gone["minutes_waiting"], gone["minutes_in_clinic"], gone["wait"]) == (20, 40, "none")


def test_the_board_is_one_query_beside_the_location_and_its_rooms(at: Clinic) -> None:
    at.booking(HALF_PAST)
    with calls() as sent:
        _board(at)
    assert sorted(sent[1:-1]) == ["GetItem", "Query", "Query"]
    there = clinic(at.world)
    path = f"/v1/locations/{there.location_id}/flow?day=2026-03-02"
    assert at.call("GET", path).status == 404


def test_who_leaves_unseen_has_come_and_stays_on_the_board(at: Clinic) -> None:
    left, never_came = at.booking(NOW), at.booking("2026-03-02T10:00:00-05:00")
    reason = {"reason": "left-unseen"}
    refused = at.act(left, "cancel", reason)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "not_arrived")
    at.act(left, "check-in")
    assert at.act(left, "cancel", reason).json["steps"][-1]["reason"] == "left-unseen"
    assert at.act(never_came, "cancel", {"reason": "pat"}).status == 200
    assert [(each["id"], each["status"], each["wait"]) for each in _board(at)] == [
        (left, "cancelled", "none")
    ]
    assert at.events()[-2]["reason"] == "left-unseen"


@pytest.mark.parametrize("starts_at", [NOW, "2026-03-02T08:45:00-05:00"])
def test_who_walks_in_is_checked_in_with_the_booking(at: Clinic, starts_at: str) -> None:
    at.set_hours([])
    answer = at.book(starts_at, entry="walk_in")
    assert (answer.status, answer.json["progress"]) == (201, "checked_in")
    assert answer.json == {**at.read(answer.json["id"]), "authorization": None}
    assert [event["type"] for event in at.events()] == [
        "appointment.booked",
        "appointment.checked_in",
    ]
    assert len(at.taken(at.practitioner_id)["2026-03-02"]) == 6


@pytest.mark.parametrize(
    ("entry", "starts_at", "code"),
    [
        ("walk_in", "2026-03-02T08:40:00-05:00", "in_the_past"),
        ("walk_in", "2026-03-02T09:20:00-05:00", "in_the_future"),
        ("past", "2025-03-01T09:00:00-05:00", "in_the_past"),
        ("past", "2026-03-02T09:05:00-05:00", "in_the_future"),
    ],
)
def test_each_has_its_time(at: Clinic, entry: str, starts_at: str, code: str) -> None:
    refused = at.book(starts_at, entry=entry)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, code)
    assert refused.json["errors"][0]["field"] == "starts_at"


def test_a_past_visit_is_entered_and_goes_on_as_any(at: Clinic) -> None:
    at.set_hours([])
    appointment_id = made(at.book("2026-02-20T09:00:00-05:00", entry="past"))
    clash = at.book("2026-02-20T09:00:00-05:00", entry="past")
    assert clash.json["code"] == "slot_taken"
    assert at.act(appointment_id, "check-in").json["progress"] == "checked_in"
    missed = made(at.book("2026-02-21T09:00:00-05:00", entry="past"))
    assert at.act(missed, "no-show").json["status"] == "no_show"


@pytest.mark.parametrize(
    ("hours", "reason", "late"),
    [(24, "pat", True), (24, "prov", False), (12, "pat", False), (0, "pat", False)],
)
def test_a_patients_cancellation_within_the_types_hours_is_late(
    at: Clinic, hours: int, reason: str, late: bool
) -> None:
    at.type_id = add_type(at.world, at.token, cancel_hours=hours)
    appointment_id = at.booking("2026-03-03T09:00:00-05:00")
    at.later(minutes=1)
    answer = at.act(appointment_id, "cancel", {"reason": reason})
    assert answer.json["late"] is late
    assert at.events()[-1].get("late") == ("yes" if late else None)


def test_overbooked_walk_ins_stand_beside_the_visit_under_way(at: Clinic) -> None:
    at.booking(NOW)
    other = add_patient(at.world, at.token, name={"family": "Other"})
    asked = {"patient_id": other, "entry": "walk_in"}
    assert at.book(NOW, **asked).json["code"] == "slot_taken"
    answer = at.book(NOW, **asked, overbook="walk_in")
    assert (answer.json["overbooked"], answer.json["progress"]) == ("walk_in", "checked_in")
