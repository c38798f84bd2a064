"""The link of an offer: looking changes nothing, answering works once, what is not ours is not found."""

import base64
from random import Random

import pytest

from chalicelib.platform.ids import derived_id
from chalicelib.waitlist.offer_tokens import OfferToken, offer_token
from tests.builders.waitlist import TEN, Waiting
from tests.world import Answered

PATH = "/v1/offer-links"


@pytest.fixture(autouse=True)
def offered(at: Waiting) -> None:
    """Amy is offered ten o'clock."""
    at.wish("Amy")
    at.freed()
    at.carry()


def _look(at: Waiting, secret: str) -> Answered:
    return at.world.call("GET", f"{PATH}/{secret}")


def test_looking_shows_when_and_where_and_changes_nothing(at: Waiting) -> None:
    shown = _look(at, at.secret("Amy"))
    assert shown.json == {
        "practice": "Elm Street Clinic",
        "location": "Main",
        "phone": None,
        "first_name": "Amy",
        "language": "en",
        "starts_at": TEN,
        "time_zone": "America/New_York",
        "until": "2026-03-02T09:30:00-05:00",
        "moves": False,
        "status": "open",
        "open": True,
    }
    assert shown.headers["Cache-Control"] == "no-store"
    assert _look(at, at.secret("Amy")).json == shown.json
    at.say("Amy", "declined")
    after = _look(at, at.secret("Amy")).json
    assert (after["status"], after["open"]) == ("declined", False)


@pytest.mark.parametrize("answer", ["accepted", "declined"])
def test_an_answer_is_taken_once(at: Waiting, answer: str) -> None:
    said = at.say("Amy", answer)
    assert (said.status, said.json) == (200, {"answer": answer})
    for again in ("accepted", "declined"):
        refused = at.say("Amy", again)
        assert (refused.status, refused.json["code"]) == (409, "offer_spent")
    assert at.visits("Amy") == ([("booked", TEN)] if answer == "accepted" else [])


def test_the_same_request_again_has_the_first_answer(at: Waiting) -> None:
    said = [at.say("Amy", "accepted", Idempotency_Key="k") for _ in range(2)]
    assert [each.status for each in said] == [200, 200]
    assert at.visits("Amy") == [("booked", TEN)]


def test_another_word_is_malformed(at: Waiting) -> None:
    refused = at.say("Amy", "maybe")
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "answer")


def test_an_offer_that_has_expired_is_spent_before_anything_says_so(at: Waiting) -> None:
    at.world.clock.advance(minutes=30)
    assert _look(at, at.secret("Amy")).json["open"] is False
    assert at.say("Amy", "accepted").json["code"] == "offer_spent"
    assert at.say("Amy", "declined").json["code"] == "offer_spent"


def test_a_link_that_we_did_not_make_is_not_found(at: Waiting) -> None:
    secret, random = at.secret("Amy"), Random(5)
    assert len(secret) == 62
    raw = base64.urlsafe_b64decode(secret + "==")
    forged = []
    for _ in range(60):
        at_byte = random.randrange(len(raw))
        changed = bytes(
            each ^ (random.randrange(1, 256) if place == at_byte else 0)
            for place, each in enumerate(raw)
        )
        forged.append(base64.urlsafe_b64encode(changed).decode().rstrip("="))
    last = "BCDEFGHIJKLMNOPQ".index(secret[-1]) if secret[-1] in "BCDEFGHIJKLMNOPQ" else 0
    forged.append(secret[:-1] + "ABCDEFGHIJKLMNOPQR"[last + 2])
    known = offer_token(secret)
    assert known is not None
    strangers = [
        OfferToken(derived_id("prc", "x"), known.wish_id, 1).secret(),
        OfferToken(known.practice_id, derived_id("wsh", "x"), 1).secret(),
        known._replace(number=2).secret(),
    ]
    for each in (*forged, *strangers, "x", "a" * 62, secret[:-1], "é"):
        assert offer_token(each) is None or each in strangers
        for answer in (
            _look(at, each),
            at.world.call("POST", f"{PATH}/{each}", {"answer": "accepted"}),
        ):
            assert (answer.status, answer.json["code"]) == (404, "not_found"), each
    assert at.visits("Amy") == []


def test_the_audit_of_the_practice_has_who_followed_the_link(at: Waiting) -> None:
    at.say("Amy", "accepted")
    (entry,) = (
        each
        for each in at.world.items()
        if each["kind"]["S"] == "audit" and each["action"]["S"] == "answer_offer_link"
    )
    (offer,) = at.world.of_kind("waitlist_offer")
    offer_id = offer["sk"]["S"].split("#")[1]
    assert entry["pk"]["S"].startswith(f"{at.clinic.practice_id}#audit#link:{offer_id}#")
    assert entry["subjects"]["SS"] == [at.people["Amy"]]
    (visit,) = (each for each in at.world.of_kind("appointment") if "link:" in str(each["steps"]))
    assert visit["patient_id"]["S"] == at.people["Amy"]
