"""Nobody learns online who is a patient: pairs of a known and an unknown person (PROMISES 12's kind).

The answer and the work are the same: for who names a patient without their contact, through the whole
booking; for who names the contact too, until the code is given.
"""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any, NamedTuple

import pytest

from chalicelib.online_booking import visitors
from chalicelib.online_booking.matching import patients_who_are, person_of
from tests import tables
from tests.builders.online import ROSA, Visitor, clinic, code_sent_to
from tests.builders.patients import register_patient
from tests.builders.scheduling import Clinic
from tests.faults import calls
from tests.world import Answered, World

PAIRS = 10
FIRST = ("Ana", "Bo", "Chi", "Dora", "Emil", "Fay", "Gus", "Hana")
LAST = ("Abel", "Brown", "Costa", "Diaz", "Evans", "Frank", "Gomez", "Hill")


class Trace(NamedTuple):
    """What a visitor could see of a booking: answers, and how often the table was called, by operation."""

    answers: list[tuple[int, dict[str, Any]]]
    calls: list[list[str]]
    kinds: list[str]


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, page={"most_upcoming": 20})


def test_a_known_person_is_answered_as_an_unknown_one(at: Clinic) -> None:
    _pairs(at, PAIRS, seed=20261126)


@pytest.mark.campaign
def test_a_known_person_is_answered_as_an_unknown_one_120_pairs(at: Clinic) -> None:
    _pairs(at, 120, seed=4)


def test_the_comparison_sees_a_look_up(at: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted leak: somebody asks for the patient before the code is given."""
    counted = visitors.count_code

    def leaking(context: Any, address: str) -> None:
        born = date.fromisoformat("1984-07-02")
        said = visitors.Visitor("Diaz", "Rosa", born, "unknown", "email", address)
        if patients_who_are(context, said, person_of(context, said)):
            person_of(context, said)
        counted(context, address)

    rosa = {**ROSA, "contact": {"email": "rosa@example.com"}}
    _register(at, rosa)
    stranger = {**rosa, "contact": {"email": "nobody@example.com"}}
    kept = tables.image()
    for leaks in (False, True):
        monkeypatch.setattr(visitors, "count_code", leaking if leaks else counted)
        seen = []
        for who in (rosa, stranger):
            tables.put_back(kept)
            seen.append(_trace(at, who).calls[:3])
        assert (seen[0] != seen[1]) is leaks


def _pairs(at: Clinic, pairs: int, *, seed: int) -> None:
    random, start = Random(seed), at.world.clock.now()
    for number in range(pairs):
        kept = tables.image()
        who = {
            "family_name": random.choice(LAST),
            "given_name": random.choice(FIRST),
            "birth_date": f"19{random.randrange(30, 99)}-0{random.randrange(1, 9)}-15",
            "agrees_to_messages": random.random() < 0.5,
            "sex": random.choice(["female", "male", "unknown"]),
        }
        own, other = (f"{name}{number}@example.com" for name in ("own", "other"))
        nobody = {**who, "contact": {"email": own}}
        patient = {**who, "contact": {"email": own}}
        traces = []
        for person, contact in ((patient, other), (patient, own), (nobody, "")):
            tables.put_back(kept)
            if contact:
                _register(at, {**patient, "contact": {"email": contact}})
            traces.append(_trace(at, person))
        named_only, contact_too, unknown = traces
        assert named_only == unknown, (seed, number)
        assert contact_too.answers[:3] == unknown.answers[:3], (seed, number)
        assert contact_too.calls[:3] == unknown.calls[:3], (seed, number)
        tables.put_back(kept)
        at.world.clock.advance(seconds=(start - at.world.clock.now()).total_seconds())


def _register(at: Clinic, who: dict[str, Any]) -> None:
    register_patient(
        at.world,
        at.token,
        name={"family": who["family_name"], "given": who["given_name"]},
        birth_date=who["birth_date"],
        email=who["contact"]["email"],
        phones=[],
    )


def _trace(at: Clinic, who: dict[str, Any]) -> Trace:
    """One booking, from hold to verified."""
    visitor, kept = Visitor(at), tables.image()
    body = visitor.hold_body()
    steps: list[Callable[[], Answered]] = [
        lambda: visitor.send_hold(body),
        lambda: visitor.say(**who),
        visitor.read,
        lambda: visitor.verify(code),
    ]
    answers, sent, code = [], [], ""
    for step in steps:
        with calls() as made:
            answer = step()
        answers.append((answer.status, _plain(answer.json)))
        sent.append(sorted(made))
        code = code_sent_to(visitor.secret)
    kinds = sorted((now or before or {})["kind"]["S"] for before, now in tables.changed_since(kept))
    return Trace(answers, sent, kinds)


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    """Without what is made of ids and of the time."""
    changing = ("secret", "until", "good_until", "visit_link")
    return {name: value for name, value in answer.items() if name not in changing}
