"""The edge: problems, preconditions, malformed requests, headers."""

import pytest

from tests.world import ADDRESS, World, add_member, sign_up

ROOM = {"name": "North", "time_zone": "America/New_York", "address": ADDRESS}


def test_an_unknown_field_is_named_and_nothing_is_stored(world: World) -> None:
    token = sign_up(world)
    answer = world.call("POST", "/v1/locations", {**ROOM, "practice_id": "prc_9"}, token=token)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [bad["field"] for bad in answer.json["errors"]] == ["practice_id"]
    assert not [item for item in world.items() if item["kind"]["S"] == "location"]


def test_a_nested_field_is_named_by_its_path(world: World) -> None:
    token = sign_up(world)
    answer = world.call(
        "POST", "/v1/locations", {**ROOM, "address": {**ADDRESS, "state": "New York"}}, token=token
    )
    assert [bad["field"] for bad in answer.json["errors"]] == ["address.state"]


def test_a_problem_does_not_repeat_what_was_sent(world: World) -> None:
    token = sign_up(world)
    answer = world.call("POST", "/v1/locations", {**ROOM, "name": 7, "x": "Canary"}, token=token)
    assert "Canary" not in answer.text


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff", b'"text"', b'{"name": NaN}'])
def test_broken_json_is_a_400(world: World, raw: bytes) -> None:
    token = sign_up(world)
    answer = world.call("POST", "/v1/locations", raw, token=token)
    assert (answer.status, answer.json["code"]) == (400, "invalid_request")


def test_a_body_that_is_not_json_is_a_415_problem(world: World) -> None:
    token = sign_up(world)
    answer = world.call("POST", "/v1/locations", ROOM, token=token, Content_Type="text/xml")
    assert (answer.status, answer.json["code"]) == (415, "unsupported_media_type")


def test_a_change_needs_if_match(world: World) -> None:
    token = sign_up(world)
    answer = world.call("PATCH", "/v1/practice", {"name": "New"}, token=token)
    assert (answer.status, answer.json["code"]) == (428, "if_match_required")


def test_two_editors_one_wins_and_one_learns_it(world: World) -> None:
    token = sign_up(world)
    seen = world.call("GET", "/v1/practice", token=token)
    answers = [
        world.call("PATCH", "/v1/practice", {"name": name}, token=token, If_Match=seen.etag)
        for name in ("One", "Two")
    ]
    assert [answer.status for answer in answers] == [200, 412]
    assert world.call("GET", "/v1/practice", token=token).json["name"] == "One"


@pytest.mark.parametrize("given", ["3", 'W/"3"', '"x"', "*", ""])
def test_an_if_match_that_is_no_version_is_a_400(world: World, given: str) -> None:
    token = sign_up(world)
    answer = world.call("PATCH", "/v1/practice", {"name": "N"}, token=token, If_Match=given)
    assert answer.status == 400


def test_without_a_token_nothing_is_said(world: World) -> None:
    assert world.call("GET", "/v1/practice").status == 401


def test_a_key_part_in_a_path_is_no_key(world: World) -> None:
    token = sign_up(world)
    answer = world.call("GET", "/v1/locations/loc_1%23x", token=token)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("part", ["enc_1%23x", "%23", "%00", "e%2Fe", "x" * 65, "%F2%9B%90%92"])
def test_nor_where_what_it_names_is_read_with_the_caller(world: World, part: str) -> None:
    """Found by campaign: it was a 500."""
    clinician, _ = add_member(world, sign_up(world), "clinician")
    for path in (f"pat_1/encounters/{part}", f"{part}/encounters/enc_1"):
        answer = world.call("GET", f"/v1/patients/{path}", token=clinician)
        assert answer.status == 404, path


def test_health_openapi_and_docs_need_no_token(world: World) -> None:
    assert world.call("GET", "/healthz").json == {"status": "ok"}
    assert world.call("GET", "/openapi.json").json["openapi"].startswith("3.1")
    docs = world.call("GET", "/docs")
    assert docs.headers["Content-Type"].startswith("text/html")
    assert "/v1/locations" in docs.text
