"""Rooms, devices and types that are not used any more: what is booked stays, and nothing more is."""

from typing import Any

import pytest

from chalicelib.scheduling.set_up import service
from tests.builders.scheduling import Clinic, add_equipment, add_room, add_type, clinic, made
from tests.world import Answered, World, add_member

NINE, TEN = "2026-03-03T09:00:00-05:00", "2026-03-03T10:00:00-05:00"


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


def _change(at: Clinic, path: str, **over: Any) -> Answered:
    body = {"name": "Old", "location_id": at.location_id, **over}
    return at.call("PUT", path, body, If_Match='"1"')


def _errors(answer: Answered) -> list[tuple[str, str]]:
    assert answer.status == 422, answer.text
    return [(each["field"], each["code"]) for each in answer.json["errors"]]


def test_nothing_more_is_booked_in_a_retired_room_and_what_is_stays(at: Clinic) -> None:
    visit = at.booking(NINE, room_id=at.room_id)
    retired = _change(at, f"/v1/rooms/{at.room_id}", retired=True)
    assert (retired.status, retired.json["retired"], retired.json["name"]) == (200, True, "Old")
    assert _errors(at.book(TEN, room_id=at.room_id)) == [("room_id", "retired")]
    assert _errors(at.hold(TEN, room_id=at.room_id)) == [("room_id", "retired")]
    assert _errors(at.act(visit, "reschedule", {"starts_at": TEN})) == [("room_id", "retired")]
    other = add_room(at.world, at.token, at.location_id)
    moved = at.act(visit, "reschedule", {"starts_at": TEN, "room_id": other})
    assert (moved.status, moved.json["room_id"]) == (200, other)


def test_a_retired_device_is_not_chosen_by_kind_nor_found(at: Clinic) -> None:
    ecg = add_equipment(at.world, at.token, at.location_id)
    at.type_id = add_type(at.world, at.token, needs=[{"kind": "ecg"}])
    assert at.starts("2026-03-03")
    path = f"/v1/equipment/{ecg}"
    assert _change(at, path, of_kind="ecg", retired=True).status == 200
    assert at.starts("2026-03-03") == []
    assert at.book(NINE).json["errors"][0]["code"] == "none_free"
    assert _errors(at.book(NINE, resource_ids=[ecg])) == [("resource_ids.0", "retired")]
    body = {"name": "ECG", "of_kind": "ecg", "location_id": at.location_id}
    assert at.call("PUT", path, body, If_Match='"2"').json["retired"] is False
    assert at.book(NINE).status == 201


def test_nothing_more_is_booked_of_a_retired_type_nor_online(at: Clinic) -> None:
    visit = at.booking(NINE)
    body = {"name": "Old", "minutes": 30, "online": "everybody", "retired": True}
    retired = at.call("PUT", f"/v1/appointment-types/{at.type_id}", body, If_Match='"1"')
    assert (retired.json["retired"], retired.json["online"]) == (True, "nobody")
    for refused in (at.book(TEN), at.hold(TEN), at.slots("2026-03-03")):
        assert _errors(refused) == [("type_id", "retired")]
    assert at.act(visit, "reschedule", {"starts_at": TEN}).status == 200


def test_a_room_stays_at_its_location_and_changes_under_its_version(at: Clinic) -> None:
    path, there = f"/v1/rooms/{at.room_id}", clinic(at.world)
    refused = _change(at, path, location_id=there.location_id)
    assert _errors(refused) == [("location_id", "fixed")]
    assert _change(at, path, of_kind="exam_room", features=["ecg"]).json["features"] == ["ecg"]
    assert _change(at, path).status == 412
    assert _change(at, f"/v1/rooms/{there.room_id}").status == 404
    desk, _ = add_member(at.world, at.owner, "front_desk")
    at.token = desk
    assert _change(at, path).status == 403


def test_there_are_as_many_as_can_be_listed_whole(
    at: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_THINGS", 2)
    monkeypatch.setattr(service, "MOST_TYPES", 2)
    bodies = {
        "/v1/rooms": {"name": "More", "location_id": at.location_id},
        "/v1/appointment-types": {"name": "More", "minutes": 30},
    }
    for path, body in bodies.items():
        made(at.call("POST", path, body))
        refused = at.call("POST", path, body)
        assert (refused.status, refused.json["code"]) == (409, "set_up_full")
