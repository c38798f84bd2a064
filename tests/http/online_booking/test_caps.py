"""Abuse is capped: by source, by contact, by practice; each for a span of time; and lapsed holds are free."""

from typing import Any

import pytest

from chalicelib.online_booking import attempts
from tests.builders.online import NINE, Visitor, clinic, put_online
from tests.builders.patients import register_patient
from tests.builders.scheduling import Clinic
from tests.world import Answered, World

DAYS = [f"2026-03-{day:02}T09:00:00-0{5 if day < 8 else 4}:00" for day in range(4, 30)]


@pytest.fixture
def at(world: World) -> Clinic:
    return clinic(world, page={"hold_minutes": 5})


def is_capped(answer: Answered) -> bool:
    refused: bool = (answer.status, answer.json.get("code")) == (429, "too_many_requests")
    assert not refused or 0 < int(answer.headers["Retry-After"]) <= 86_400
    return refused


def test_one_source_holds_so_many_slots_in_ten_minutes(at: Clinic) -> None:
    rosa = Visitor(at)
    answers = [rosa.hold(start) for start in DAYS[:11]]
    assert [answer.status for answer in answers[:10]] == [201] * 10
    assert is_capped(answers[10])
    assert not is_capped(rosa.slots("2026-03-04")), "looking is no holding"
    at.world.clock.advance(minutes=10)
    assert rosa.hold(DAYS[11]).status == 201


def test_a_capped_hold_takes_nothing_and_lapsed_ones_are_free(at: Clinic) -> None:
    rosa = Visitor(at)
    for start in DAYS[:10]:
        assert rosa.hold(start).status == 201
    assert is_capped(rosa.hold(DAYS[10]))
    assert DAYS[10] in rosa.starts(DAYS[10][:10])
    assert DAYS[0] not in rosa.starts(DAYS[0][:10])
    at.world.clock.advance(minutes=5)
    assert DAYS[0] in rosa.starts(DAYS[0][:10])


@pytest.mark.parametrize("segments", [[], [{"starts": "08:00", "ends": "12:00", "most": 3}]])
def test_holds_that_lapsed_do_not_fill_the_day(at: Clinic, segments: list[Any]) -> None:
    put_online(at, hold_minutes=5, segments=segments)
    rosa = Visitor(at)
    for _ in range(4):
        assert rosa.hold(DAYS[0]).status == 201
        at.world.clock.advance(minutes=5)
    (day,) = at.world.of_kind("online_day")
    assert len(day["holds"]["SS"]) == 1


def test_a_contact_gets_so_many_codes_whoever_asks_at_whatever_practice(at: Clinic) -> None:
    other = clinic(at.world, page={"slug": "oak-street"})
    sent = 0
    for number, (practice, slug) in enumerate(
        [(at, "elm-street"), (other, "oak-street"), (at, "elm-street")]
    ):
        rosa = Visitor(practice, slug)
        assert rosa.hold(DAYS[number]).status == 201
        for name in ("Rosa", "Rose"):
            answer = rosa.say(given_name=name)
            sent += answer.status == 200
    assert is_capped(answer)
    assert sent == 5
    assert rosa.say(contact={"email": "amy@example.com"}).status == 200


def test_the_cap_of_a_contact_is_the_same_for_a_patient(at: Clinic) -> None:
    register_patient(at.world, at.token, email="rosa@example.com", birth_date="1984-07-02")
    reached = []
    for email in ("rosa@example.com", "nobody@example.com"):
        statuses = []
        for start in DAYS[:3] if email[0] == "r" else DAYS[3:6]:
            rosa = Visitor(at)
            assert rosa.hold(start).status == 201
            for name in ("Rosa", "Rose"):
                statuses.append(rosa.say(given_name=name, contact={"email": email}).status)
        reached.append(statuses)
    assert reached[0] == reached[1] == [200] * 5 + [429]


def test_a_day_s_holds_are_capped_too_by_source_and_by_practice(
    at: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("source", "practice"):
        small = {kind: {attempts.MINUTES: 2, attempts.DAY: 3}}
        monkeypatch.setattr(attempts, "HOLDS", small)
        rosa, held = Visitor(at), 0
        for start in DAYS[:6]:
            held += rosa.hold(start).status == 201
            at.world.clock.advance(minutes=5)
        assert held == 3, kind
        assert is_capped(rosa.hold(DAYS[7]))


def test_what_is_counted_says_nobody_s_address(at: Clinic) -> None:
    rosa = Visitor(at)
    rosa.hold(NINE)
    rosa.say()
    counted = str(at.world.of_kind("booking_attempts"))
    assert counted
    assert "rosa@example.com" not in counted
    assert at.practice_id not in counted
