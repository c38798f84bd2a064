"""The flow of an offer dies at each call to the table, and goes on when its message comes again."""

import json
from collections.abc import Callable
from itertools import count

import boto3
import pytest

from chalicelib.platform.config import settings
from tests import tables
from tests.builders.waitlist import LATER, TEN, Waiting
from tests.faults import Died, dying

each = pytest.mark.parametrize(
    "every", [5, pytest.param(1, marks=pytest.mark.campaign)], ids=["a fifth", "all"]
)
"""The ordinary run dies at a fifth of the calls."""


def _carried(at: Waiting, event_type: str) -> tuple[str, str]:
    """Carry events until there is one of this type; its queue, and its message."""
    sqs = boto3.client("sqs")
    for _ in range(6):
        at.world._stream()
        for domain in ("scheduling", "messaging"):
            url = settings().queue_urls[domain]
            for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
                "Messages", []
            ):
                if json.loads(message["Body"])["type"] == event_type:
                    return domain, message["Body"]
                at.world.deliver(domain, [message["Body"]])
    raise AssertionError(f"nothing told of {event_type}")


def _dies(
    every: int, act: Callable[[], object], check: Callable[[int], None], *, calls: int
) -> None:
    """From the same start: die before and after each call of `act`, then do it again, twice.

    `every` so manieth call; there are at least so many `calls`.
    """
    start, deaths = tables.image(), 0
    for after in (False, True):
        for call in count(every - 1 if after else 0, every):
            tables.put_back(start)
            try:
                with dying(call, after=after):
                    act()
            except Died:
                act()
                act()
                check(call)
                deaths += 1
                continue
            break
    assert deaths * every >= 2 * calls - every


@each
def test_a_freed_time_is_offered_to_one(at: Waiting, every: int) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.freed()
    domain, body = _carried(at, "slot.freed")

    def check(call: int) -> None:
        assert (at.offers(first), at.offers(second)) == ([("open", TEN)], []), call
        assert len(at.world.of_kind("slot_hold")) == 1, call
        told = [item for item in at.world.of_kind("outbox") if "offer.made" in str(item["type"])]
        assert len(told) == 1, call

    _dies(every, lambda: at.world.deliver(domain, [body]), check, calls=10)


@each
def test_who_is_offered_it_is_told_once_or_a_task_asks(at: Waiting, every: int) -> None:
    wish = at.wish("Amy")
    at.freed()
    domain, body = _carried(at, "waitlist_offer.made")
    mailed = 0

    def deliver() -> None:
        nonlocal mailed
        if not at.world.of_kind("message"):
            mailed = at.mailed("Amy")
        at.world.deliver(domain, [body])

    def check(call: int) -> None:
        sent = at.mailed("Amy") - mailed
        (message,) = at.world.of_kind("message")
        assert (sent, message["status"]["S"]) in ((1, "sent"), (1, "sending"), (0, "sending")), call
        assert at.offers(wish) == [("open", TEN)], call

    _dies(every, deliver, check, calls=5)


@each
@pytest.mark.parametrize("moved", [False, True], ids=["booked", "moved"])
def test_who_clicks_again_after_a_death_has_one_visit(at: Waiting, every: int, moved: bool) -> None:
    visit = at.clinic.booking(LATER, patient_id=at.patient("Amy")) if moved else None
    wish = at.wish("Amy", **({"appointment_id": visit} if visit else {}))
    at.freed()
    at.carry()

    def check(call: int) -> None:
        assert at.visits("Amy") == [("booked", TEN)], call
        assert at.offers(wish) == [("accepted", TEN)], call
        assert at.world.of_kind("slot_hold") == [], call
        if visit:
            assert at.read(wish)["booked_id"] == visit

    _dies(every, lambda: at.say("Amy", "accepted"), check, calls=7)


@each
def test_what_is_declined_goes_to_the_next_after_a_death_too(at: Waiting, every: int) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.freed()
    at.carry()

    def check(call: int) -> None:
        at.carry()
        assert (at.offers(first), at.offers(second)) == ([("declined", TEN)], [("open", TEN)]), call

    _dies(every, lambda: at.say("Amy", "declined"), check, calls=4)


@each
def test_what_expires_goes_to_the_next_after_a_death_too(at: Waiting, every: int) -> None:
    first, second = at.wish("Amy"), at.wish("Bo")
    at.freed()
    at.carry()
    at.world.clock.advance(minutes=30)
    (offer,) = at.world.of_kind("waitlist_offer")
    body = json.dumps(
        {"due": "waitlist_offer", **{name: offer[name]["S"] for name in ("pk", "sk", "duepk")}}
    )

    def check(call: int) -> None:
        at.later(minutes=1)
        assert (at.offers(first), at.offers(second)) == ([("expired", TEN)], [("open", TEN)]), call

    _dies(every, lambda: at.world.deliver("scheduling", [body]), check, calls=3)
