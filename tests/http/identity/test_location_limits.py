"""A member limited to locations sees and books only there; what is limited, against an oracle."""

from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from tests import tables
from tests.builders import scheduling
from tests.builders.scheduling import ADDRESSES
from tests.world import Answered, World, add_member, step_up

SEED = 20261126
DAY = "2026-03-02"


@dataclass
class Places:
    """Three locations with a room each, one practitioner at all, visits spread over them."""

    at: scheduling.Clinic
    locations: list[str]
    rooms: dict[str, str]
    booked: dict[str, str]
    member: str
    member_id: str

    def call(self, method: str, path: str, body: Any = None) -> Answered:
        """A request as the limited member."""
        return self.at.world.call(method, path, body, token=self.member)

    def limit(self, *location_ids: str, token: str = "") -> Answered:
        path = f"/v1/members/{self.member_id}"
        now = self.at.world.call("GET", path, token=self.at.owner)
        return self.at.world.call(
            "PUT",
            f"{path}/locations",
            {"location_ids": location_ids},
            token=token or self.at.owner,
            If_Match=now.etag,
        )


@pytest.fixture
def places(world: World) -> Places:
    at = scheduling.clinic(world)
    step_up(world, at.owner)
    locations = [at.location_id]
    for name in ("North", "South"):
        place = {"name": name, "time_zone": "America/New_York", "address": ADDRESSES["US"]}
        locations.append(
            scheduling.made(world.call("POST", "/v1/locations", place, token=at.token))
        )
    rooms = {each: scheduling.add_room(world, at.token, each) for each in locations}
    starts = ("09:00", "11:00", "13:00")
    rules = [
        at.rule("mon", start, f"{int(start[:2]) + 2}:00", location_id=each)
        for start, each in zip(starts, locations, strict=True)
    ]
    assert at.set_hours(rules).status == 200
    booked = {
        at.booking(f"{DAY}T{start}:00-05:00", location_id=each): each
        for start, each in zip(starts, locations, strict=True)
    }
    member, member_id = add_member(world, at.owner, "front_desk")
    return Places(at, locations, rooms, booked, member, member_id)


@pytest.mark.parametrize("rounds", [8, pytest.param(200, marks=pytest.mark.campaign)])
def test_what_is_shown_and_booked_is_what_an_oracle_says(places: Places, rounds: int) -> None:
    random, kept = Random(SEED), tables.image()
    for number in range(rounds):
        tables.put_back(kept)
        limit = random.sample(places.locations, k=random.randint(0, 3))
        assert places.limit(*limit).status == 200
        allowed = set(limit) or set(places.locations)
        told = f"seed {SEED}, round {number}: {[places.locations.index(each) for each in limit]}"
        _shows(places, allowed, told)
        _books(places, allowed, random, told)


def _shows(places: Places, allowed: set[str], told: str) -> None:
    rooms = places.call("GET", "/v1/rooms").json["items"]
    own = {places.at.room_id: places.at.location_id} | {
        room: location for location, room in places.rooms.items()
    }
    assert {each["id"] for each in rooms} == {
        room for room, location in own.items() if location in allowed
    }, told
    listed = places.call("GET", f"/v1/patients/{places.at.patient_id}/appointments").json["items"]
    expected = {each for each, location in places.booked.items() if location in allowed}
    assert {each["id"] for each in listed} == expected, told
    for location in places.locations:
        day = places.call("GET", f"/v1/locations/{location}/day?day={DAY}")
        assert day.status == (200 if location in allowed else 404), told
    query = (
        f"practitioner_id={places.at.practitioner_id}&type_id={places.at.type_id}"
        f"&from={DAY}&until={DAY}"
    )
    slots = places.call("GET", f"/v1/slots?{query}").json["items"]
    assert {each["location_id"] for each in slots} == allowed, told
    hours = places.call("GET", f"/v1/practitioners/{places.at.practitioner_id}/availability").json
    assert {rule["location_id"] for rule in hours["rules"]} == allowed, told


def _books(places: Places, allowed: set[str], random: Random, told: str) -> None:
    appointment_id, location = random.choice(sorted(places.booked.items()))
    read = places.call("GET", f"/v1/appointments/{appointment_id}")
    assert read.status == (200 if location in allowed else 404), told
    verb, body = random.choice(
        [("check-in", None), ("cancel", {"reason": "pat"}), ("progress", {"progress": "arrived"})]
    )
    acted = places.call("POST", f"/v1/appointments/{appointment_id}/{verb}", body)
    assert acted.status == (200 if location in allowed else 404), told
    other, start = random.choice(
        list(zip(places.locations, ("10:00", "12:00", "14:00"), strict=True))
    )
    asked = {
        "patient_id": places.at.patient_id,
        "practitioner_id": places.at.practitioner_id,
        "location_id": other,
        "type_id": places.at.type_id,
        "starts_at": f"{DAY}T{start}:00-05:00",
    }
    booked = places.call("POST", "/v1/appointments", asked)
    if other in allowed:
        assert booked.status == 201, told
        return
    assert booked.status == 422, told
    unknown = {**asked, "location_id": "loc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C"}
    nowhere = places.call("POST", "/v1/appointments", unknown)
    assert booked.json["errors"] == nowhere.json["errors"], told


