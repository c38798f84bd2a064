"""Sign-up abuse is capped, and an unverified practice sends nothing and is forgotten (PROMISES 17)."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.identity.signing_up import sign_up as signing_up
from chalicelib.identity.signing_up.sign_up_caps import (
    DAY,
    FROM_A_DOMAIN,
    FROM_A_NETWORK,
    HOUR,
    network_of,
)
from tests import tables
from tests.world import PASSWORD, SIGN_UP, Answered, World, newest_link, sign_in, sign_up

AT_MOST = FROM_A_NETWORK[HOUR]


@pytest.fixture
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing hundreds of passwords would take the test's time, and is not what it is about."""
    monkeypatch.setattr(signing_up, "hash_password", lambda *_, **__: "no hash")


def _sign_up(world: World, number: int, *, domain: str = "gmail.com") -> Answered:
    body = {**SIGN_UP, "email": f"owner{number}@{domain}"}
    return world.call("POST", "/v1/practices", body)


def _practices() -> int:
    return sum(row["kind"]["S"] == "practice" for row in tables.rows().values())


@pytest.mark.parametrize("tried", [60, pytest.param(500, marks=pytest.mark.campaign)])
@pytest.mark.usefixtures("cheap_hashing")
def test_of_many_sign_ups_from_one_source_a_few_are_made(world: World, tried: int) -> None:
    answers = [_sign_up(world, number) for number in range(tried)]
    made = [answer for answer in answers if answer.status == 201]
    capped = [answer for answer in answers if answer.status == 429]
    assert (len(made), len(capped)) == (AT_MOST, tried - AT_MOST)
    assert _practices() == AT_MOST
    assert {answer.json["code"] for answer in capped} == {"too_many_requests"}
    assert {answer.headers["Retry-After"] for answer in capped} == {"3600"}


@pytest.mark.usefixtures("cheap_hashing")
def test_after_the_hour_it_goes_on_until_the_days_cap(world: World) -> None:
    made = 0
    for _ in range(4):
        made += sum(_sign_up(world, made + n).status == 201 for n in range(AT_MOST + 1))
        world.clock.advance(hours=1)
    assert made == FROM_A_NETWORK[DAY]
    wait = int(_sign_up(world, 999).headers["Retry-After"])
    world.clock.advance(seconds=wait)
    assert _sign_up(world, 999).status == 201


@pytest.mark.usefixtures("cheap_hashing")
def test_attempts_that_are_refused_count_as_well(world: World) -> None:
    for _ in range(AT_MOST):
        _sign_up(world, 1)
    assert _practices() == 1
    assert _sign_up(world, 2).status == 429


@pytest.mark.usefixtures("cheap_hashing")
def test_a_mail_domain_is_capped_whatever_the_source_but_not_the_free_ones(world: World) -> None:
    most = FROM_A_DOMAIN[DAY]
    for number in range(most):
        assert _sign_up(world, number, domain="spam.example").status == 201
        world.clock.advance(minutes=10)
    assert _sign_up(world, most, domain="SPAM.example").status == 429
    assert _sign_up(world, most, domain="gmail.com").status == 201


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("203.0.113.250", "203.0.113.0/24"),
        ("203.0.114.9", "203.0.114.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
        ("", "unknown"),
    ],
)
def test_a_network_counts_as_one(source: str, network: str) -> None:
    assert network_of(source) == network


def test_no_address_and_no_domain_stands_in_a_counter(world: World) -> None:
    sign_up(world)
    counters = [row for row in tables.rows().values() if row["kind"]["S"] == "sign_ups"]
    assert len(counters) == 3
    assert "127.0" not in str(counters)
    assert "clinic.example" not in str(counters)
    assert all(int(row["expires_at"]["N"]) > world.clock.now().timestamp() for row in counters)


def test_an_unverified_practice_sends_nothing_but_its_verification(world: World) -> None:
    assert world.call("POST", "/v1/practices", SIGN_UP).status == 201
    for _ in range(30):
        world.tick()
        world.clock.advance(days=1)
    assert len(world.mails()) == 1
    assert "Verify your e-mail address" in world.mails()[0]
    assert world.texts() == []
    refused = world.call("POST", "/v1/sessions", {"email": SIGN_UP["email"], "password": PASSWORD})
    assert (refused.status, refused.json["code"]) == (403, "email_not_verified")


def _expiring() -> dict[str, int]:
    """What the table forgets, by kind, and when."""
    kinds = ("practice", "member", "user", "email", "workplace")
    return {
        row["kind"]["S"]: int(row["expires_at"]["N"])
        for row in tables.rows().values()
        if row["kind"]["S"] in kinds and "expires_at" in row
    }


def test_what_is_not_verified_expires_after_thirty_days(world: World) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    ends = int((world.clock.now() + timedelta(days=30)).timestamp())
    assert _expiring() == dict.fromkeys(("practice", "member", "user", "email", "workplace"), ends)
    world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    assert _expiring() == {}
    assert sign_in(world, SIGN_UP["email"])


def test_an_expired_claim_frees_the_address_before_the_table_has_removed_it(world: World) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    world.clock.advance(days=29)
    taken = world.call("POST", "/v1/practices", SIGN_UP)
    assert (taken.status, taken.json["code"]) == (409, "email_taken")
    world.clock.advance(days=2)
    assert world.call("POST", "/v1/practices", SIGN_UP).status == 201
    world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    assert sign_in(world, SIGN_UP["email"])


@pytest.mark.parametrize("days", [1, 31])
def test_who_is_invited_meanwhile_stays(world: World, days: int) -> None:
    owner_email = "bea@birch.example"
    sign_up(world, email=owner_email)
    world.call("POST", "/v1/practices", SIGN_UP)
    world.clock.advance(days=days)
    invited: Any = {"email": SIGN_UP["email"], "name": "Ada", "roles": ["nurse"]}
    owner = sign_in(world, owner_email)
    assert world.call("POST", "/v1/members", invited, token=owner).status == 201
    accepted = {"token": newest_link(world), "password": PASSWORD}
    assert world.call("POST", "/v1/invitations/accept", accepted).status == 200
    assert sign_in(world, SIGN_UP["email"])
    assert "email" not in _expiring()
