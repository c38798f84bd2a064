"""Every consumer of every queue, found by doing (consuming.py): what is queued has one effect (PROMISES 32).

A new consumer is in this test as soon as a route, or what a consumer tells, leads to it; until then
the test that counts them fails.
"""

from collections import Counter
from itertools import product
from random import Random

import pytest

from tests.architecture.source_tree import ROOT
from tests.faults import Died, calls, dying
from tests.isolation.clinics import Clinics
from tests.isolation.conftest import Built
from tests.isolation.consuming import Moment, What, delivered, every_consumer, seek
from tests.world import World

ELSEWHERE = {
    ("claims", "claim.consented"): "tests/http/claims/test_part2_claims.py",
    ("claims", "patient.part2_consented"): "tests/http/claims/test_part2_claims.py",
    ("clinical", "video_visit.attended"): "tests/http/telehealth/test_attendance.py",
    ("custody", "erasure_begins"): "tests/integration/custody/test_erasing.py",
    ("messaging", "message_unanswered"): "tests/http/messaging/test_sending_once.py",
    ("messaging", "online_booking.booked"): "tests/http/online_booking/test_booking.py",
    ("messaging", "storage.changed"): "tests/http/subscriptions/test_storage.py",
    ("messaging", "subscription_overdue"): "tests/http/subscriptions/test_subscription.py",
    ("operations", "storage.mark_changed"): "tests/http/subscriptions/test_storage.py",
    ("reporting", "claim.denied"): "tests/http/reporting/test_counting_property.py",
    ("reporting", "claim.rejected"): "tests/http/reporting/test_counting.py",
    ("scheduling", "online_booking.booked"): "tests/http/online_booking/test_booking.py",
    ("scheduling", "waitlist_slot"): "tests/http/waitlist/test_nights.py",
    ("tasks", "task.unwanted"): "tests/http/messaging/test_deliveries.py",
}
"""No route's case leads there: where they are delivered."""
SENT_AGAIN = {
    ("messaging", each)
    for each in (
        "export.ready", "glass.broken", "identity.account_notice", "identity.link_made",
        "online_booking.code_wanted", "practice.notice", "practice.resumed", "practice.suspended",
    )
}  # fmt: skip
"""Mails to the practice's own people, and codes: another of the same is better than none; it counts."""
AT_MOST_ONCE = "messaging"
"""Whoever dies as a provider is asked leaves a message of which nobody knows; a task says so."""
NOTHING_TO_DO = {
    ("clinical", "appointment.reason_changed"),
    ("custody", "export.ready"),
    ("messaging", "practice.resumed"),
    ("messaging", "waitlist_offer.ended"),
    ("scheduling", "appointment.checked_in"),
    ("scheduling", "authorization.recorded"),
}
"""Where the routes lead, it has no encounter yet, no custodian, no owner to tell, no message, no
video room, no visit that waits for it."""
SENT_KIND = '"kind": {"S": "messages_sent"}'
SEED, POISON = 32, "not an event"


@pytest.fixture
def found(clinics: Clinics, _built: Built) -> dict[What, Moment]:
    """A moment for each consumer that the routes lead to."""
    found = dict(_built.moments)
    seek(clinics, found)
    return found


def test_every_consumer_s_effect_is_there_once(clinics: Clinics, found: dict[What, Moment]) -> None:
    assert every_consumer() - set(found) == set(ELSEWHERE)
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).is_file()] == []
    assert {what for what, moment in found.items() if not moment.does} == NOTHING_TO_DO
    chance = Random(SEED)
    for what, moment in sorted(found.items()):
        once, sent = _once(clinics.world, moment)
        _comes_thrice_beside_poison(clinics.world, what, moment, once)
        at, after = chance.randrange(len(sent)), chance.random() < 0.5
        _dies(clinics.world, what, moment, once, at=at, after=after)


@pytest.mark.campaign
def test_it_is_whichever_call_it_dies_at(clinics: Clinics, found: dict[What, Moment]) -> None:
    deaths = 0
    for what, moment in sorted(found.items()):
        once, sent = _once(clinics.world, moment)
        for at, after in product(range(len(sent)), (False, True)):
            deaths += _dies(clinics.world, what, moment, once, at=at, after=after)
    assert deaths > 600


def _once(world: World, moment: Moment) -> tuple[Counter[str], list[str]]:
    """What it leaves when nothing goes wrong, and its calls."""
    moment.comes_back(world)
    with calls() as sent:
        return delivered(world, moment), sent


def _comes_thrice_beside_poison(
    world: World, what: What, moment: Moment, once: Counter[str]
) -> None:
    """A message that nobody understands comes back, and it alone."""
    moment.comes_back(world)
    given_back = world.deliver(moment.domain, [moment.body, POISON])
    assert given_back == ["1"], what
    found = delivered(world, moment, times=2)
    assert _is_the_same(what, once, found), (what, once - found, found - once)


def _dies(
    world: World, what: What, moment: Moment, once: Counter[str], *, at: int, after: bool
) -> bool:
    """The process ends at a call, and the message comes twice more; whether it did end."""
    moment.comes_back(world)
    try:
        with dying(at, after=after):
            world.deliver(moment.domain, [moment.body])
    except Died:
        found = delivered(world, moment, times=2)
        same = _is_the_same(what, once, found) or _is_unknown(what, once, found)
        assert same, (what, at, after, once - found, found - once)
        return True
    return False  # a write beside the work died, and nobody waited for it


def _is_the_same(what: What, once: Counter[str], found: Counter[str]) -> bool:
    """Whether as much is stored and sent as by one delivery, or more is sent where it may be."""
    if what not in SENT_AGAIN:
        return once == found
    stored = [
        {each for each in of if each != "sent" and SENT_KIND not in each} for of in (once, found)
    ]
    return stored[0] == stored[1] and found["sent"] >= once["sent"]


def _is_unknown(what: What, once: Counter[str], found: Counter[str]) -> bool:
    """Whether it is not known, and not sent again."""
    unsettled = any('"status": {"S": "sending"}' in each for each in found)
    return what[0] == AT_MOST_ONCE and unsettled and found["sent"] <= once["sent"]
