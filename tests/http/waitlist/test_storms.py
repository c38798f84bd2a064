"""Several times are freed, offered, taken and booked at once: what holds whatever happens."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from chalicelib.platform.clock import from_iso
from chalicelib.waitlist.offer_tokens import OfferToken
from tests import tables
from tests.builders.unreliable import Unreliable
from tests.builders.waitlist import Waiting
from tests.conftest import START
from tests.world import sign_in

QUEUES = ("scheduling", "messaging")
NAMES = ("Amy", "Bo", "Cy", "Holder")
TIMES = [f"2026-03-04T{at}:00-05:00" for at in ("10:00", "10:30", "11:00", "11:30")]
HALF = timedelta(minutes=30)
Row = dict[str, Any]


@pytest.mark.parametrize("storms", [2, pytest.param(300, marks=pytest.mark.campaign)])
def test_whatever_happens_times_and_people_are_taken_once(at: Waiting, storms: int) -> None:
    at.clinic.set_hours([at.clinic.rule("wed", "10:00", "12:00")])
    kept = tables.image()
    for number in range(storms):
        tables.put_back(kept)
        at.world.clock.instant = START
        Storm(at, Random(number)).rage()


class Storm:
    """Random acts of patients and staff, each followed by some of what it told."""

    def __init__(self, at: Waiting, random: Random) -> None:
        self._at, self._random = at, random
        self._network = Unreliable(at.world, random, QUEUES)
        self._asked: set[tuple[str, str]] = set()

    def rage(self) -> None:
        for name in NAMES[:3]:
            self._wish(name)
        for time in TIMES:
            self._at.clinic.book(time, patient_id=self._at.people[self._random.choice(NAMES)])
        acts = [self._cancel, self._cancel, self._answer, self._answer, self._answer]
        acts += [self._book, self._wait, self._withdraw, self._move]
        for _ in range(10):
            self._random.choice(acts)()
            if self._random.random() < 0.7:
                self._network.carry()
            self._check()
        self._network.carry()
        self._network.repeat()
        self._check()

    def _wish(self, name: str) -> None:
        later = self._booked_of(name)
        over: dict[str, Any] = {"urgency": self._random.choice(["urgent", "routine"])}
        if later and self._random.random() < 0.5:
            over["appointment_id"] = later[0]["pk"]["S"].split("#")[1]
        self._at.ask(name, **over)

    def _cancel(self) -> None:
        if booked := self._booked():
            visit = self._random.choice(booked)["pk"]["S"].split("#")[1]
            self._staff("POST", f"/v1/appointments/{visit}/cancel", {"reason": "pat"})

    def _move(self) -> None:
        if booked := self._booked():
            visit = self._random.choice(booked)["pk"]["S"].split("#")[1]
            body = {"starts_at": self._random.choice(TIMES)}
            self._staff("POST", f"/v1/appointments/{visit}/reschedule", body)

    def _book(self) -> None:
        clinic = self._at.clinic
        body = {
            "patient_id": self._at.people[self._random.choice(NAMES)],
            "practitioner_id": clinic.practitioner_id,
            "location_id": clinic.location_id,
            "type_id": clinic.type_id,
            "starts_at": self._random.choice(TIMES),
        }
        self._staff("POST", "/v1/appointments", body)

    def _withdraw(self) -> None:
        wishes = self._at.world.of_kind("waitlist_wish")
        wish = self._random.choice(wishes)
        path = f"/v1/waitlist/{wish['pk']['S'].split('#')[1]}"
        self._staff("DELETE", path, None, If_Match=f'"{wish["version"]["N"]}"')
        self._wish(self._random.choice(NAMES[:3]))

    def _wait(self) -> None:
        self._at.world.clock.advance(minutes=self._random.choice([10, 30]))
        self._at.world.tick_schedules()

    def _answer(self) -> None:
        """Somebody follows the link of an offer, old or open, again and again."""
        offers = self._at.world.of_kind("waitlist_offer")
        if not offers:
            return
        offer = self._random.choice(offers)
        wish, number = offer["pk"]["S"].split("#")[1], int(offer["number"]["N"])
        secret = OfferToken(self._at.clinic.practice_id, wish, number).secret()
        answer = {"answer": self._random.choice(["accepted", "accepted", "declined"])}
        path = f"/v1/offer-links/{secret}"
        for _ in range(2):
            self._network.perhaps_dying(lambda: self._at.world.call("POST", path, answer))
            assert self._at.world.call("POST", path, answer).status in (200, 409)

    def _staff(self, method: str, path: str, body: Any, **headers: str) -> None:
        """Whatever comes of it, it is no defect."""
        token = sign_in(self._at.world, self._at.clinic.email)
        answer = self._at.world.call(method, path, body, token=token, **headers)
        assert answer.status < 500, answer.text

    def _booked(self) -> list[Row]:
        visits = self._at.world.of_kind("appointment")
        return sorted((each for each in visits if each["status"]["S"] == "booked"), key=str)

    def _booked_of(self, name: str) -> list[Row]:
        return [each for each in self._booked() if _patient(each) == self._at.people[name]]

    def _check(self) -> None:
        """Against plain lists: nothing lies where something else lies, nobody is asked twice."""
        offers = self._at.world.of_kind("waitlist_offer")
        holds = self._at.world.of_kind("slot_hold")
        spans = sorted(_span(each) for each in (*self._booked(), *holds))
        assert all(one[1] <= next_one[0] for one, next_one in pairwise(spans))
        taken = self._at.clinic.taken(self._at.clinic.practitioner_id).get("2026-03-04", set())
        assert taken == {bucket for span in spans for bucket in _buckets(*span)}
        open_now = [each for each in offers if each["status"]["S"] == "open"]
        assert len({_patient(each) for each in open_now}) == len(open_now)
        assert {each["slot_hold_id"]["S"] for each in open_now} >= {
            each["pk"]["S"].split("#")[1] for each in holds
        }
        asked = sorted((_patient(each), *_span(each)) for each in offers)
        for one, other in pairwise(asked):
            assert one[0] != other[0] or one[2] <= other[1], "asked twice"
        accepted = [each["appointment_id"]["S"] for each in offers if "appointment_id" in each]
        wishes = [each["pk"]["S"] for each in offers if each["status"]["S"] == "accepted"]
        assert len(set(wishes)) == len(wishes) == len(accepted)


def _patient(row: Row) -> str:
    patient: str = row["patient_id"]["S"]
    return patient


def _span(row: Row) -> tuple[datetime, datetime]:
    return from_iso(row["starts_at"]["S"]), from_iso(row["ends_at"]["S"])


def _buckets(starts: datetime, ends: datetime) -> range:
    midnight = datetime(2026, 3, 4, tzinfo=UTC)
    five = timedelta(minutes=5)
    return range((starts - midnight) // five, (ends - midnight) // five)
