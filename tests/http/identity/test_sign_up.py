"""Sign-up, verification, sign-in, invitations, roles."""

from tests.world import World, add_member, newest_link, sign_in, sign_up


def test_a_practice_signs_up_verifies_and_its_owner_signs_in(world: World) -> None:
    token = sign_up(world)
    me = world.call("GET", "/v1/me", token=token)
    assert me.status == 200
    assert "manage_practice" in me.json["permissions"]
    assert me.headers["Cache-Control"] == "no-store"


def test_an_unverified_owner_cannot_sign_in(world: World) -> None:
    sign_up(world)
    body = {
        "practice_name": "B",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "name": "Bo",
        "email": "bo@clinic.example",
        "password": "correct horse battery staple",
    }
    world.call("POST", "/v1/practices", body)
    answer = world.call(
        "POST", "/v1/sessions", {"email": body["email"], "password": body["password"]}
    )
    assert (answer.status, answer.json["code"]) == (403, "email_not_verified")


def test_a_link_is_good_once(world: World) -> None:
    sign_up(world)
    answer = world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    assert (answer.status, answer.json["code"]) == (422, "link_spent")


def test_a_wrong_password_and_an_unknown_email_answer_alike(world: World) -> None:
    sign_up(world)
    wrong = world.call("POST", "/v1/sessions", {"email": "ada@clinic.example", "password": "no"})
    unknown = world.call("POST", "/v1/sessions", {"email": "eve@clinic.example", "password": "no"})
    assert wrong.status == unknown.status == 401
    assert {**wrong.json, "request_id": ""} == {**unknown.json, "request_id": ""}


def test_an_invited_member_has_only_their_role(world: World) -> None:
    owner = sign_up(world)
    desk, _ = add_member(world, owner, "front_desk")
    answer = world.call("PATCH", "/v1/practice", {"name": "Mine"}, token=desk, If_Match='"2"')
    assert (answer.status, answer.json["code"]) == (403, "forbidden")


def test_a_role_taken_away_is_gone_at_the_next_request(world: World) -> None:
    owner = sign_up(world)
    manager, user_id = add_member(world, owner, "manager")
    path = f"/v1/members/{user_id}/roles"
    changed = world.call("PUT", path, {"roles": ["front_desk"]}, token=owner, If_Match='"2"')
    assert changed.status == 200, changed.text
    denied = world.call("PATCH", "/v1/practice", {"name": "Mine"}, token=manager, If_Match='"2"')
    assert denied.status == 403


def test_an_email_has_one_account(world: World) -> None:
    sign_up(world)
    body = {
        "practice_name": "C",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "name": "Cy",
        "email": "ADA@clinic.example",
        "password": "correct horse battery staple",
    }
    answer = world.call("POST", "/v1/practices", body)
    assert (answer.status, answer.json["code"]) == (409, "email_taken")


def test_a_refresh_token_used_twice_ends_the_session(world: World) -> None:
    sign_up(world)
    first = world.call(
        "POST",
        "/v1/sessions",
        {"email": "ada@clinic.example", "password": "correct horse battery staple"},
    ).json
    again = world.call("POST", "/v1/sessions/refresh", {"refresh_token": first["refresh_token"]})
    assert again.status == 200
    stolen = world.call("POST", "/v1/sessions/refresh", {"refresh_token": first["refresh_token"]})
    assert stolen.status == 401
    ended = world.call("GET", "/v1/me", token=again.json["access_token"])
    assert ended.status == 401


def test_signing_out_ends_the_session(world: World) -> None:
    token = sign_up(world)
    assert world.call("POST", "/v1/sessions/sign-out", token=token).status == 204
    assert world.call("GET", "/v1/me", token=token).status == 401
    assert sign_in(world, "ada@clinic.example")
