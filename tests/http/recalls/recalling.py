"""Visits that come and go, and what they make of recalls."""

import json
from itertools import count
from typing import Any

from tests.builders.scheduling import made
from tests.builders.waitlist import Waiting
from tests.world import Answered

SIX_MONTHS = {"count": 6, "unit": "months"}
_EVENTS = count(1)


def rule(at: Waiting, **over: Any) -> str:
    """The id of a rule: six months after a visit of the clinic's type."""
    body = {
        "name": "Every six months",
        "after_type_id": at.clinic.type_id,
        "interval": SIX_MONTHS,
        **over,
    }
    return made(at.clinic.call("POST", "/v1/recall-rules", body))


def complete(at: Waiting, appointment_id: str) -> None:
    """Its encounter is signed."""
    told = {
        "id": f"evt_{next(_EVENTS)}",
        "type": "encounter.signed",
        "practice_id": at.clinic.practice_id,
        "subject": "enc_1",
        "subject_version": 1,
        "occurred_at": "2026-03-02T14:00:00.000000Z",
        "data": {"appointment_id": appointment_id},
        "schema": 1,
    }
    assert at.world.deliver("scheduling", [json.dumps(told)]) == []


def seen(at: Waiting, name: str, starts_at: str, **over: Any) -> str:
    """A visit of theirs that was completed; all events are carried."""
    visit = at.clinic.booking(starts_at, patient_id=at.patient(name), **over)
    complete(at, visit)
    at.carry()
    return visit


def recalls(at: Waiting, name: str) -> list[dict[str, Any]]:
    """All of theirs."""
    path = f"/v1/recalls?patient_id={at.people[name]}"
    found: Answered = at.clinic.call("GET", path)
    return [each["recall"] for each in found.json["items"]]


def recall(at: Waiting, name: str) -> dict[str, Any]:
    """The one they have."""
    (found,) = recalls(at, name)
    return found


def stands(at: Waiting, name: str) -> tuple[str, str]:
    """Its status and due day."""
    found = recall(at, name)
    return found["status"], found["due_on"]


def mailed(at: Waiting, name: str) -> int:
    """How many recalls were mailed to them."""
    return sum(
        f"{name.lower()}@example.com" in mail and "next appointment" in mail
        for mail in at.world.mails()
    )
