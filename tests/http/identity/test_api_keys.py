"""API keys: what they open, what they never do, and how they end."""

from typing import Any

import pytest

from chalicelib.identity.permissions import FOR_MACHINES, PERMISSIONS_OF, Permission, Role
from tests import tables
from tests.faults import calls
from tests.world import Answered, World, add_member, sign_up, step_up

SCOPES = ["read_patients", "read_schedule"]
YEAR = "2027-03-02T00:00:00Z"


@pytest.fixture
def owner(world: World) -> str:
    token = sign_up(world)
    step_up(world, token)
    return token


def make(world: World, token: str, **over: Any) -> Answered:
    body = {"name": "Lab", "scopes": SCOPES, "ends_at": YEAR, **over}
    return world.call("POST", "/v1/api-keys", body, token=token)


def token_of(answer: Answered) -> str:
    assert answer.status == 201, answer.text
    return str(answer.json["token"])


def search(world: World, token: str) -> Answered:
    return world.call("POST", "/v1/patients/search", {"name": "ros"}, token=token)


def refused(answer: Answered) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def test_a_key_opens_what_it_is_scoped_to_and_nothing_else(world: World, owner: str) -> None:
    key = token_of(make(world, owner))
    assert search(world, key).status == 200
    assert world.call("GET", "/v1/appointment-types", token=key).status == 200
    for path in (
        "/v1/claims?status=paid",
        "/v1/me",
        "/v1/sessions",
        "/v1/practice",
        "/v1/api-keys",
    ):
        assert refused(world.call("GET", path, token=key)) == (403, "forbidden"), path


def test_the_secret_is_shown_once_and_stored_nowhere(world: World, owner: str) -> None:
    body = {"name": "Lab", "scopes": SCOPES, "ends_at": YEAR}
    made = world.call("POST", "/v1/api-keys", body, token=owner, Idempotency_Key="k1")
    secret = token_of(made).rpartition(".")[2]
    (listed,) = world.call("GET", "/v1/api-keys", token=owner).json["items"]
    assert "token" not in listed
    assert listed == {name: value for name, value in made.json.items() if name != "token"}
    assert secret not in str(tables.rows())
    assert not [row for row in tables.rows().values() if row["kind"]["S"] == "answer"]


def test_a_key_is_known_by_one_read(world: World, owner: str) -> None:
    key = token_of(make(world, owner))
    world.call("GET", "/v1/appointment-types", token=key)
    with calls() as sent:
        world.call("GET", "/v1/appointment-types", token=key)
    assert sent.count("BatchGetItem") == 1
    assert "GetItem" not in sent
    assert "TransactWriteItems" not in sent  # its last use is written once an hour


def test_its_last_use_is_written_at_most_once_an_hour(world: World, owner: str) -> None:
    key = token_of(make(world, owner))

    def used() -> Any:
        return world.call("GET", "/v1/api-keys", token=owner).json["items"][0]["last_used_at"]

    assert used() is None
    search(world, key)
    first = used()
    for minutes, again in ((10, False), (45, False), (10, True)):
        world.clock.advance(minutes=minutes)
        world.call("GET", "/v1/me", token=owner)
        search(world, key)
        row = next(row for row in tables.rows().values() if row["kind"]["S"] == "api_key")
        assert (row["last_used_at"]["S"][:19] != first[:19]) is again


@pytest.mark.parametrize("scope", sorted(set(Permission) - FOR_MACHINES))
def test_what_people_alone_have_is_no_scope(world: World, owner: str, scope: str) -> None:
    answer = make(world, owner, scopes=["read_patients", scope])
    assert answer.status == 422
    assert answer.json["errors"][0]["field"] == "scopes.1"


def test_a_key_has_no_more_than_its_maker(world: World, owner: str) -> None:
    assert refused(make(world, owner, scopes=["read_chart"])) == (403, "role_not_yours_to_give")


