"""Locations and practitioners: what they must be, who may change them, from which version."""

from typing import Any

import pytest

from tests.world import ADDRESS, Answered, World, sign_up

LOCATION: dict[str, Any] = {
    "name": "North",
    "time_zone": "America/New_York",
    "address": ADDRESS,
    "phone": "(212) 555-0100",
    "place_of_service": "11",
    "npi": "1234567893",
}
PRACTITIONER: dict[str, Any] = {
    "family_name": "Osei",
    "given_name": "Kofi",
    "npi": "1987654328",
    "taxonomy": "207Q00000X",
}
KINDS = [
    pytest.param("/v1/locations", LOCATION, id="location"),
    pytest.param("/v1/practitioners", PRACTITIONER, id="practitioner"),
]


def _codes(answer: Answered) -> dict[str, str]:
    return {error["field"]: error["code"] for error in answer.json["errors"]}


@pytest.mark.parametrize(("path", "body"), KINDS)
def test_what_is_added_is_read_listed_and_replaced(
    world: World, owner: str, path: str, body: dict[str, Any]
) -> None:
    added = world.call("POST", path, body, token=owner)
    own = f"{path}/{added.json['id']}"
    assert (added.status, added.etag, added.headers["Location"]) == (201, '"1"', own)
    read = world.call("GET", own, token=owner)
    assert (read.json, read.etag) == (added.json, added.etag)
    second = world.call("POST", path, body, token=owner)
    listed = world.call("GET", path, token=owner).json["items"]
    assert listed == [added.json, second.json]
    name = next(iter(body))
    replaced = world.call("PUT", own, {**body, name: "Other"}, token=owner, If_Match='"1"')
    assert (replaced.status, replaced.etag, replaced.json[name]) == (200, '"2"', "Other")
    assert world.call("GET", own, token=owner).json == replaced.json
    assert world.call("GET", path, token=owner).json["items"][1] == second.json


@pytest.mark.parametrize(("path", "body"), KINDS)
def test_a_replacement_needs_the_newest_version(
    world: World, owner: str, path: str, body: dict[str, Any]
) -> None:
    own = f"{path}/{world.call('POST', path, body, token=owner).json['id']}"
    assert world.call("PUT", own, body, token=owner).status == 428
    assert world.call("PUT", own, body, token=owner, If_Match='"1"').status == 200
    stale = world.call("PUT", own, body, token=owner, If_Match='"1"')
    assert (stale.status, stale.json["code"]) == (412, "stale_version")


@pytest.mark.parametrize(("path", "body"), KINDS)
def test_another_practice_s_is_as_one_that_never_was(
    world: World, owner: str, path: str, body: dict[str, Any]
) -> None:
    other = sign_up(world, email="bea@clinic.example")
    foreign = world.call("POST", path, body, token=other).json
    nowhere = foreign["id"][:-1] + ("0" if foreign["id"][-1] != "0" else "1")
    for method, sent in (("GET", None), ("PUT", body)):
        answers = [
            world.call(method, f"{path}/{each}", sent, token=owner, If_Match='"1"')
            for each in (foreign["id"], nowhere)
        ]
        assert [answer.status for answer in answers] == [404, 404]
        assert len({answer.text.replace(answer.json["request_id"], "") for answer in answers}) == 1
    assert world.call("GET", path, token=owner).json["items"] == []
    assert world.call("GET", f"{path}/{foreign['id']}", token=other).json == foreign


@pytest.mark.parametrize(("path", "body"), KINDS)
@pytest.mark.parametrize("extra", ["id", "version", "practice_id", "kind", "pk"])
def test_nothing_is_set_that_is_not_the_caller_s_to_set(
    world: World, owner: str, path: str, body: dict[str, Any], extra: str
) -> None:
    answer = world.call("POST", path, {**body, extra: "x"}, token=owner)
    assert (answer.status, _codes(answer)) == (400, {extra: "extra_forbidden"})


@pytest.mark.parametrize(
    "zone",
    [
        "America/Nowhere",
        "EST5PDT4",
        "",
        "../../etc/passwd",
        "/etc/localtime",
        "America",
        "localtime",
        "right/America/New_York",
        "posix/America/New_York",
        "america/new_york\x00",
    ],
)
def test_an_unknown_zone_is_refused(world: World, owner: str, zone: str) -> None:
    answer = world.call("POST", "/v1/locations", {**LOCATION, "time_zone": zone}, token=owner)
    assert (answer.status, _codes(answer)) == (422, {"time_zone": "unknown_zone"})


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "America/Phoenix", "UTC", "US/Eastern"])
def test_a_location_may_lie_in_another_zone(world: World, owner: str, zone: str) -> None:
    added = world.call("POST", "/v1/locations", {**LOCATION, "time_zone": zone}, token=owner)
    assert (added.status, added.json["time_zone"]) == (201, zone)


