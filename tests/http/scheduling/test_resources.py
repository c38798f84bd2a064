"""Rooms and equipment by kind, and several practitioners on one appointment."""

from typing import Any

import pytest

from chalicelib.scheduling.needs import Need, assigned
from chalicelib.scheduling.set_up.models import Room
from tests.builders.scheduling import (
    Clinic,
    add_equipment,
    add_patient,
    add_practitioner,
    add_room,
    add_type,
    clinic,
    made,
)
from tests.world import World

NINE = "2026-03-03T09:00:00-05:00"  # 14:00Z: buckets 168 to 173
TEN = "2026-03-03T10:00:00-05:00"
TAKEN = {"2026-03-03": set(range(168, 174))}
ECG_ROOM = {"kind": "exam_room", "features": ["ecg"]}


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, hours=("09:00", "11:00"))


def _second(at: Clinic) -> str:
    """Another practitioner who works on Tuesdays."""
    practitioner_id = add_practitioner(at.world, at.token)
    at.set_hours([at.rule("tue", "09:00", "11:00")], practitioner_id=practitioner_id)
    return practitioner_id


def _other(at: Clinic) -> str:
    return add_patient(at.world, at.token, name={"family": "Other"})


def test_any_room_of_the_kind_with_the_features_is_taken(at: Clinic) -> None:
    add_room(at.world, at.token, at.location_id, of_kind="exam_room")
    fitting = add_room(at.world, at.token, at.location_id, of_kind="exam_room", features=["ecg"])
    at.type_id = add_type(at.world, at.token, needs=[ECG_ROOM])
    second = _second(at)
    offered = at.slots("2026-03-03").json["items"]
    assert {tuple(slot["resource_ids"]) for slot in offered} == {(fitting,)}
    booked = at.book(NINE)
    assert (booked.status, booked.json["resource_ids"]) == (201, [fitting])
    assert at.taken(fitting) == TAKEN
    refused = at.book(NINE, practitioner_id=second, patient_id=_other(at))
    assert (refused.status, refused.json["code"]) == (409, "slot_taken")
    assert [bad["code"] for bad in refused.json["errors"]] == ["none_free"]
    assert NINE not in at.starts("2026-03-03", practitioner_id=second)
    at.act(booked.json["id"], "cancel", {"reason": "pat"})
    assert at.taken(fitting) == {}


def test_all_that_finding_shows_is_booked_with_what_it_names(at: Clinic) -> None:
    rooms = [
        add_room(at.world, at.token, at.location_id, of_kind="exam_room", features=["ecg"])
        for _ in range(2)
    ]
    device = add_equipment(at.world, at.token, at.location_id, of_kind="spirometer")
    at.type_id = add_type(at.world, at.token, needs=[ECG_ROOM, {"kind": "spirometer"}])
    hold = at.hold(NINE)
    assert sorted(hold.json["resource_ids"]) == sorted([rooms[0], device])
    assert at.book(NINE, slot_hold_id=hold.json["id"], resource_ids=hold.json["resource_ids"])
    slots = at.slots("2026-03-03").json["items"]
    for slot in (slots[0], slots[2]):
        answer = at.book(slot["starts_at"], resource_ids=slot["resource_ids"])
        assert (answer.status, answer.json["resource_ids"]) == (201, slot["resource_ids"])
    assert len(at.taken(device)["2026-03-03"]) == 18