def test_what_its_maker_loses_it_loses_at_the_next_call(world: World, owner: str) -> None:
    manager, manager_id = add_member(world, owner, "manager")
    step_up(world, manager)
    key = token_of(make(world, manager))
    assert search(world, key).status == 200
    body = {"name": "Nothing", "permissions": ["read_schedule"]}
    role = world.call("POST", "/v1/roles", body, token=owner).json["id"]
    path = f"/v1/members/{manager_id}/roles"
    world.call("PUT", path, {"roles": [role]}, token=owner, If_Match='"2"')
    assert refused(search(world, key)) == (403, "forbidden")
    assert world.call("GET", "/v1/appointment-types", token=key).status == 200
    assert world.call("POST", f"/v1/members/{manager_id}/suspend", token=owner).status == 200
    assert refused(world.call("GET", "/v1/appointment-types", token=key)) == (
        401,
        "unauthenticated",
    )


def test_a_key_never_passes_a_step_up(world: World, owner: str) -> None:
    every = sorted(PERMISSIONS_OF[Role.OWNER] & FOR_MACHINES)
    key = token_of(make(world, owner, scopes=every))
    assert make(world, key).status == 403
    assert world.call("POST", "/v1/sessions/sign-out", token=key).status == 403


def test_a_revoked_or_expired_key_opens_nothing(world: World, owner: str) -> None:
    made = make(world, owner)
    short = make(world, owner, ends_at="2026-03-02T14:05:00Z")
    path = f"/v1/api-keys/{made.json['id']}"
    assert world.call("DELETE", path, token=owner, If_Match='"1"').status == 204
    assert search(world, token_of(made)).status == 401
    assert refused(world.call("DELETE", path, token=owner, If_Match='"2"')) == (409, "key_over")
    assert search(world, token_of(short)).status == 200
    world.clock.advance(minutes=5)
    assert search(world, token_of(short)).status == 401


def test_a_rotated_key_goes_on_for_the_overlap(world: World, owner: str) -> None:
    old = make(world, owner)
    path = f"/v1/api-keys/{old.json['id']}/rotate"
    new = world.call("POST", path, {"overlap_hours": 2}, token=owner)
    assert new.json["scopes"] == SCOPES
    for answer in (old, new):
        assert search(world, token_of(answer)).status == 200
    world.clock.advance(hours=2)
    assert search(world, token_of(old)).status == 401
    assert search(world, token_of(new)).status == 200


def test_another_s_secret_or_a_forged_one_opens_nothing(world: World, owner: str) -> None:
    key = token_of(make(world, owner))
    other = token_of(make(world, owner))
    practice, creator, key_id, secret = key.split(".")
    forged = [
        ".".join((practice, creator, key_id, other.rpartition(".")[2])),
        ".".join((practice, creator, other.split(".")[2], secret)),
        ".".join((practice, "usr_01JDE3GZ5V6T7W8X9Y0Z1A2B3C", key_id, secret)),
        ".".join(("clk_prc_01JDE3GZ5V6T7W8X9Y0Z1A2B3C", creator, key_id, secret)),
        key[:-1],
        f"{key}x",
        "clk_",
        key.replace("prc_", "prc#"),
    ]
    answers = [search(world, token) for token in forged]
    assert {refused(answer) for answer in answers} == {(401, "unauthenticated")}


def test_a_key_calls_from_its_networks_alone(world: World, owner: str) -> None:
    inside = token_of(make(world, owner, sources=["127.0.0.0/8"]))
    outside = token_of(make(world, owner, sources=["192.0.2.0/24", "2001:db8::/32"]))
    assert search(world, outside).status == 401
    assert search(world, inside).status == 200
    bad = make(world, owner, sources=["127.0.0.0/8", "here"])
    assert (bad.status, bad.json["errors"][0]["field"]) == (422, "sources.1")


@pytest.mark.parametrize("ends_at", ["2026-03-02T14:00:00Z", "2027-03-04T00:00:00Z"])
def test_a_key_ends_within_a_year(world: World, owner: str, ends_at: str) -> None:
    answer = make(world, owner, ends_at=ends_at)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "ends_at")


def test_the_audit_names_the_key_itself(world: World, owner: str) -> None:
    made = make(world, owner)
    search(world, token_of(made))
    partitions = [row["pk"]["S"] for row in tables.rows().values() if row["kind"]["S"] == "audit"]
    assert any(f"#audit#{made.json['id']}#" in partition for partition in partitions)
