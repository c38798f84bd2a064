"""One's own sessions in every practice: seen, ended one by one, ended everywhere, ended by an admin."""

from typing import Any

import pytest

from chalicelib.identity.models import Session
from chalicelib.platform.store import UnitOfWork, get, practice_scope
from tests.faults import calls
from tests.http.identity.conftest import Both
from tests.http.identity.signing import ADA, BEA, KIM, me, refreshed, said, session
from tests.world import PASSWORD, Answered, World, add_member, sign_up

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0"


def listed(world: World, token: str, **query: str) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = world.call("GET", f"/v1/sessions?{asked}" if asked else "/v1/sessions", token=token)
    assert answer.status == 200, answer.text
    return answer.json


def end(world: World, token: str, session_id: str) -> Answered:
    return world.call("POST", f"/v1/sessions/{session_id}/end", token=token)


def everywhere(world: World, token: str) -> Answered:
    return world.call("POST", "/v1/sessions/sign-out-everywhere", token=token)


def from_provider(world: World, opened: dict[str, Any]) -> None:
    """As if the practice's own identity provider had opened this session."""
    with practice_scope(opened["practice_id"]):
        kept = get(Session, Session.key(opened["practice_id"], opened["session_id"]))
        kept.provider_id = "idp_1"
        work = UnitOfWork()
        work.save(kept)
        work.commit()


def test_a_person_sees_their_sessions_in_every_practice_and_nobody_else_s(both: Both) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    own = {elm["session_id"], oak["session_id"]}
    for here in (elm, oak):
        found = listed(world, here["access_token"])["items"]
        assert own < {each["session_id"] for each in found}
        assert {each["practice_id"] for each in found} == {elm["practice_id"], oak["practice_id"]}
        assert [each["session_id"] for each in found if each["current"]] == [here["session_id"]]
    ada = both.ada
    seen = {each["session_id"] for each in listed(world, ada["access_token"])["items"]}
    assert ada["session_id"] in seen
    assert not seen & own


def test_a_session_tells_its_device_its_source_and_its_times(world: World) -> None:
    sign_up(world)
    body = {"email": ADA, "password": PASSWORD}
    token = world.call("POST", "/v1/sessions", body, User_Agent=FIREFOX).json["access_token"]
    world.clock.advance(minutes=3)
    me(world, token)
    (own,) = [each for each in listed(world, token)["items"] if each["current"]]
    assert (own["device"], own["source"]) == ("Firefox on Windows", "127.0.0.1")
    assert (own["started_at"], own["seen_at"]) == ("2026-03-02T14:00:00Z", "2026-03-02T14:03:00Z")
    assert (own["ends_at"], own["locked"]) == ("2026-03-03T02:00:00Z", False)


def test_a_locked_session_is_shown_as_locked_and_one_that_is_over_not_at_all(world: World) -> None:
    sign_up(world)
    old, gone = session(world), session(world)
    end(world, old["access_token"], gone["session_id"])
    world.clock.advance(minutes=15)
    token = session(world)["access_token"]
    found = {each["session_id"]: each["locked"] for each in listed(world, token)["items"]}
    assert found[old["session_id"]] is True
    assert gone["session_id"] not in found
    world.clock.advance(hours=11, minutes=45)
    token = session(world)["access_token"]
    assert old["session_id"] not in {each["session_id"] for each in listed(world, token)["items"]}


def test_the_list_is_one_query_and_two_reads_by_key(both: Both) -> None:
    world, elm = both.world, both.elm
    with calls() as sent:
        listed(world, elm["access_token"])
    assert sent == ["BatchGetItem", "GetItem", "Query", "BatchGetItem", "PutItem"]


def test_the_list_comes_in_pages(world: World) -> None:
    sign_up(world)
    own = [session(world)["session_id"] for _ in range(3)]
    token = session(world)["access_token"]
    seen, cursor = [], ""
    while True:
        page = listed(world, token, limit="2", **({"cursor": cursor} if cursor else {}))
        seen += [each["session_id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5
    assert set(own) < set(seen)
    assert seen == sorted(seen, reverse=True)


def test_a_person_ends_a_session_of_theirs_in_another_practice(both: Both) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    assert end(world, elm["access_token"], oak["session_id"]).status == 204
    assert me(world, oak["access_token"]).status == 401
    assert refreshed(world, oak["refresh_token"]).status == 401
    assert me(world, elm["access_token"]).status == 200
    assert end(world, elm["access_token"], oak["session_id"]).status == 204


def test_a_session_of_somebody_else_is_like_none(both: Both) -> None:
    world, elm = both.world, both.elm
    ada = both.ada
    theirs = end(world, ada["access_token"], elm["session_id"])
    nobodys = end(world, ada["access_token"], "ses_01JDE3GZ5V6T7W8X9Y0Z1A2B3C")
    assert (theirs.status, said(theirs)) == (404, said(nobodys))
    assert me(world, elm["access_token"]).status == 200


def test_signing_out_everywhere_ends_all_of_ones_own_and_no_others(both: Both) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    second, ada = session(world, KIM), both.ada
    assert everywhere(world, second["access_token"]).status == 204
    for ended in (elm, oak, second):
        assert said(me(world, ended["access_token"])) == said(me(world, ""))
        assert refreshed(world, ended["refresh_token"]).status == 401
    assert me(world, ada["access_token"]).status == 200
    world.clock.advance(seconds=1)
    again = session(world, KIM)
    assert me(world, again["access_token"]).status == 200
    assert [each["session_id"] for each in listed(world, again["access_token"])["items"]] == [
        again["session_id"]
    ]


@pytest.mark.parametrize("role", ["owner", "manager"])
def test_an_admin_ends_a_member_s_sessions_in_their_practice_alone(both: Both, role: str) -> None:
    world, elm, oak = both.world, both.elm, both.oak
    token = both.ada["access_token"]
    if role == "manager":
        token, _ = add_member(world, token, "manager")
    path = f"/v1/members/{elm['user_id']}/sign-out"
    assert world.call("POST", path, token=token).status == 204
    assert me(world, elm["access_token"]).status == 401
    assert refreshed(world, elm["refresh_token"]).status == 401
    assert me(world, oak["access_token"]).status == 200
    world.clock.advance(seconds=1)
    assert me(world, session(world, KIM)["access_token"]).status == 200


def test_a_member_of_another_practice_is_like_none_to_an_admin(both: Both) -> None:
    world, elm = both.world, both.elm
    stranger = session(world, BEA)["user_id"]
    ada = both.ada["access_token"]
    answers = [
        world.call("POST", f"/v1/members/{user_id}/sign-out", token=ada)
        for user_id in (stranger, "usr_01JDE3GZ5V6T7W8X9Y0Z1A2B3C")
    ]
    assert {answer.status for answer in answers} == {404}
    assert said(answers[0]) == said(answers[1])
    assert (
        world.call("POST", f"/v1/members/{stranger}/sign-out", token=elm["access_token"]).status
        == 403
    )


def test_a_session_by_a_practice_s_own_provider_reaches_no_other_practice(both: Both) -> None:
    """Whoever runs the provider of one practice learns and ends nothing in another."""
    world, elm, oak = both.world, both.elm, both.oak
    from_provider(world, elm)
    token = elm["access_token"]
    assert {each["practice_id"] for each in listed(world, token)["items"]} == {elm["practice_id"]}
    assert end(world, token, oak["session_id"]).json["code"] == "not_found"
    assert everywhere(world, token).status == 204
    assert me(world, token).status == 401
    assert me(world, oak["access_token"]).status == 200