def test_a_visit_that_moves_has_another_of_the_kind_where_its_own_is_taken(at: Clinic) -> None:
    ecgs = {add_equipment(at.world, at.token, at.location_id) for _ in range(2)}
    spare, second = add_equipment(at.world, at.token, at.location_id, of_kind="lamp"), _second(at)
    at.type_id = add_type(at.world, at.token, needs=[{"kind": "ecg"}])
    visit = at.book(NINE, resource_ids=[spare]).json
    (first,) = ecgs & set(visit["resource_ids"])
    assert at.book(TEN, practitioner_id=second, patient_id=_other(at)).status == 201
    assert at.taken(first)["2026-03-03"] >= set(range(180, 186))
    moved = at.act(visit["id"], "reschedule", {"starts_at": TEN})
    assert (moved.status, set(moved.json["resource_ids"])) == (200, {spare, *ecgs - {first}})
    later = "2026-03-03T10:15:00-05:00"
    again = at.act(visit["id"], "reschedule", {"starts_at": later})
    assert set(again.json["resource_ids"]) == set(moved.json["resource_ids"]), (
        "its own is no hindrance"
    )
    named = at.act(visit["id"], "reschedule", {"starts_at": later, "resource_ids": [spare, first]})
    assert [bad["code"] for bad in named.json["errors"]] == ["equipment_taken"]
    at.act(visit["id"], "reschedule", {"starts_at": NINE})
    third = add_patient(at.world, at.token, name={"family": "Third"})
    assert at.book(later, resource_ids=list(ecgs - {first}), patient_id=third).status == 201
    refused = at.act(visit["id"], "reschedule", {"starts_at": TEN})
    assert [bad["code"] for bad in refused.json["errors"]] == ["none_free"]


def test_what_a_visit_needs_is_found_at_the_location_it_moves_to(at: Clinic) -> None:
    shown = at.call("GET", f"/v1/locations/{at.location_id}").json
    body = {name: shown[name] for name in ("name", "time_zone", "address")}
    there = made(at.call("POST", "/v1/locations", body))
    here = add_equipment(at.world, at.token, at.location_id)
    at.type_id = add_type(at.world, at.token, needs=[{"kind": "ecg"}])
    at.set_hours(
        [at.rule("tue", "09:00", "10:00"), at.rule("tue", "10:00", "11:00", location_id=there)]
    )
    visit = at.book(NINE).json
    assert visit["resource_ids"] == [here]
    move = {"starts_at": TEN, "location_id": there}
    refused = at.act(visit["id"], "reschedule", move)
    assert [bad["code"] for bad in refused.json["errors"]] == ["none_free"]
    theirs = add_equipment(at.world, at.token, there)
    moved = at.act(visit["id"], "reschedule", move)
    assert (moved.status, moved.json["resource_ids"]) == (200, [theirs])
    assert at.taken(here) == {}


def test_a_named_device_is_one_of_the_location_and_its_own_visits(at: Clinic) -> None:
    device, second = add_equipment(at.world, at.token, at.location_id), _second(at)
    shown = at.call("GET", f"/v1/locations/{at.location_id}").json
    body = {name: shown[name] for name in ("name", "time_zone", "address")}
    there = at.call("POST", "/v1/locations", body).json["id"]
    elsewhere = add_equipment(at.world, at.token, there)
    assert at.book(NINE, resource_ids=[device]).status == 201
    taken = at.book(NINE, practitioner_id=second, patient_id=_other(at), resource_ids=[device])
    assert [bad["code"] for bad in taken.json["errors"]] == ["equipment_taken"]
    for ids, code, field in (
        ([elsewhere], "elsewhere", "resource_ids.0"),
        ([device, device], "named_twice", "resource_ids.1"),
        (["eqp_" + "0" * 26], "not_found", "resource_ids.0"),
    ):
        refused = at.book(TEN, resource_ids=ids)
        assert (refused.status, refused.json["errors"][0]["code"]) == (422, code)
        assert refused.json["errors"][0]["field"] == field
    listed = at.call("GET", "/v1/equipment").json["items"]
    assert {each["id"] for each in listed} == {device, elsewhere}


