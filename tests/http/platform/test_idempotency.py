"""POST answers by Idempotency-Key, whatever fails on the way (PROMISES 31)."""

import pytest

from tests.faults import Died, answering, dying
from tests.world import ADDRESS, World, sign_in, sign_up

ROOM = {"name": "North", "time_zone": "America/New_York", "address": ADDRESS}


def _locations(world: World) -> int:
    return sum(item["kind"]["S"] == "location" for item in world.items())


def test_the_same_key_and_body_give_the_first_answer_again(world: World) -> None:
    token = sign_up(world)
    first = world.call("POST", "/v1/locations", ROOM, token=token, Idempotency_Key="k1")
    world.clock.advance(minutes=11)
    later = sign_in(world, "ada@clinic.example")
    again = world.call("POST", "/v1/locations", ROOM, token=later, Idempotency_Key="k1")
    assert (first.status, first.text, first.etag) == (201, again.text, again.etag)
    assert again.headers["Location"] == first.headers["Location"]
    assert _locations(world) == 1


def test_the_same_key_with_another_body_is_refused(world: World) -> None:
    token = sign_up(world)
    world.call("POST", "/v1/locations", ROOM, token=token, Idempotency_Key="k1")
    other = world.call(
        "POST", "/v1/locations", {**ROOM, "name": "South"}, token=token, Idempotency_Key="k1"
    )
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")
    assert _locations(world) == 1


def test_a_key_is_free_again_after_48_hours(world: World) -> None:
    first = sign_up(world)
    world.call("POST", "/v1/locations", ROOM, token=first, Idempotency_Key="k1")
    world.clock.advance(hours=49)
    second = sign_in(world, "ada@clinic.example")
    world.call("POST", "/v1/locations", ROOM, token=second, Idempotency_Key="k1")
    assert _locations(world) == 2


def test_another_practice_s_key_is_another_key(world: World) -> None:
    one, two = sign_up(world), sign_up(world, email="bea@clinic.example")
    world.call("POST", "/v1/locations", ROOM, token=one, Idempotency_Key="k1")
    answer = world.call("POST", "/v1/locations", ROOM, token=two, Idempotency_Key="k1")
    assert answer.status == 201
    assert _locations(world) == 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at_call", range(2))
def test_a_death_at_any_call_and_a_retry_make_one_record(
    world: World, at_call: int, after: bool
) -> None:
    token = sign_up(world)
    with dying(at_call, after=after), pytest.raises(Died):
        world.call("POST", "/v1/locations", ROOM, token=token, Idempotency_Key="k1")
    answer = world.call("POST", "/v1/locations", ROOM, token=token, Idempotency_Key="k1")
    assert answer.status == 201
    assert _locations(world) == 1


def test_an_outage_is_a_503_and_the_retry_succeeds(world: World) -> None:
    token = sign_up(world)
    with answering("TransactWriteItems", times=99, error="InternalServerError"):
        failed = world.call("POST", "/v1/locations", ROOM, token=token, Idempotency_Key="k1")
    assert (failed.status, failed.json["code"]) == (503, "unavailable")
    assert failed.headers["Retry-After"] == "1"
    again = world.call("POST", "/v1/locations", ROOM, token=token, Idempotency_Key="k1")
    assert again.status == 201
    assert _locations(world) == 1


def test_signing_up_twice_with_one_key_makes_one_practice(world: World) -> None:
    body = {
        "practice_name": "Elm",
        "country": "US",
        "time_zone": "America/New_York",
        "currency": "USD",
        "locale": "en-US",
        "name": "Ada",
        "email": "ada@clinic.example",
        "password": "correct horse battery staple",
    }
    first = world.call("POST", "/v1/practices", body, Idempotency_Key="k1")
    again = world.call("POST", "/v1/practices", body, Idempotency_Key="k1")
    assert (first.status, first.text) == (again.status, again.text)
    assert sum(item["kind"]["S"] == "practice" for item in world.items()) == 1


def test_an_answer_with_a_token_in_it_is_never_kept(world: World) -> None:
    sign_up(world)
    body = {"email": "ada@clinic.example", "password": "correct horse battery staple"}
    world.call("POST", "/v1/sessions", body, Idempotency_Key="k1")
    assert not [item for item in world.items() if item["kind"]["S"] == "answer"]
