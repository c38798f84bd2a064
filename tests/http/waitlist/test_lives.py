"""Random lives of a freed time: every event three times, in any order, with deaths (PROMISES 32).

Held against a plain reading: those whom it suits, the more urgent and then the older wish first, are
offered it one after the other until somebody takes it; one visit, one offer at a time.
"""

from dataclasses import dataclass
from random import Random

import pytest

from chalicelib.waitlist.offer_tokens import OfferToken
from tests import tables
from tests.builders.unreliable import Unreliable
from tests.builders.waitlist import TEN, Waiting
from tests.conftest import START
from tests.world import sign_in

OURS = ("scheduling", "messaging")
NAMES = ("Amy", "Bo", "Cy")
URGENCIES = ("urgent", "soon", "routine")
ENDS = {
    "accept": "accepted",
    "staff accept": "accepted",
    "decline": "declined",
    "ignore": "expired",
}


@dataclass(frozen=True)
class Person:
    """Who waits, for how urgent a visit, whether it suits them, and what they do when offered."""

    name: str
    urgency: str
    suited: bool
    reaction: str


@pytest.mark.parametrize("lives", [4, pytest.param(300, marks=pytest.mark.campaign)])
def test_a_random_life_of_a_freed_time(at: Waiting, lives: int) -> None:
    at.clinic.set_hours([at.clinic.rule("wed", "10:00", "10:30")])
    kept = tables.image()
    for number in range(lives):
        tables.put_back(kept)
        at.world.clock.instant = START
        Life(at, Random(number)).play()


class Life:
    """One freed time, from the wishes to the end."""

    def __init__(self, at: Waiting, random: Random) -> None:
        self._at, self._random = at, random
        self._network = Unreliable(at.world, random, OURS)
        self._people = [
            Person(
                name,
                random.choice(URGENCIES),
                random.random() < 0.85,
                random.choice(list(ENDS)),
            )
            for name in random.sample(NAMES, random.randint(1, len(NAMES)))
        ]
        self._before = {name: at.mailed(name) for name in NAMES}

    def play(self) -> None:
        self._begin()
        seen: list[str] = []
        while (name := self._offered()) is not None:
            assert name not in seen, "the same time twice"
            seen.append(name)
            self._react(next(each for each in self._people if each.name == name))
            self._network.carry()
        assert [(name, self._status(name)) for name in seen] == self._plainly()
        self._check()
        for _ in range(2):
            self._network.repeat()
        assert self._offered() is None
        self._check()

    def _plainly(self) -> list[tuple[str, str]]:
        left, told = [each for each in self._people if each.suited], []
        for urgency in URGENCIES:
            for person in left:
                taken = told and told[-1][1] == "accepted"
                if person.urgency == urgency and not taken:
                    told.append((person.name, ENDS[person.reaction]))
        return told

    def _begin(self) -> None:
        """They come on the list, minute by minute; a visit is booked, and given up."""
        at = self._at
        for person in self._people:
            days = {} if person.suited else {"weekdays": ["mon"]}
            at.wish(person.name, urgency=person.urgency, **days)
            at.world.clock.advance(minutes=1)
        booked = at.clinic.booking(TEN, patient_id=at.people["Holder"])
        if self._random.random() < 0.5:
            self._network.carry()
        at.clinic.act(booked, "cancel", {"reason": "pat"})
        self._network.carry()

    def _react(self, person: Person) -> None:
        """What they do, more than once, and the process may die meanwhile."""
        if person.reaction == "ignore":
            self._at.world.clock.advance(minutes=30)
            self._at.world.tick_schedules()
            return
        (offer,) = self._open()
        wish_id = offer["pk"]["S"].split("#")[1]
        answer = {"answer": "declined" if person.reaction == "decline" else "accepted"}
        if person.reaction == "staff accept":
            token = sign_in(self._at.world, self._at.clinic.email)
            path = f"/v1/waitlist/{wish_id}/offers/{offer['sk']['S'].split('#')[1]}"
        else:
            number = int(offer["number"]["N"])
            secret = OfferToken(self._at.clinic.practice_id, wish_id, number).secret()
            token, path = "", f"/v1/offer-links/{secret}"
        for _ in range(3):
            self._network.perhaps_dying(
                lambda: self._at.world.call("POST", path, answer, token=token)
            )
        assert self._at.world.call("POST", path, answer, token=token).status in (200, 409)

    def _open(self) -> list[dict[str, dict[str, str]]]:
        return [
            each
            for each in self._at.world.of_kind("waitlist_offer")
            if each["status"]["S"] == "open"
        ]

    def _offered(self) -> str | None:
        """Who has the one open offer; its time is held once, for nobody else."""
        offers = self._open()
        assert len(offers) <= 1
        assert len(self._at.world.of_kind("slot_hold")) == len(offers)
        names = {patient: name for name, patient in self._at.people.items()}
        return names[offers[0]["patient_id"]["S"]] if offers else None

    def _status(self, name: str) -> str:
        """Of the one offer to them."""
        (found,) = (
            each["status"]["S"]
            for each in self._at.world.of_kind("waitlist_offer")
            if each["patient_id"]["S"] == self._at.people[name]
        )
        return found

    def _check(self) -> None:
        """One visit for who took it, none else; nobody was told twice."""
        at, names = self._at, {patient: name for name, patient in self._at.people.items()}
        booked = [
            names[each["patient_id"]["S"]]
            for each in at.world.of_kind("appointment")
            if each["status"]["S"] == "booked"
        ]
        told = self._plainly()
        assert booked == [name for name, status in told if status == "accepted"]
        taken = at.clinic.taken(at.clinic.practitioner_id)
        assert taken == ({"2026-03-04": set(range(180, 186))} if booked else {})
        offered = [name for name, _ in told]
        for name in NAMES:
            assert at.mailed(name) - self._before[name] <= (name in offered), name
        for each in at.world.of_kind("waitlist_wish"):
            name = names[each["patient_id"]["S"]]
            assert each["status"]["S"] == ("booked" if name in booked else "waiting")
        waiting = at.world.of_kind("waitlist_patient")
        assert all("offer_id" not in each for each in waiting)
