"""Who is due is contacted by plan: so many days before, so often, at most once each time."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from tests import tables
from tests.builders.waitlist import TEN, Waiting
from tests.faults import Died, dying
from tests.http.messaging.reminding import due_message, provider
from tests.http.recalls.recalling import mailed, recall, rule, seen, stands
from tests.world import sign_in

PLAN = {"channel": "message", "days_before": 14, "attempts": 2, "days_between": 7}


def _on(at: Waiting, month: int, day: int, hour: int = 14, minute: int = 0) -> None:
    """It is this instant (UTC), and a minute's schedules run."""
    at.world.clock.instant = datetime(2026, month, day, hour, minute, tzinfo=UTC)
    at.minute()
    at.clinic.token = sign_in(at.world, at.clinic.email)


def _due(at: Waiting, **plan: Any) -> None:
    """Amy is due on 4 September; first contacted on 21 August at ten in New York."""
    rule(at, plan={**PLAN, **plan})
    seen(at, "Amy", TEN)


def _last_mail(at: Waiting) -> str:
    """To Amy."""
    return [mail for mail in at.world.mails() if "amy@example.com" in mail][-1]


def test_a_patient_is_contacted_as_often_as_the_plan_says(at: Waiting) -> None:
    _due(at, booking_url="https://elm.example/book")
    _on(at, 8, 21, 13, 59)
    assert mailed(at, "Amy") == 0
    _on(at, 8, 21)
    assert (mailed(at, "Amy"), stands(at, "Amy")) == (1, ("contacted", "2026-09-04"))
    assert "https://elm.example/book" in _last_mail(at)
    _on(at, 8, 28)
    assert mailed(at, "Amy") == 2
    _on(at, 9, 4)
    assert (mailed(at, "Amy"), stands(at, "Amy")[0]) == (2, "no_answer")
    assert [each["result"] for each in recall(at, "Amy")["history"]] == ["sent", "sent"]
    _on(at, 10, 4)
    assert mailed(at, "Amy") == 2


def test_a_message_has_a_number_to_ring(at: Waiting) -> None:
    path = f"/v1/locations/{at.clinic.location_id}"
    place = at.clinic.call("GET", path)
    body = {name: place.json[name] for name in ("name", "time_zone", "address")}
    changed = at.clinic.call("PUT", path, {**body, "phone": "(212) 555-0100"}, If_Match=place.etag)
    assert changed.status == 200, changed.text
    _due(at)
    _on(at, 8, 21)
    assert "Or call +12125550100." in _last_mail(at)


def test_who_books_in_between_is_not_contacted_again(at: Waiting) -> None:
    _due(at)
    _on(at, 8, 21)
    at.clinic.booking("2026-09-10T09:00:00-04:00", patient_id=at.people["Amy"])
    _on(at, 8, 28)
    assert (mailed(at, "Amy"), recall(at, "Amy")["status"]) == (1, "booked")


def test_at_night_it_waits_for_the_morning(at: Waiting) -> None:
    at.patient("Kim", time_zone="Australia/Sydney")
    rule(at, plan=PLAN)
    seen(at, "Kim", TEN)
    _on(at, 8, 21, 14)
    assert mailed(at, "Kim") == 0, "midnight in Sydney"
    _on(at, 8, 21, 22)
    assert mailed(at, "Kim") == 1


def test_by_telephone_each_attempt_is_a_task(at: Waiting) -> None:
    _due(at, channel="phone")
    _on(at, 8, 21)
    assert (at.tasks(), mailed(at, "Amy")) == (["recall_to_call"], 0)
    path = f"/v1/recalls/{recall(at, 'Amy')['id']}"
    told = at.clinic.call("POST", path, {"outcome": "no_answer"}).json
    assert (told["status"], told["attempts"]) == ("no_answer", 2)
    assert [each["result"] for each in told["history"]] == ["asked", "no_answer"]
    _on(at, 10, 21)
    assert at.tasks() == ["recall_to_call"]


def test_whom_no_channel_reaches_is_a_task_and_an_attempt(at: Waiting) -> None:
    at.patient("Mute", email=None, consents={})
    rule(at, plan=PLAN)
    seen(at, "Mute", TEN)
    _on(at, 8, 21)
    assert at.tasks() == ["message_not_sent"]
    assert recall(at, "Mute")["history"][0]["result"] == "unreachable"


def test_what_the_provider_does_not_take_is_tried_again(at: Waiting) -> None:
    _due(at)
    with provider("sesv2", ("TooManyRequestsException", 429)):
        _on(at, 8, 21)
    assert (mailed(at, "Amy"), recall(at, "Amy")["attempts"]) == (0, 0)
    _on(at, 8, 21, 14, 5)
    assert (mailed(at, "Amy"), recall(at, "Amy")["attempts"]) == (1, 1)


def test_a_rule_that_is_switched_off_contacts_nobody(at: Waiting) -> None:
    made = rule(at, plan=PLAN)
    seen(at, "Amy", TEN)
    body = {
        "name": "Off",
        "after_type_id": at.clinic.type_id,
        "interval": {"count": 6, "unit": "months"},
        "enabled": False,
    }
    changed = at.clinic.call("PUT", f"/v1/recall-rules/{made}", body, If_Match='"1"')
    assert changed.status == 200
    _on(at, 8, 21)
    assert mailed(at, "Amy") == 0


@pytest.mark.parametrize(
    "every", [6, pytest.param(1, marks=pytest.mark.campaign)], ids=["a sixth", "all"]
)
def test_a_death_at_any_call_contacts_at_most_once(at: Waiting, every: int) -> None:
    _due(at)
    at.world.clock.instant = datetime(2026, 8, 21, 14, tzinfo=UTC)
    (item,) = at.world.of_kind("recall")
    body, start, deaths = due_message(item), tables.image(), 0
    for after in (False, True):
        for call in count(every - 1, every):
            tables.put_back(start)
            before = mailed(at, "Amy")
            try:
                with dying(call, after=after):
                    at.world.deliver("messaging", [body])
            except Died:
                at.world.deliver("messaging", [body, body, body])
                (message,) = at.world.of_kind("message")
                went, known = mailed(at, "Amy") - before, message["status"]["S"]
                assert (went, known) in ((1, "sent"), (1, "sending"), (0, "sending")), call
                (now,) = at.world.of_kind("recall")
                assert (now["attempts"]["N"], now["status"]["S"]) == ("1", "contacted"), call
                deaths += 1
                continue
            break
    assert deaths >= 16 // every
