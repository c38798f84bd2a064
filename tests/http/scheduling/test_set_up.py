"""Rooms, appointment types and hours over HTTP."""

from typing import Any

import pytest

from tests.builders.scheduling import Clinic, add_practitioner, add_room, clinic
from tests.world import World, add_member


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.fixture
def elsewhere(world: World, at: Clinic) -> Clinic:
    """Another practice."""
    return clinic(world)


def test_rooms_are_listed(at: Clinic) -> None:
    other = add_room(at.world, at.token, at.location_id, name="Room 2")
    rooms = at.call("GET", "/v1/rooms").json["items"]
    assert [(room["id"], room["name"]) for room in rooms] == [
        (at.room_id, "Room 1"),
        (other, "Room 2"),
    ]


def test_a_room_at_another_practices_location_is_refused(at: Clinic, elsewhere: Clinic) -> None:
    answer = at.call("POST", "/v1/rooms", {"name": "X", "location_id": elsewhere.location_id})
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "location_id")


def test_a_type_is_replaced_under_its_version(at: Clinic) -> None:
    path, body = f"/v1/appointment-types/{at.type_id}", {"name": "Long", "minutes": 60}
    changed = at.call("PUT", path, body, If_Match='"1"')
    assert (changed.status, changed.json["minutes"], changed.etag) == (200, 60, '"2"')
    assert at.call("PUT", path, body, If_Match='"1"').status == 412
    assert at.call("PUT", path, body).status == 428
    listed = at.call("GET", "/v1/appointment-types").json["items"]
    assert listed == [changed.json]


def test_another_practices_type_is_not_there(at: Clinic, elsewhere: Clinic) -> None:
    path = f"/v1/appointment-types/{elsewhere.type_id}"
    answer = at.call("PUT", path, {"name": "Mine", "minutes": 60}, If_Match='"1"')
    assert answer.status == 404


def test_a_type_out_of_shape_is_refused(at: Clinic) -> None:
    wrong: list[tuple[str, Any]] = [
        ("minutes", 32),
        ("minutes", 0),
        ("minutes", 485),
        ("minutes_before", -5),
        ("modality", "telepathy"),
        ("bill_to", "nobody"),
        ("price_code", "ünlikely"),
        ("colour", "red"),
    ]
    for field, value in wrong:
        body = {"name": "X", "minutes": 30, field: value}
        answer = at.call("POST", "/v1/appointment-types", body)
        assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


def test_a_visit_and_its_buffers_take_eight_hours_at_most(at: Clinic) -> None:
    body = {"name": "X", "minutes": 470, "minutes_before": 5, "minutes_after": 10}
    answer = at.call("POST", "/v1/appointment-types", body)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "too_long")


def test_hours_are_version_0_before_they_are_set(at: Clinic) -> None:
    path = f"/v1/practitioners/{add_practitioner(at.world, at.token)}/availability"
    none = at.call("GET", path)
    assert (none.status, none.etag, none.json["rules"]) == (200, '"0"', [])
    body = {"rules": [at.rule("mon", "09:00", "12:00")]}
    first = at.call("PUT", path, body, If_Match='"0"')
    assert (first.status, first.etag) == (200, '"1"')
    assert at.call("PUT", path, body, If_Match='"0"').status == 412
    assert at.call("PUT", path, body, If_Match='"1"').etag == '"2"'


def test_hours_come_back_as_they_were_set(at: Clinic) -> None:
    rule = at.rule("sat", "22:00", "02:00", effective_until="2026-12-31", every_weeks=2)
    rule["type_ids"] = [at.type_id]
    exceptions = [
        {"kind": "closed", "starts": "2026-12-24T12:00:00", "ends": "2026-12-27T00:00:00"},
        {"kind": "leave", "starts": "2026-07-01T00:00:00", "ends": "2026-07-15T00:00:00"},
        {
            "kind": "extra",
            "starts": "2026-05-02T09:00:00",
            "ends": "2026-05-02T12:00:00",
            "location_id": at.location_id,
            "type_ids": [at.type_id],
        },
    ]
    answer = at.set_hours([rule], exceptions)
    shown = answer.json
    assert answer.status == 200, answer.text
    shown_rule = {**rule, "starts": "22:00:00", "ends": "02:00:00", "type_ids": [at.type_id]}
    assert shown["rules"] == [shown_rule]
    assert [{k: v for k, v in each.items() if v} for each in shown["exceptions"]] == exceptions
    assert at.call("GET", f"/v1/practitioners/{at.practitioner_id}/availability").json == shown


def test_a_rule_that_cannot_be_is_named(at: Clinic) -> None:
    good = at.rule("mon", "09:00", "12:00")
    for over, refused, message in (
        ({"starts": "09:00", "ends": "09:00"}, (422, "rules.1"), "end after they start"),
        ({"starts": "09:00Z"}, (400, "rules.1.starts"), "no offset"),
        ({"effective_until": "2025-12-31"}, (422, "rules.1"), "on or after"),
    ):
        answer = at.set_hours([good, {**good, **over}])
        assert (answer.status, answer.json["errors"][0]["field"]) == refused
        assert message in answer.json["errors"][0]["message"]


def test_an_exception_that_cannot_be_is_named(at: Clinic) -> None:
    good = {"kind": "closed", "starts": "2026-07-01T00:00:00", "ends": "2026-07-02T00:00:00"}
    for over in (
        {"ends": "2026-07-01T00:00:00"},
        {"kind": "extra"},
        {"starts": "0001-01-01T00:00:00"},
        {"kind": "leave", "location_id": at.location_id},
        {"type_ids": [at.type_id]},
    ):
        answer = at.set_hours([], [good, {**good, **over}])
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "exceptions.1")


def test_hours_at_another_practices_location_are_refused(at: Clinic, elsewhere: Clinic) -> None:
    rules = [at.rule("mon", "09:00", "12:00"), elsewhere.rule("tue", "09:00", "12:00")]
    answer = at.set_hours(rules)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "rules.1.location_id")


def test_another_practices_practitioner_is_not_there(at: Clinic, elsewhere: Clinic) -> None:
    path = f"/v1/practitioners/{elsewhere.practitioner_id}/availability"
    assert at.call("GET", path).status == 404
    assert at.call("PUT", path, {"rules": []}, If_Match='"1"').status == 404


def test_the_front_desk_reads_the_set_up_and_cannot_change_it(at: Clinic) -> None:
    desk, _ = add_member(at.world, at.owner, "front_desk")
    path = f"/v1/practitioners/{at.practitioner_id}/availability"
    for read in ("/v1/rooms", "/v1/appointment-types", path):
        assert at.world.call("GET", read, token=desk).status == 200
    room = {"name": "X", "location_id": at.location_id}
    assert at.world.call("POST", "/v1/rooms", room, token=desk).status == 403
    kind = {"name": "X", "minutes": 30}
    assert at.world.call("POST", "/v1/appointment-types", kind, token=desk).status == 403
    changed = at.world.call("PUT", path, {"rules": []}, token=desk, If_Match='"1"')
    assert changed.status == 403
