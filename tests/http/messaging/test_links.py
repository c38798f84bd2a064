"""The mails that carry one-use links: to whom, when, and what stands in them."""

import json

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.platform.events import Event
from tests.faults import Died
from tests.http.messaging.reminding import dying_at, provider
from tests.world import PASSWORD, World, newest_link, sign_in, sign_up

SIGN_UP = {
    "practice_name": "Elm Street Clinic",
    "country": "US",
    "time_zone": "America/New_York",
    "currency": "USD",
    "locale": "en-US",
    "name": "Ada Owner",
    "email": "ada@clinic.example",
    "password": PASSWORD,
}
INVITE = {"email": "kim@clinic.example", "name": "Kim Lee", "roles": ["clinician"]}


def _mails_to(world: World, address: str) -> list[str]:
    return [mail for mail in world.mails() if address in mail]


def _link_made(world: World) -> str:
    """The newest event that a link was made, as it lies in the outbox."""
    items = [
        item
        for item in world.items()
        if item["kind"]["S"] == "outbox" and item["type"]["S"] == "identity.link_made"
    ]
    item = max(items, key=lambda each: each["sk"]["S"])
    practice_id = item["pk"]["S"].partition("#")[0]
    data = json.loads(item["data"]["S"])
    now = world.clock.now()
    return Event(
        "evt_1", "identity.link_made", practice_id, item["subject"]["S"], 1, now, data
    ).to_json()


def test_signing_up_mails_a_verification_that_works(world: World) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    world.pump()
    (mail,) = _mails_to(world, "ada@clinic.example")
    assert "Verify your e-mail address" in mail
    verified = world.call("POST", "/v1/practices/verify", {"token": world.mailed_token()})
    assert (verified.status, verified.json["status"]) == (200, "active")


def test_an_invitation_names_practice_and_person_and_works(world: World) -> None:
    owner = sign_up(world)
    world.call("POST", "/v1/members", INVITE, token=owner)
    world.pump()
    (mail,) = _mails_to(world, INVITE["email"])
    assert "You are invited to Elm Street Clinic" in mail
    assert "Hello Kim Lee" in mail
    body = {"token": world.mailed_token(), "password": PASSWORD}
    assert world.call("POST", "/v1/invitations/accept", body).status == 200


def test_the_verification_carries_no_words_of_whoever_signed_up(world: World) -> None:
    names = {"practice_name": "Win a prize at bad.example", "name": "Click bad.example"}
    world.call("POST", "/v1/practices", {**SIGN_UP, **names})
    world.pump()
    (mail,) = _mails_to(world, "ada@clinic.example")
    assert "bad.example" not in mail


def test_the_secret_is_in_the_mail_alone(world: World) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    secret = newest_link(world).partition(".")[2]
    assert secret not in json.dumps(world.items())
    assert secret not in _link_made(world)


def test_a_link_is_mailed_again_when_the_queue_brings_it_again(world: World) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    message = _link_made(world)
    assert world.deliver("messaging", [message, message]) == []
    first, again = _mails_to(world, "ada@clinic.example")
    assert newest_link(world) in first
    assert newest_link(world) in again


def test_a_link_that_is_spent_is_not_mailed(world: World) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    message = _link_made(world)
    world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    assert world.deliver("messaging", [message]) == []
    assert world.mails() == []


def test_a_link_that_is_over_is_not_mailed_and_does_not_work(world: World) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    message = _link_made(world)
    world.clock.advance(days=3)
    assert world.deliver("messaging", [message]) == []
    assert world.mails() == []
    late = world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    assert (late.status, late.json["code"]) == (422, "link_spent")


def test_an_unverified_practice_mails_nothing_but_its_verification(world: World) -> None:
    owner = sign_up(world)
    world.call("POST", "/v1/members", INVITE, token=owner)
    invited = json.loads(_link_made(world))
    world.call("POST", "/v1/practices", {**SIGN_UP, "email": "bea@clinic.example"})
    verification = _link_made(world)
    invited["practice_id"] = json.loads(verification)["practice_id"]
    assert world.deliver("messaging", [json.dumps(invited), verification]) == []
    assert _mails_to(world, INVITE["email"]) == []
    assert len(_mails_to(world, "bea@clinic.example")) == 1


@pytest.mark.parametrize(
    "fault",
    [("TooManyRequestsException", 429), ReadTimeoutError(endpoint_url="https://provider")],
    ids=["throttled", "no answer"],
)
def test_what_fails_at_the_provider_is_mailed_when_it_comes_again(
    world: World, fault: object
) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    message = _link_made(world)
    with provider("sesv2", fault) as asked:
        assert world.deliver("messaging", [message]) == ["0"]
    assert asked == [1]
    assert world.deliver("messaging", [message]) == []
    assert len(world.mails()) == 1


def test_a_death_at_the_provider_leaves_the_link_to_be_mailed_again(world: World) -> None:
    world.call("POST", "/v1/practices", SIGN_UP)
    message = _link_made(world)
    with dying_at("sesv2"), pytest.raises(Died):
        world.deliver("messaging", [message])
    assert world.deliver("messaging", [message]) == []
    assert len(world.mails()) == 1


@pytest.mark.parametrize(
    "token", ["", "lnk_x.y", "lnk_01JDE3GZ5V6T7W8X9Y0Z1A2B3C." + "0" * 64, "é.é", "a#b.c"]
)
def test_a_made_up_link_is_refused_like_a_spent_one(world: World, token: str) -> None:
    for path, more in (
        ("/v1/practices/verify", {}),
        ("/v1/invitations/accept", {"password": PASSWORD}),
    ):
        answer = world.call("POST", path, {"token": token, **more})
        assert (answer.status, answer.json["code"]) == (422, "link_spent")


def test_a_link_is_good_for_its_purpose_only(world: World) -> None:
    owner = sign_up(world)
    world.call("POST", "/v1/members", INVITE, token=owner)
    answer = world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
    assert (answer.status, answer.json["code"]) == (422, "link_spent")
    assert sign_in(world, "ada@clinic.example")
