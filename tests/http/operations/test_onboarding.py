"""Operations create practices, one or many, and find them in their directory."""

import pytest

from tests.builders.operations import operator
from tests.world import PASSWORD, World, newest_link, sign_in, sign_up

NEW = {
    "practice_name": "Oak Clinic",
    "country": "US",
    "time_zone": "America/New_York",
    "currency": "USD",
    "locale": "en-US",
    "name": "Olive Oak",
    "email": "olive@oak.example",
}
PATH = "/v1/operations/practices"
HEADER = ",".join(NEW)


@pytest.fixture
def olu(world: World) -> str:
    return operator(world)


def row(**over: str) -> str:
    return ",".join({**NEW, **over}.values())


def test_a_practice_is_created_and_its_owner_invited(world: World, olu: str) -> None:
    made = world.call("POST", PATH, NEW, token=olu)
    assert (made.status, made.json["status"]) == (201, "active")
    world.pump()
    assert "olive@oak.example" in "".join(world.mails())
    accepted = world.call(
        "POST", "/v1/invitations/accept", {"token": newest_link(world), "password": PASSWORD}
    )
    assert accepted.status == 200, accepted.text
    owner = sign_in(world, "olive@oak.example")
    shown = world.call("GET", "/v1/practice", token=owner).json
    assert (shown["id"], shown["name"]) == (made.json["id"], "Oak Clinic")


def test_the_directory_has_every_practice_and_follows_it(world: World, olu: str) -> None:
    owner = sign_up(world)
    world.clock.advance(seconds=1)
    made = world.call("POST", PATH, NEW, token=olu).json["id"]
    world.pump()
    first = world.call("GET", f"{PATH}?limit=1", token=olu).json
    assert [each["practice_id"] for each in first["items"]] == [made]
    then = world.call("GET", f"{PATH}?limit=1&cursor={first['next_cursor']}", token=olu).json
    assert [each["name"] for each in then["items"]] == ["Elm Street Clinic"]
    practice = world.call("GET", "/v1/practice", token=owner)
    change = {"name": "Elm Clinic"}
    assert (
        world.call("PATCH", "/v1/practice", change, token=owner, If_Match=practice.etag).status
        == 200
    )
    world.pump()
    names = [each["name"] for each in world.call("GET", PATH, token=olu).json["items"]]
    assert names == ["Oak Clinic", "Elm Clinic"]


def test_a_table_creates_a_practice_a_row_and_says_what_is_wrong_of_the_others(
    world: World, olu: str
) -> None:
    table = "\n".join(
        [
            HEADER,
            row(),
            row(email="olive@oak.example"),
            row(email="not an address"),
            row(email="b@oak.example", time_zone="Mars/Olympus"),
            row(email="c@oak.example", country="usa"),
            "too,few",
            row(email="d@oak.example", practice_name="Ash"),
        ]
    )
    answer = world.call("POST", f"{PATH}/import", {"table": table}, token=olu)
    assert answer.status == 200, answer.text
    assert (answer.json["created"], answer.json["refused"]) == (2, 5)
    told = {each["line"]: (each["status"], each["code"]) for each in answer.json["rows"]}
    assert told == {
        2: ("created", None),
        3: ("refused", "email_taken"),
        4: ("refused", "invalid"),
        5: ("refused", "invalid"),
        6: ("refused", "invalid_request"),
        7: ("refused", "bad_row"),
        8: ("created", None),
    }
    reasons = {each["line"]: each["reason"] for each in answer.json["rows"]}
    assert reasons[6].startswith("country:")
    assert reasons[7] == "2 cells, the header has 7"
    world.pump()
    listed = world.call("GET", PATH, token=olu).json["items"]
    assert [each["name"] for each in listed] == ["Ash", "Oak Clinic"]


def test_a_table_sent_again_creates_nothing_twice(world: World, olu: str) -> None:
    table = {"table": f"{HEADER}\n{row()}\n"}
    assert world.call("POST", f"{PATH}/import", table, token=olu).json["created"] == 1
    again = world.call("POST", f"{PATH}/import", table, token=olu).json
    assert (again["created"], again["rows"][0]["code"]) == (0, "email_taken")


def test_a_table_that_cannot_be_read_creates_nothing(world: World, olu: str) -> None:
    answer = world.call("POST", f"{PATH}/import", {"table": f'{HEADER}\n{row()}\n"x'}, token=olu)
    assert (answer.status, answer.json["code"]) == (422, "broken_table")
    assert "line 3" in answer.json["detail"]
    world.pump()
    assert world.call("GET", PATH, token=olu).json["items"] == []