def test_a_visit_is_not_moved_to_where_one_does_not_work(places: Places) -> None:
    first, second, _ = places.locations
    places.limit(first)
    (mine,) = [each for each, location in places.booked.items() if location == first]
    body = {"starts_at": f"{DAY}T12:00:00-05:00", "location_id": second}
    answer = places.call("POST", f"/v1/appointments/{mine}/reschedule", body)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "location_id")


def test_what_is_held_where_one_does_not_work_is_not_ended_by_booking_elsewhere(
    places: Places,
) -> None:
    first, second, _ = places.locations
    held = scheduling.made(places.at.hold(f"{DAY}T12:00:00-05:00", location_id=second))
    places.limit(first)
    asked = {
        "patient_id": places.at.patient_id,
        "practitioner_id": places.at.practitioner_id,
        "location_id": first,
        "type_id": places.at.type_id,
        "starts_at": f"{DAY}T10:00:00-05:00",
        "slot_hold_id": held,
    }
    refused = places.call("POST", "/v1/appointments", asked)
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "slot_hold_id")
    assert places.at.call("GET", f"/v1/slot-holds/{held}").status == 200


def test_the_patient_record_stays_practice_wide(places: Places) -> None:
    places.limit(places.locations[1])
    assert places.call("GET", f"/v1/patients/{places.at.patient_id}").status == 200
    assert places.call("POST", "/v1/patients/search", {"name": "sha"}).json["items"]


def test_the_encounters_that_wait_are_those_of_the_own_locations(
    world: World, places: Places
) -> None:
    places.member, places.member_id = add_member(world, places.at.owner, "nurse")
    path = f"/v1/patients/{places.at.patient_id}/encounters"
    practitioner = places.at.practitioner_id
    begun = {}
    for location in places.locations:
        body = {"practitioner_id": practitioner, "location_id": location}
        begun[location] = scheduling.made(places.call("POST", path, body))
    worklist = f"/v1/encounters?practitioner_id={practitioner}"
    for limit in (places.locations[:1], places.locations[1:], []):
        assert places.limit(*limit).status == 200
        listed = places.call("GET", worklist).json["items"]
        expected = {begun[location] for location in limit or places.locations}
        assert {each["id"] for each in listed} == expected
    assert places.limit(places.locations[0]).status == 200
    elsewhere = begun[places.locations[1]]
    assert places.call("GET", f"{path}/{elsewhere}").status == 200, "the chart is not limited"


def test_hours_at_other_locations_are_not_replaced(world: World, places: Places) -> None:
    manager, manager_id = add_member(world, places.at.owner, "manager", email="m2@clinic.example")
    places.member, places.member_id = manager, manager_id
    places.limit(places.locations[0])
    path = f"/v1/practitioners/{places.at.practitioner_id}/availability"
    rule = places.at.rule("tue", "09:00", "11:00")
    answer = world.call("PUT", path, {"rules": [rule]}, token=manager, If_Match='"2"')
    assert answer.status == 403
    other = {"name": "Room", "location_id": places.locations[1]}
    assert places.call("POST", "/v1/rooms", other).status == 422


def test_nobody_gives_more_places_than_they_have(world: World, places: Places) -> None:
    manager, manager_id = add_member(world, places.at.owner, "manager", email="m2@clinic.example")
    desk_id, first, second = places.member_id, *places.locations[:2]
    places.member_id = manager_id
    assert places.limit(first, second).status == 200
    places.member_id = desk_id
    step_up(world, manager)
    for location_ids, status in (((first,), 200), ((places.locations[2],), 403), ((), 403)):
        assert places.limit(*location_ids, token=manager).status == status
    body = {"email": "new@clinic.example", "name": "New", "roles": ["front_desk"]}
    invited = world.call("POST", "/v1/members", body, token=manager).json
    assert invited["location_ids"] == sorted([first, second])


def test_a_limit_names_locations_that_are_there_and_spares_owners(
    world: World, places: Places
) -> None:
    nowhere = places.limit(places.locations[0], "loc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C")
    assert (nowhere.status, nowhere.json["errors"][0]["field"]) == (422, "location_ids.1")
    _, owner_id = add_member(world, places.at.owner, "owner", email="o2@clinic.example")
    places.member_id = owner_id
    refused = places.limit(places.locations[0])
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "owner")


def test_a_limit_costs_no_read(places: Places) -> None:
    from tests.faults import calls

    places.limit(places.locations[0])
    with calls() as sent:
        places.call("GET", "/v1/me")
    assert [name for name in sent if name != "PutItem"] == ["BatchGetItem"]