def test_a_location_keeps_its_zone(world: World, owner: str) -> None:
    """A visit at 16:30 would be on a day of the board on which nobody looks for it."""
    added = world.call("POST", "/v1/locations", LOCATION, token=owner)
    path, body = (
        f"/v1/locations/{added.json['id']}",
        {**LOCATION, "time_zone": "Australia/Lord_Howe"},
    )
    refused = world.call("PUT", path, body, token=owner, If_Match=added.etag)
    assert (refused.status, _codes(refused)) == (422, {"time_zone": "fixed"})
    renamed = {**LOCATION, "name": "Renamed"}
    assert world.call("PUT", path, renamed, token=owner, If_Match=added.etag).status == 200


@pytest.mark.parametrize(
    ("wrong", "status", "field", "code"),
    [
        ({"phone": "555-0123"}, 422, "phone", "bad_phone"),
        ({"phone": "call me"}, 422, "phone", "bad_phone"),
        ({"phone": "9" * 41}, 400, "phone", "string_too_long"),
        ({"npi": "1234567890"}, 422, "npi", "bad_npi"),
        ({"place_of_service": "1"}, 400, "place_of_service", "string_pattern_mismatch"),
        ({"place_of_service": "１１"}, 400, "place_of_service", "string_pattern_mismatch"),
        ({"name": "  "}, 400, "name", "string_too_short"),
        (
            {"opening_hours": [{"weekday": "mon", "starts": "09:00", "ends": "09:00"}]},
            422,
            "opening_hours.0",
            "bad_hours",
        ),
        (
            {"opening_hours": [{"weekday": "mon", "starts": "09:00", "ends": "25:00"}]},
            400,
            "opening_hours.0.ends",
            "time_parsing",
        ),
        ({"name": "a\nb"}, 400, "name", "string_pattern_mismatch"),
        (
            {"address": {**ADDRESS, "postal_code": "ABC"}},
            422,
            "address.postal_code",
            "bad_postal_code",
        ),
        ({"address": {**ADDRESS, "state": "NYC"}}, 422, "address.state", "bad_state"),
        (
            {"address": {**ADDRESS, "state": "ny"}},
            400,
            "address.state",
            "string_pattern_mismatch",
        ),
    ],
)
def test_a_location_that_cannot_be_names_its_field(
    world: World, owner: str, wrong: dict[str, Any], status: int, field: str, code: str
) -> None:
    answer = world.call("POST", "/v1/locations", {**LOCATION, **wrong}, token=owner)
    assert (answer.status, _codes(answer)) == (status, {field: code})
    assert world.call("GET", "/v1/locations", token=owner).json["items"] == []


@pytest.mark.parametrize(
    ("country", "address", "phone", "e164"),
    [
        ("AU", {"state": "NSW", "postal_code": "2000"}, "(02) 9374 4000", "+61293744000"),
        ("CA", {"state": "ON", "postal_code": "K1A 0B1"}, "613-555-0123", "+16135550123"),
    ],
)
def test_a_place_abroad_is_as_its_country_writes_it(
    world: World, country: str, address: dict[str, str], phone: str, e164: str
) -> None:
    owner = sign_up(world, country=country)
    body = {
        **LOCATION,
        "address": {**ADDRESS, **address, "country": country},
        "phone": phone,
    }
    added = world.call("POST", "/v1/locations", body, token=owner)
    assert (added.status, added.json["phone"]) == (201, e164)


@pytest.mark.parametrize(
    ("wrong", "status", "field", "code"),
    [
        ({"npi": "1987654321"}, 422, "npi", "bad_npi"),
        ({"npi": ""}, 422, "npi", "bad_npi"),
        ({"taxonomy": "207Q"}, 422, "taxonomy", "bad_taxonomy"),
        ({"user_id": "usr_1"}, 400, "user_id", "string_pattern_mismatch"),
        ({"user_id": "prc_1#usr_2#"}, 400, "user_id", "string_pattern_mismatch"),
        ({"family_name": ""}, 400, "family_name", "string_too_short"),
    ],
)
def test_a_practitioner_who_cannot_be_names_the_field(
    world: World, owner: str, wrong: dict[str, Any], status: int, field: str, code: str
) -> None:
    answer = world.call("POST", "/v1/practitioners", {**PRACTITIONER, **wrong}, token=owner)
    assert (answer.status, _codes(answer)) == (status, {field: code})


def test_a_practitioner_needs_no_number_and_may_be_a_member(world: World, owner: str) -> None:
    me = world.call("GET", "/v1/me", token=owner).json["user_id"]
    body = {"family_name": "Lee", "given_name": "Kim", "user_id": me}
    added = world.call("POST", "/v1/practitioners", body, token=owner)
    assert added.status == 201
    assert (added.json["user_id"], added.json["npi"], added.json["taxonomy"]) == (me, None, None)
