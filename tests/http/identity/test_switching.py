"""From one practice to another without signing in again, and without gaining time or factors."""

from typing import Any

from tests.http.identity.conftest import Both
from tests.http.identity.signing import BEA, me, parts, refreshed, said, session
from tests.http.identity.test_my_sessions import from_provider
from tests.world import Answered, World, step_up


def _switched(world: World, token: str, practice_id: str) -> Answered:
    return world.call("POST", "/v1/sessions/switch", {"practice_id": practice_id}, token=token)


def test_a_person_switches_and_has_a_token_for_each_practice(both: Both) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    answer = _switched(world, elm["access_token"], oak["practice_id"])
    assert answer.status == 201
    there = answer.json["access_token"]
    assert me(world, there).json["practice_id"] == oak["practice_id"]
    assert "sign_notes" in me(world, there).json["permissions"]
    assert me(world, elm["access_token"]).json["practice_id"] == elm["practice_id"]
    assert refreshed(world, answer.json["refresh_token"]).status == 200


def test_a_switch_keeps_how_and_when_the_person_signed_in(both: Both) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    step_up(world, elm["access_token"])
    world.clock.advance(minutes=4)
    there = _switched(world, elm["access_token"], oak["practice_id"]).json["access_token"]
    _, before, _ = parts(elm["access_token"])
    _, after, _ = parts(there)
    assert (after["amr"], after["auth_time"]) == (before["amr"], before["auth_time"])
    kept = _item(world, after["ses"])
    assert kept["mfa_at"]["S"] == "2026-03-02T14:00:01.000000Z"


def test_switching_to_and_fro_gains_no_time(both: Both) -> None:
    here, there = both.elm, both.oak["practice_id"]
    ends = {_item(both.world, here["session_id"])["ends_at"]["S"]}
    for _ in range(4):
        both.world.clock.advance(minutes=9)
        answer = _switched(both.world, here["access_token"], there)
        assert answer.status == 201, answer.text
        there, here = here["practice_id"], answer.json
        ends.add(_item(both.world, here["session_id"])["ends_at"]["S"])
    assert ends == {"2026-03-03T02:00:01.000000Z"}


def _item(world: World, session_id: str) -> Any:
    (found,) = [
        item
        for item in world.items()
        if item["kind"]["S"] == "session" and f"#{session_id}#" in item["pk"]["S"]
    ]
    return found


def test_a_practice_one_does_not_work_in_is_like_none(both: Both) -> None:
    world, theirs, token = both.world, both.oak["practice_id"], both.ada["access_token"]
    answers = [
        _switched(world, token, practice_id)
        for practice_id in (theirs, "prc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C", "", "x#y", "é")
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({str(said(answer)) for answer in answers}) == 1


def test_a_session_by_a_practice_s_own_provider_does_not_switch(both: Both) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    from_provider(world, elm)
    answer = _switched(world, elm["access_token"], oak["practice_id"])
    assert (answer.status, answer.json["code"]) == (403, "own_sign_in_required")


def test_my_practices_are_those_i_may_work_in_now(both: Both) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    token = elm["access_token"]
    found = world.call("GET", "/v1/me/practices", token=token).json["items"]
    assert [(each["practice_id"], each["roles"], each["current"]) for each in found] == [
        (elm["practice_id"], ["nurse"], True),
        (oak["practice_id"], ["clinician"], False),
    ]
    assert {each["name"] for each in found} == {"Elm Street Clinic", "Oak"}
    ada = world.call("GET", "/v1/me/practices", token=both.ada["access_token"])
    assert [each["practice_id"] for each in ada.json["items"]] == [elm["practice_id"]]


def test_a_practice_that_wants_a_second_factor_is_switched_to_with_one(both: Both) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    bea = session(world, BEA)["access_token"]
    step_up(world, bea)
    version = world.call("GET", "/v1/practice", token=bea).headers["ETag"]
    wanted = {"require_mfa": True}
    changed = world.call("PATCH", "/v1/practice", wanted, token=bea, If_Match=version)
    assert changed.status == 200, changed.text
    refused = _switched(world, elm["access_token"], oak["practice_id"])
    assert (refused.status, refused.json["code"]) == (403, "step_up_required")
    step_up(world, elm["access_token"])
    world.clock.advance(minutes=9)
    there = _switched(world, elm["access_token"], oak["practice_id"])
    assert there.status == 201
    assert "sign_notes" in me(world, there.json["access_token"]).json["permissions"]
