"""Which patient is in which room, and who came late."""

from typing import Any

import pytest

from chalicelib.platform.events import Event
from tests.builders.scheduling import Clinic, add_patient, add_room, clinic, made
from tests.faults import meanwhile
from tests.world import ADDRESS, World

NINE, HALF_PAST = "2026-03-02T09:00:00-05:00", "2026-03-02T09:30:00-05:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _here(at: Clinic, starts_at: str = NINE, **over: Any) -> str:
    """Somebody who is checked in."""
    appointment_id = at.booking(starts_at, **over)
    assert at.act(appointment_id, "check-in").status == 200
    return appointment_id


def _next(at: Clinic, starts_at: str = HALF_PAST, **over: Any) -> str:
    """Somebody else who is."""
    other = add_patient(at.world, at.token, name={"family": "Other"})
    return _here(at, starts_at, patient_id=other, **over)


def _room(at: Clinic, appointment_id: str, room_id: str | None = None) -> Any:
    named = {"room_id": room_id} if room_id else {}
    return at.act(appointment_id, "progress", {"progress": "roomed", **named})


def _go_on(at: Clinic, appointment_id: str, progress: str) -> Any:
    return at.act(appointment_id, "progress", {"progress": progress})


def _board(at: Clinic) -> Any:
    return at.call("GET", f"/v1/locations/{at.location_id}/flow?day=2026-03-02").json


def _rooms(at: Clinic) -> dict[str, str | None]:
    return {each["name"]: each["appointment_id"] for each in _board(at)["rooms"]}


def test_a_patient_is_in_the_room_that_is_named_until_they_leave(at: Clinic) -> None:
    add_room(at.world, at.token, at.location_id, name="Room 0")
    appointment_id = _here(at)
    assert _rooms(at) == {"Room 0": None, "Room 1": None}
    roomed = _room(at, appointment_id, at.room_id)
    assert (roomed.status, roomed.json["in_room_id"], roomed.json["room_id"]) == (
        200,
        at.room_id,
        None,
    )
    assert _rooms(at) == {"Room 0": None, "Room 1": appointment_id}
    (shown,) = _board(at)["items"]
    assert (shown["in_room_id"], shown["roomed_at"]) == (at.room_id, NINE)
    at.later(minutes=5)
    _go_on(at, appointment_id, "with_provider")
    assert _rooms(at)["Room 1"] == appointment_id
    gone = _go_on(at, appointment_id, "checked_out")
    assert gone.json["in_room_id"] is None
    assert _rooms(at)["Room 1"] is None
    (shown,) = _board(at)["items"]
    assert (shown["in_room_id"], shown["roomed_at"]) == (None, NINE)


def test_a_room_holds_one_patient_and_the_refusal_names_who_is_there(at: Clinic) -> None:
    first, second = _here(at), _next(at)
    _room(at, first, at.room_id)
    refused = _room(at, second, at.room_id)
    assert (refused.status, refused.json["code"]) == (409, "room_occupied")
    assert refused.json["errors"] == [
        {"field": "room_id", "code": "room_occupied", "message": first}
    ]
    _go_on(at, first, "checked_out")
    assert _room(at, second, at.room_id).status == 200
    assert _go_on(at, second, "checked_out").status == 200
    assert _rooms(at) == {"Room 1": None}


def test_of_two_who_are_roomed_at_once_one_is_refused(at: Clinic) -> None:
    first, second = _here(at), _next(at)

    def other() -> None:
        assert _room(at, first, at.room_id).status == 200

    with meanwhile(other):
        refused = _room(at, second, at.room_id)
    assert (refused.status, refused.json["code"]) == (409, "room_occupied")
    assert (at.read(second)["progress"], _rooms(at)) == ("checked_in", {"Room 1": first})


def test_who_is_taken_to_another_room_frees_the_first(at: Clinic) -> None:
    other_room = add_room(at.world, at.token, at.location_id, name="X-ray")
    appointment_id = _here(at)
    _room(at, appointment_id, at.room_id)
    at.later(minutes=5)
    moved = _room(at, appointment_id, other_room)
    assert (moved.status, moved.json["in_room_id"]) == (200, other_room)
    assert [step["to"] for step in moved.json["steps"]].count("roomed") == 2
    assert _rooms(at) == {"Room 1": None, "X-ray": appointment_id}
    assert _board(at)["items"][0]["roomed_at"] == NINE
    _go_on(at, appointment_id, "with_provider")
    assert _room(at, appointment_id, at.room_id).json["code"] == "progress_not_possible"


def test_without_a_name_it_is_the_booked_room_and_bookings_keep_theirs(at: Clinic) -> None:
    other_room = add_room(at.world, at.token, at.location_id, name="Room 2")
    first, second = _here(at, room_id=at.room_id), _next(at, room_id=at.room_id)
    taken = at.taken(at.room_id)
    assert _room(at, first).json["in_room_id"] == at.room_id
    assert _room(at, second).json["code"] == "room_occupied"
    assert _room(at, second, other_room).json["room_id"] == at.room_id
    assert (at.taken(at.room_id), at.taken(other_room)) == (taken, {})
    roomless = _next(at, "2026-03-02T11:00:00-05:00")
    assert _room(at, roomless).json["in_room_id"] is None


@pytest.mark.parametrize("reason", ["left-unseen", "prov"])
def test_who_leaves_unseen_frees_the_room(at: Clinic, reason: str) -> None:
    appointment_id = _here(at)
    _room(at, appointment_id, at.room_id)
    assert at.act(appointment_id, "cancel", {"reason": reason}).json["in_room_id"] is None
    assert _rooms(at) == {"Room 1": None}


def test_a_signed_encounter_frees_the_room(at: Clinic) -> None:
    appointment_id = _here(at)
    _room(at, appointment_id, at.room_id)
    data = {"patient_id": at.patient_id, "appointment_id": appointment_id, "day": "2026-03-02"}
    signed = Event(
        "evt_1", "encounter.signed", at.practice_id, "enc_1", 1, at.world.clock.now(), data
    )
    assert at.world.deliver("scheduling", [signed.to_json()]) == []
    assert at.read(appointment_id)["status"] == "fulfilled"
    assert _rooms(at) == {"Room 1": None}


def test_a_room_elsewhere_unknown_or_out_of_place_is_refused(at: Clinic) -> None:
    annex = {"name": "Annex", "time_zone": "America/New_York", "address": ADDRESS}
    elsewhere = made(at.call("POST", "/v1/locations", annex))
    there = add_room(at.world, at.token, elsewhere)
    foreign = clinic(at.world).room_id
    appointment_id = _here(at)
    for room_id, code in ((there, "elsewhere"), (foreign, "not_found")):
        refused = _room(at, appointment_id, room_id)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "room_id")
        assert refused.json["errors"][0]["code"] == code
    body = {"progress": "with_provider", "room_id": at.room_id}
    refused = at.act(appointment_id, "progress", body)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "not_roomed")
    assert at.read(appointment_id)["progress"] == "checked_in"


@pytest.mark.parametrize(("minutes", "late"), [(0, None), (1, 1), (20, 20)])
def test_who_came_late_is_shown_as_late(at: Clinic, minutes: int, late: int | None) -> None:
    appointment_id = at.booking(NINE)
    at.later(minutes=minutes)
    _go_on(at, appointment_id, "arrived")
    at.later(minutes=3)
    at.act(appointment_id, "check-in")
    (shown,) = _board(at)["items"]
    assert shown["minutes_late"] == late
