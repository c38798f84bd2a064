"""No noisy neighbour: who calls too often is told when to come back; the others go on (PROMISES 8)."""

from collections import Counter

import pytest

from chalicelib.platform.config import Rate
from chalicelib.platform.rates import Buckets, Rates
from chalicelib.platform.runtime import runtime
from tests.faults import calls
from tests.world import Answered, World, sign_up, step_up

BURST = 100


@pytest.fixture
def limited(world: World) -> World:
    """The product with a burst of 100 calls of each caller."""
    rate = Rate(per_second=2, burst=BURST)
    runtime().rates = Rates(Buckets(rate), Buckets(rate), Buckets(rate))
    return world


def test_a_practice_that_calls_a_thousand_times_is_slowed_and_another_is_not(
    limited: World,
) -> None:
    noisy = sign_up(limited)
    quiet = sign_up(limited, email="bea@clinic.example")
    seen: Counter[int] = Counter()
    answers = []
    for number in range(1_000):
        seen[limited.call("GET", "/v1/me", token=noisy).status] += 1
        if number % 50 == 49:
            answers.append(limited.call("GET", "/v1/me", token=quiet).status)
    assert answers == [200] * 20
    assert seen == {200: BURST, 429: 1_000 - BURST}


def test_the_refusal_says_when_to_come_back_and_then_it_is_served(limited: World) -> None:
    token = sign_up(limited)
    refused = _until_refused(limited, token)
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Cache-Control"] == "no-store"
    limited.clock.advance(seconds=int(refused.headers["Retry-After"]))
    assert limited.call("GET", "/v1/me", token=token).status == 200


def test_a_refusal_reads_nothing_and_the_first_of_a_minute_is_written_down(limited: World) -> None:
    token = sign_up(limited)
    for _ in range(BURST):
        limited.call("GET", "/v1/me", token=token)
    for expected in (["PutItem"], [], []):
        with calls() as sent:
            assert limited.call("GET", "/v1/practice", token=token).status == 429
        assert sent == expected


def test_a_key_that_calls_too_often_is_slowed_and_its_practice_goes_on(limited: World) -> None:
    owner = sign_up(limited)
    step_up(limited, owner)
    runtime().rates = Rates(*(Buckets(Rate(2, burst)) for burst in (1_000, BURST, BURST)))
    body = {"name": "Lab", "scopes": ["read_schedule"], "ends_at": "2026-09-01T00:00:00Z"}
    key = limited.call("POST", "/v1/api-keys", body, token=owner).json["token"]
    statuses = [
        limited.call("GET", "/v1/appointment-types", token=key).status for _ in range(BURST + 5)
    ]
    assert statuses == [200] * BURST + [429] * 5
    assert limited.call("GET", "/v1/me", token=owner).status == 200


def test_someone_who_is_not_signed_in_is_slowed_by_address(limited: World) -> None:
    token = sign_up(limited)
    body = {"email": "nobody@clinic.example", "password": "x" * 20}
    statuses = [limited.call("POST", "/v1/sessions/refresh", {"refresh_token": "x"}).status
                for _ in range(BURST + 1)]  # fmt: skip
    assert set(statuses[:-1]) >= {401}
    assert statuses[-1] == 429
    assert limited.call("POST", "/v1/sessions", body).status == 429
    assert limited.call("GET", "/healthz").status == 429
    assert limited.call("GET", "/v1/me", token=token).status == 200, "who is signed in goes on"


def test_tokens_that_do_not_hold_count_by_address(limited: World) -> None:
    statuses = [limited.call("GET", "/v1/me", token="x.y.z").status for _ in range(BURST + 5)]
    assert statuses == [401] * BURST + [429] * 5


def _until_refused(world: World, token: str) -> Answered:
    for _ in range(BURST + 1):
        answer = world.call("GET", "/v1/me", token=token)
    assert answer.status == 429
    return answer
