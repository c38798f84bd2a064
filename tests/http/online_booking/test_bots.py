"""Whether a person asks: a hidden field, seconds, work that fits its page, once; and a verifier."""

from dataclasses import replace

import pytest

from chalicelib.online_booking import bot_check
from chalicelib.platform.config import settings
from chalicelib.platform.keyring import keyring
from tests.builders.online import NINE, TEN, Visitor, clinic
from tests.builders.scheduling import Clinic
from tests.builders.turnstile import turnstile
from tests.world import Answered, World


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world)


@pytest.fixture
def rosa(at: Clinic) -> Visitor:
    return Visitor(at)


def is_suspected(answer: Answered, field: str = "proof") -> bool:
    known = answer.status, answer.json["code"], answer.json["errors"][0]["field"]
    return known == (422, "bot_suspected", field)


def test_who_fills_in_what_nobody_sees_is_suspected(rosa: Visitor) -> None:
    assert is_suspected(rosa.hold(NINE, website="https://spam.example"))
    assert rosa.hold(NINE, website="").status == 201


def test_who_is_quicker_than_a_hand_is_suspected(at: Clinic, rosa: Visitor) -> None:
    body = rosa.hold_body(NINE)
    at.world.clock.advance(seconds=-1)
    assert is_suspected(rosa.send_hold(body))
    at.world.clock.advance(seconds=1)
    assert rosa.send_hold(body).status == 201


def test_a_challenge_is_good_for_an_hour(at: Clinic, rosa: Visitor) -> None:
    early, late = rosa.hold_body(NINE), rosa.hold_body(TEN)
    at.world.clock.advance(minutes=59, seconds=56)
    assert rosa.send_hold(early).status == 201
    at.world.clock.advance(seconds=5)
    assert is_suspected(rosa.send_hold(late))


def test_without_the_work_there_is_no_hold(rosa: Visitor) -> None:
    body = rosa.hold_body(NINE)
    tried = [{**body, "proof": f"x{number}"} for number in range(5)]
    assert all(is_suspected(rosa.send_hold(each)) for each in tried)


def test_a_challenge_is_of_its_page_and_ours(at: Clinic, rosa: Visitor) -> None:
    other = clinic(at.world, page={"slug": "oak-street"})
    body = rosa.hold_body(NINE)
    theirs = Visitor(other, "oak-street").hold_body(NINE)
    forged = [
        "",
        ".",
        "x",
        "1.2.3",
        f"{body['challenge']}0",
        body["challenge"].replace("1", "2", 1),
    ]
    for challenge in (theirs["challenge"], *forged):
        assert is_suspected(rosa.send_hold({**body, "challenge": challenge}))


def test_a_challenge_holds_one_slot_and_the_same_again_is_the_same(
    at: Clinic, rosa: Visitor
) -> None:
    body = rosa.hold_body(NINE)
    first, again = rosa.send_hold(body), rosa.send_hold(body)
    assert (first.status, first.json) == (again.status, again.json)
    assert len(at.world.of_kind("slot_hold")) == 1
    other = rosa.send_hold({**body, "starts_at": TEN})
    assert (other.status, other.json["code"]) == (409, "challenge_used")


def test_where_there_is_a_verifier_it_is_asked(
    at: Clinic, rosa: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with turnstile() as (url, asked):
        known = replace(settings(), captcha_site_key="site", captcha_url=url)
        keys = replace(keyring(), captcha="shh")
        monkeypatch.setattr(bot_check, "settings", lambda: known)
        monkeypatch.setattr(bot_check, "keyring", lambda: keys)
        assert rosa.offer().json["challenge"]["captcha_site_key"] == "site"
        assert is_suspected(rosa.hold(NINE), "captcha")
        assert asked == []
        assert is_suspected(rosa.hold(NINE, captcha="a machine"), "captcha")
        down = rosa.hold(NINE, captcha="break")
        assert (down.status, down.json["code"]) == (503, "outside_unavailable")
        assert rosa.hold(NINE, captcha="a person").status == 201
        body = {**rosa.hold_body(TEN), "captcha": "a person"}
        first, again = rosa.send_hold(body), rosa.send_hold(body)
        assert (first.status, first.json) == (201, again.json)  # it knows an answer but once
        told = [each["response"] for each in asked]
        assert told == ["a machine", "break", "a person", "a person"]