def test_all_practitioners_of_a_visit_are_taken_moved_and_freed(at: Clinic) -> None:
    second = _second(at)
    booked = at.book(NINE, other_practitioner_ids=[second])
    assert (booked.status, booked.json["other_practitioner_ids"]) == (201, [second])
    assert at.taken(second) == TAKEN
    refused = at.book(NINE, practitioner_id=second, patient_id=_other(at))
    assert [bad["code"] for bad in refused.json["errors"]] == ["provider_taken"]
    appointment_id = booked.json["id"]
    moved = at.act(appointment_id, "reschedule", {"starts_at": TEN})
    assert moved.json["other_practitioner_ids"] == [second]
    assert at.taken(second) == {"2026-03-03": set(range(180, 186))}
    alone = at.act(appointment_id, "reschedule", {"starts_at": TEN, "other_practitioner_ids": []})
    assert (alone.json["other_practitioner_ids"], at.taken(second)) == ([], {})


def test_all_practitioners_of_a_visit_work_then_and_are_named_once(at: Clinic) -> None:
    idle = add_practitioner(at.world, at.token)
    refused = at.book(NINE, other_practitioner_ids=[idle])
    assert (refused.status, refused.json["code"]) == (422, "outside_availability")
    assert refused.json["errors"][0]["field"] == "other_practitioner_ids.0"
    refused = at.book(NINE, other_practitioner_ids=[at.practitioner_id])
    assert refused.json["errors"][0]["code"] == "named_twice"


def test_a_type_says_what_it_needs_and_its_policy(at: Clinic) -> None:
    body = {
        "name": "Stress test",
        "minutes": 45,
        "modality": "video",
        "needs": [{"kind": "exam_room", "features": ["ecg"]}],
        "colour": "#3366cc",
        "capacity": 8,
        "form_ids": [made(at.call("POST", "/v1/forms", {"name": "History", "of_kind": "intake"}))],
        "online": "known_patients",
        "notice_hours": 12,
        "bookable_days": 60,
        "cancel_hours": 48,
        "deposit": 2_500,
    }
    shown = at.call("POST", "/v1/appointment-types", body).json
    assert {name: shown[name] for name in body} == body
    assert shown in at.call("GET", "/v1/appointment-types").json["items"]
    for field, value in (("colour", "red"), ("capacity", 0), ("online", "yes"), ("deposit", -1)):
        refused = at.call("POST", "/v1/appointment-types", {**body, field: value})
        assert (refused.status, refused.json["errors"][0]["field"]) == (400, field)


def _room(room_id: str, kind: str, *features: str) -> Room:
    return Room("prc_1#", f"room#{room_id}#", of_kind=kind, features=set(features) or None)


@pytest.mark.parametrize(
    ("needs", "named", "others", "expected"),
    [
        ([], [], [], ()),
        ([Need("exam")], [], [], None),
        ([Need("exam")], ["rom_2"], ["rom_1"], ("rom_2",)),
        ([Need("exam"), Need("exam", ("ecg",))], [], ["rom_1", "rom_3"], ("rom_1", "rom_3")),
        ([Need("exam"), Need("exam", ("ecg",))], [], ["rom_3", "rom_1"], ("rom_1", "rom_3")),
        ([Need("exam"), Need("exam")], [], ["rom_1"], None),
        ([Need("exam", ("ecg", "sink"))], [], ["rom_3"], None),
    ],
)
def test_each_need_gets_a_thing_of_its_own(
    needs: Any, named: list[str], others: list[str], expected: Any
) -> None:
    known = {
        "rom_1": _room("rom_1", "exam"),
        "rom_2": _room("rom_2", "exam"),
        "rom_3": _room("rom_3", "exam", "ecg"),
    }
    given = {"named": [known[each] for each in named], "others": [known[e] for e in others]}
    assert assigned(needs, **given) == expected


def test_a_hold_keeps_everybody(at: Clinic) -> None:
    second, device = _second(at), add_equipment(at.world, at.token, at.location_id)
    hold_id = made(at.hold(NINE, other_practitioner_ids=[second], resource_ids=[device]))
    assert [at.taken(each) for each in (second, device)] == [TAKEN, TAKEN]
    path = f"/v1/slot-holds/{hold_id}"
    assert at.call("DELETE", path, If_Match='"1"').status == 204
    assert [at.taken(each) for each in (second, device)] == [{}, {}]
