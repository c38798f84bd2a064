"""A completed visit makes a recall by rule; a booked one books it; a cancelled one makes it due again."""

import json
from itertools import permutations
from random import Random
from typing import Any

import boto3
import pytest

from chalicelib.platform.config import settings
from tests import tables
from tests.builders.patients import demographics
from tests.builders.scheduling import add_type
from tests.builders.waitlist import LATER, TEN, Waiting
from tests.faults import Died, calls, dying
from tests.http.recalls.recalling import complete, recall, recalls, rule, seen, stands

EARLY = "2026-03-03T09:00:00-05:00"


def test_a_completed_visit_makes_a_recall_that_a_booking_books(at: Waiting) -> None:
    rule(at)
    seen(at, "Amy", TEN)
    assert stands(at, "Amy") == ("due", "2026-09-04")
    visit = at.clinic.booking(LATER, patient_id=at.people["Amy"])
    at.carry()
    assert (recall(at, "Amy")["status"], recall(at, "Amy")["appointment_id"]) == ("booked", visit)
    at.clinic.act(visit, "cancel", {"reason": "pat"})
    at.carry()
    assert stands(at, "Amy") == ("due", "2026-09-04")
    assert recall(at, "Amy")["appointment_id"] is None


def test_a_later_visit_begins_it_anew(at: Waiting) -> None:
    rule(at)
    seen(at, "Amy", EARLY)
    seen(at, "Amy", TEN)
    assert stands(at, "Amy") == ("due", "2026-09-04")
    assert len(recalls(at, "Amy")) == 1


def test_what_was_booked_before_the_note_was_signed_counts(at: Waiting) -> None:
    rule(at)
    first = at.clinic.booking(TEN, patient_id=at.people["Amy"])
    at.clinic.booking(LATER, patient_id=at.people["Amy"])
    at.carry()
    assert recalls(at, "Amy") == []
    complete(at, first)
    at.carry()
    assert recall(at, "Amy")["status"] == "booked"


def test_a_rule_may_want_another_type_which_then_ends_it(at: Waiting) -> None:
    cleaning = add_type(at.world, at.clinic.token, name="Cleaning")
    rule(at, type_id=cleaning, interval={"count": 2, "unit": "weeks"})
    seen(at, "Amy", TEN)
    assert stands(at, "Amy") == ("due", "2026-03-18")
    other = at.clinic.booking(LATER, patient_id=at.people["Amy"])
    at.carry()
    assert recall(at, "Amy")["status"] == "due", "another type than is wanted"
    at.clinic.act(other, "cancel", {"reason": "pat"})
    seen(at, "Amy", LATER, type_id=cleaning)
    assert (recall(at, "Amy")["status"], recall(at, "Amy")["reason"]) == ("closed", "visited")


def test_two_rules_are_two_recalls_and_a_rule_switched_off_makes_none(at: Waiting) -> None:
    rule(at)
    rule(at, interval={"count": 12, "unit": "months"})
    rule(at, enabled=False, interval={"count": 1, "unit": "weeks"})
    seen(at, "Amy", TEN)
    assert sorted(each["due_on"] for each in recalls(at, "Amy")) == ["2026-09-04", "2027-03-04"]


def test_what_was_declined_stays_so_until_a_later_visit(at: Waiting) -> None:
    rule(at)
    seen(at, "Amy", EARLY)
    path = f"/v1/recalls/{recall(at, 'Amy')['id']}"
    assert at.clinic.call("POST", path, {"outcome": "declined"}).json["status"] == "declined"
    refused = at.clinic.call("POST", path, {"outcome": "told"})
    assert (refused.status, refused.json["code"]) == (409, "recall_over")
    at.carry()
    assert recall(at, "Amy")["status"] == "declined"
    seen(at, "Amy", TEN)
    assert stands(at, "Amy") == ("due", "2026-09-04")


