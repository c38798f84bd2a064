"""Guessing is slowed, and nobody learns who has an account (PROMISES 12)."""

from datetime import timedelta
from random import Random

import pytest

from chalicelib.identity.credentials import guessing
from chalicelib.identity.credentials.guessing import LONGEST_WAIT, wait_after
from tests.builders.factors import sign_in_with_passkey
from tests.builders.guarded import ADA, KIM, Guarded, calling_from, cheap_hashes, try_password
from tests.faults import calls
from tests.http.identity.signing import said
from tests.world import PASSWORD, World, newest_link

ELSEWHERE, THERE = "203.0.113.7", "198.51.100.9"


def _guess(world: World, email: str = ADA, times: int = 1) -> list[int]:
    return [try_password(world, email, f"guess number {each}").status for each in range(times)]


def test_the_wait_doubles_from_the_fifth_failure_to_an_hour() -> None:
    waits = [wait_after(failures) // timedelta(seconds=1) for failures in range(18)]
    assert waits == [0] * 5 + [2 << each for each in range(11)] + [3600, 3600]
    assert wait_after(10**9) == LONGEST_WAIT


def test_of_a_hundred_guesses_at_once_five_are_judged(guarded: Guarded) -> None:
    with calling_from(ELSEWHERE), cheap_hashes() as hasher:
        assert _guess(guarded.world, times=100) == [401] * 5 + [429] * 95
        assert len(hasher.done) == 5


def test_a_hundred_failures_that_wait_as_told_take_days(guarded: Guarded) -> None:
    started = guarded.world.clock.now()
    with calling_from(ELSEWHERE):
        for _ in range(22):
            answer = try_password(guarded.world, ADA, "a guess")
            if answer.status == 429:
                assert answer.json["code"] == "guessing_slowed"
                guarded.world.clock.advance(seconds=int(answer.headers["Retry-After"]))
                answer = try_password(guarded.world, ADA, "a guess")
            assert answer.status == 401
    so_far = guarded.world.clock.now() - started
    assert so_far > timedelta(hours=5)
    assert so_far + 78 * LONGEST_WAIT > timedelta(days=3)


def test_the_right_password_is_slowed_in_the_same_way(guarded: Guarded) -> None:
    with calling_from(ELSEWHERE):
        _guess(guarded.world, times=5)
        right, wrong = try_password(guarded.world, ADA), try_password(guarded.world, ADA, "x")
        assert right.status == wrong.status == 429
        assert said(right) == said(wrong)
        assert right.headers["Retry-After"] == wrong.headers["Retry-After"] == "2"
        guarded.world.clock.advance(seconds=2)
        assert try_password(guarded.world, ADA).status == 201
        assert _guess(guarded.world, times=6) == [401] * 5 + [429]


def test_guesses_from_elsewhere_do_not_slow_whoever_is_where_they_always_are(
    guarded: Guarded,
) -> None:
    with calling_from(ELSEWHERE):
        assert _guess(guarded.world, times=20)[-1] == 429
    assert try_password(guarded.world, ADA).status == 201
    with calling_from(ELSEWHERE):
        assert try_password(guarded.world, ADA).status == 429


def test_a_passkey_is_not_kept_out_by_guesses(guarded: Guarded) -> None:
    with calling_from(ELSEWHERE):
        _guess(guarded.world, KIM, times=20)
        assert try_password(guarded.world, KIM).status == 429
        assert sign_in_with_passkey(guarded.world, guarded.key).status == 201


def test_a_reset_by_mail_lets_the_owner_in_again_from_wherever_they_are(guarded: Guarded) -> None:
    with calling_from(ELSEWHERE):
        _guess(guarded.world, times=20)
    with calling_from(THERE):
        assert try_password(guarded.world, ADA).status == 429
        guarded.call("POST", "/v1/passwords/reset-request", {"email": ADA})
        body = {"token": newest_link(guarded.world), "password": f"{PASSWORD} anew"}
        assert guarded.call("POST", "/v1/passwords/reset", body).status == 204
        guarded.world.clock.advance(seconds=1)
        assert try_password(guarded.world, ADA, body["password"]).status == 201


def test_one_source_that_tries_many_addresses_is_slowed(guarded: Guarded) -> None:
    with calling_from(ELSEWHERE):
        tried = [_guess(guarded.world, f"p{each}@clinic.example")[0] for each in range(60)]
        assert tried == [401] * 50 + [429] * 10
        guarded.world.clock.advance(minutes=10)
        assert _guess(guarded.world, "p61@clinic.example") == [401]
    with calling_from(THERE):
        assert _guess(guarded.world, "p62@clinic.example") == [401]


def test_addresses_of_one_ipv6_network_are_one_source(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing, "FREE_IN_SPAN", 3)
    for each in range(3):
        with calling_from(f"2001:db8::{each:x}"):
            _guess(guarded.world, f"p{each}@clinic.example")
    with calling_from("2001:db8::ffff"):
        assert _guess(guarded.world, "another@clinic.example") == [429]


@pytest.mark.parametrize("method", ["totp", "recovery_code"])
def test_codes_are_slowed_after_five_however_often_one_signs_in_anew(
    guarded: Guarded, method: str
) -> None:
    with calling_from(ELSEWHERE):
        wrong = [
            guarded.answer(guarded.challenge(), guarded.app.wrong_code(), method=method).status
            for _ in range(7)
        ]
        assert wrong == [401] * 5 + [429] * 2
        right = guarded.answer(guarded.challenge(), guarded.app.code())
        assert (right.status, right.json["code"]) == (429, "guessing_slowed")
        guarded.world.clock.advance(seconds=30)
        assert guarded.answer(guarded.challenge(), guarded.app.code()).status == 201


def test_step_up_is_no_way_around_the_limit(guarded: Guarded) -> None:
    body = {"method": "totp", "code": guarded.app.wrong_code()}
    tried = [
        guarded.call("POST", "/v1/sessions/step-up", body, token=guarded.nurse).status
        for _ in range(7)
    ]
    assert tried == [401] * 5 + [429] * 2


def test_guesses_made_at_once_are_counted_each(guarded: Guarded) -> None:
    """A second attempt between the read and the write of the first: neither is lost."""
    from tests.faults import events

    inner: list[int] = []

    def meanwhile(model: object, **_: object) -> None:
        if getattr(model, "name", "") == "TransactWriteItems" and not inner:
            inner.append(0)
            inner.extend(_guess(guarded.world, times=2))

    events().register("before-call.dynamodb.*", meanwhile)
    try:
        outer = _guess(guarded.world)
    finally:
        events().unregister("before-call.dynamodb.*", meanwhile)
    assert inner[1:] + outer == [401] * 3
    assert _guess(guarded.world, times=3) == [401, 401, 429]


def test_the_owner_is_told_once_a_row_and_only_if_there_is_one(guarded: Guarded) -> None:
    with calling_from(ELSEWHERE):
        for email in (ADA, "nobody@clinic.example"):
            _guess(guarded.world, email, times=5)
            guarded.world.clock.advance(seconds=2)
            _guess(guarded.world, email, times=3)
    guarded.world.pump()
    mails = [mail for mail in guarded.world.mails() if "Failed attempts" in mail]
    assert len(mails) == 1
    assert ADA in mails[0]


def test_no_address_and_no_source_is_stored_with_what_was_guessed(guarded: Guarded) -> None:
    with calling_from(ELSEWHERE):
        _guess(guarded.world, "canary-of-guesses@clinic.example", times=3)
    rows = [each for each in guarded.world.items() if "guesses" in each["kind"]["S"]]
    assert len(rows) >= 2
    assert "canary" not in str(rows)
    assert ELSEWHERE not in str(rows)


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=[pytest.mark.campaign] if n >= 10 else []) for n in range(200)]
)
def test_a_known_and_an_unknown_address_are_alike(guarded: Guarded, seed: int) -> None:
    """The same body, the same calls to the store, the same hashing, whatever was tried before."""
    dice = Random(seed)
    known = dice.choice([ADA, KIM])
    unknown = f"{dice.getrandbits(40):x}@clinic.example"
    place = dice.randrange(1, 255)
    reset = dice.random() < 0.3
    tries = dice.randrange(1, 7)
    seen = []
    for network, email in enumerate(dice.sample((known, unknown), 2)):
        with calling_from(f"203.0.{network}.{place}"), cheap_hashes() as hasher, calls() as sent:
            if reset:
                body = {"email": email}
                answers = [
                    guarded.call("POST", "/v1/passwords/reset-request", body) for _ in range(tries)
                ]
            else:
                passwords = [f"{seed} wrong password {each}" for each in range(tries)]
                answers = [try_password(guarded.world, email, each) for each in passwords]
            told = [(each.status, each.text and said(each)) for each in answers]
            seen.append((told, len(hasher.done), sent))
    assert seen[0] == seen[1], (seed, known)