def test_who_is_seen_no_more_is_called_in_no_more(at: Waiting) -> None:
    rule(at)
    seen(at, "Amy", TEN)
    path = f"/v1/patients/{at.people['Amy']}"
    at.clinic.call("PUT", path, demographics(status="inactive"), If_Match='"1"')
    at.carry()
    assert (recall(at, "Amy")["status"], recall(at, "Amy")["reason"]) == ("closed", "inactive")


def test_the_same_events_thrice_in_any_order_make_one_recall(at: Waiting) -> None:
    rule(at)
    told = _told(at)
    kept, endings = tables.image(), []
    for order in list(permutations(told))[::4]:
        tables.put_back(kept)
        for body in (*order, *order, order[0]):
            assert at.world.deliver("scheduling", [body]) == []
        (found,) = recalls(at, "Amy")
        endings.append((found["status"], found["due_on"], found["attempts"]))
    assert set(endings) == {("booked", "2026-09-04", 0)}


def _told(at: Waiting) -> list[str]:
    """The events of two visits, one completed, and of one that is booked, none carried yet."""
    for starts_at in (EARLY, TEN):
        complete(at, at.clinic.booking(starts_at, patient_id=at.people["Amy"]))
    at.clinic.booking(LATER, patient_id=at.people["Amy"])
    at.world._stream()
    sqs, url, told = boto3.client("sqs"), settings().queue_urls["scheduling"], []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            told.append(message["Body"])
    kinds = [json.loads(each)["type"] for each in told]
    assert sorted(kinds) == ["appointment.booked"] * 3 + ["appointment.completed"] * 2
    return told[1:]


@pytest.mark.parametrize(
    "lives", [5, pytest.param(300, marks=pytest.mark.campaign)], ids=["5", "300"]
)
def test_a_random_life_has_the_recall_that_its_visits_make(at: Waiting, lives: int) -> None:
    rule(at)
    kept, random = tables.image(), Random(32)
    for life in range(lives):
        tables.put_back(kept)
        _live(at, random)
        found = recalls(at, "Amy")
        assert [(each["status"], each["due_on"]) for each in found] == _plainly(at), life


def _live(at: Waiting, random: Random) -> None:
    """Visits are booked, cancelled, completed; their events come thrice, shuffled; deliveries die."""
    told: list[str] = []
    for day in sorted(random.sample(range(3, 28), random.randint(1, 4))):
        visit = at.clinic.booking(_nine(day), patient_id=at.people["Amy"])
        match random.choice(["kept", "cancelled", "completed", "completed"]):
            case "cancelled":
                at.clinic.act(visit, "cancel", {"reason": "pat"})
            case "completed":
                complete(at, visit)
        at.world._stream()
        told += _received()
    random.shuffle(told)
    for body in [*told, *random.sample(told, len(told)), *told]:
        if random.random() < 0.15:
            with calls() as sent, dying(random.randrange(6), after=random.random() < 0.5):
                try:
                    at.world.deliver("scheduling", [body])
                except Died:
                    assert sent
        assert at.world.deliver("scheduling", [body]) == []


def _received() -> list[str]:
    sqs, url, told = boto3.client("sqs"), settings().queue_urls["scheduling"], []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            told.append(message["Body"])
    return [each for each in told if "appointment." in json.loads(each)["type"]]


def _nine(day: int) -> str:
    return f"2026-03-{day:02}T09:00:00{'-05:00' if day < 8 else '-04:00'}"


def _plainly(at: Waiting) -> list[tuple[str, str]]:
    """The last completed visit says when; a booked one after it, that it is booked."""
    path = f"/v1/patients/{at.people['Amy']}/appointments"
    visits: list[dict[str, Any]] = at.clinic.call("GET", path).json["items"]
    done = [each["starts_at"] for each in visits if each["status"] == "fulfilled"]
    if not done:
        return []
    booked = [
        each for each in visits if each["status"] == "booked" and each["starts_at"] > max(done)
    ]
    due_on = f"2026-09-{max(done)[8:10]}"
    return [("booked" if booked else "due", due_on)]
