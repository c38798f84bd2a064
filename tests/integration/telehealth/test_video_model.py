"""A visit by video against a plain oracle: any people, devices, clocks and connections."""

import json
import random
from dataclasses import dataclass, field
from datetime import datetime

import boto3
import pytest

from chalicelib.platform.config import settings
from tests.http.telehealth.video import Video, at
from tests.world import Answered

__all__ = ["at"]
STEPS = 30
DEVICES = ("a" * 32, "b" * 32)


@dataclass
class Key:
    """A key to a meeting: from when it was given, and when it was used."""

    seat: str
    token: str
    given: datetime
    meeting: str
    spans: list[list[datetime | None]] = field(default_factory=list)
    good: bool = True

    def stays(self) -> list[tuple[str, datetime, datetime | None]]:
        return [(self.seat, start, end) for start, end in self.spans if start]


@dataclass
class Seat:
    secret: str
    state: str = "invited"
    device: str = ""


@dataclass
class Model:
    """What ought to be. `keys` are all that were ever given, `live` the meeting there is."""

    at: Video
    dice: random.Random
    seats: dict[str, Seat] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    ended: bool = False
    patients: int = 0
    guests: int = 0

    @property
    def now(self) -> datetime:
        return self.at.world.clock.now()

    def step(self) -> None:
        self.at.world.clock.advance(seconds=self.dice.randint(1, 20))
        act = self.dice.choice(
            [self.knock] * 5 + [self.admit] * 3 + [self.connect] * 4 + [self.join] * 2
            + [self.disconnect] * 2 + [self.hang_up, self.remove, self.end, self.invite, self.chime_ends]
        )  # fmt: skip
        act()
        self.agree()

    def knock(self) -> None:
        name, device = self.dice.choice(list(self.seats)), self.dice.choice(DEVICES)
        seat = self.seats[name]
        answer = self.at.knock(seat.secret, device=device)
        if seat.state == "dead":
            assert _code(answer) == "video_link_dead"
        elif self.ended:
            assert _code(answer) == "video_ended"
        elif seat.state == "invited":
            seat.state, seat.device = "waiting", device
            assert answer.json["state"] == "waiting"
        elif seat.device != device:
            assert _code(answer) == "video_link_used"
        else:
            assert answer.json["state"] == seat.state
            self.given(name, answer) if seat.state == "admitted" else None
            assert (answer.json["credentials"] is not None) == (seat.state == "admitted")

    def admit(self) -> None:
        name = self.dice.choice(list(self.seats))
        seat = self.seats[name]
        answer = self.at.decide("admit", name)
        if seat.state in ("waiting", "admitted"):
            assert answer.status == 200
            seat.state = "admitted"
        else:
            assert _code(answer) == "not_waiting"

    def remove(self) -> None:
        name = self.dice.choice(list(self.seats))
        answer = self.at.decide("remove", name)
        if name.startswith("p") and not self.seats[name].device:
            assert _code(answer) == "not_waiting", "a patient who has not come is nobody yet"
            return
        assert answer.status == 200
        self.out(name)

    def join(self) -> None:
        answer = self.at.provide()
        assert answer.status == 200
        self.ended = False
        self.given("provider", answer)

    def hang_up(self) -> None:
        name, device = self.dice.choice(list(self.seats)), self.dice.choice(DEVICES)
        seat = self.seats[name]
        answer = self.at.hang_up(seat.secret, device=device)
        if seat.state == "dead":
            assert _code(answer) == "video_link_dead"
        elif seat.state != "invited" and seat.device != device:
            assert _code(answer) == "video_link_used"
        else:
            assert answer.status == 204
            for key in self.held(name):
                _close(key, self.now)

    def end(self) -> None:
        assert self.at.end().status == 200
        if not self.ended:
            self.meeting_over()
            self.ended = True
            for seat in self.seats.values():
                seat.state = "waiting" if seat.state == "admitted" else seat.state

    def invite(self) -> None:
        if self.dice.random() < 0.5 and self.patients < 10:
            self.out(f"p{self.patients}")
            self.patients += 1
            self.seats[f"p{self.patients}"] = Seat(self.at.link("patient"))
            return
        good = [
            name for name, seat in self.seats.items() if name[0] == "g" and seat.state != "dead"
        ]
        if len(good) < 4 and self.guests < 10:
            self.guests += 1
            self.seats[f"g{self.guests}"] = Seat(self.at.link("guest"))

    def connect(self) -> None:
        if self.keys:
            key = self.dice.choice(self.keys)
            if not key.good:
                with pytest.raises(Exception, match="ForbiddenException"):
                    self.at.world.meetings.connect(key.token)
                return
            self.at.world.meetings.connect(key.token)
            if not any(_used(key)):
                key.spans = []
            if not key.spans or key.spans[-1][1] is not None:
                key.spans.append([self.now, None])
            key.used = True  # type: ignore[attr-defined]

    def disconnect(self) -> None:
        good = [key for key in self.keys if key.good]
        if good:
            key = self.dice.choice(good)
            self.at.world.meetings.disconnect(key.token, dropped=self.dice.random() < 0.5)
            if _connected(self.at, key):
                raise AssertionError("still connected")
            _close(key, self.now) if any(_used(key)) else None

    def chime_ends(self) -> None:
        for meeting in list(self.at.world.meetings.live):
            self.at.world.meetings.end(meeting)
        self.meeting_over()

    def given(self, name: str, answer: Answered) -> None:
        credentials = answer.json.get("credentials", answer.json)
        self.retire(name)
        key = Key(
            name, credentials["attendee"]["token"], self.now, credentials["meeting"]["MeetingId"]
        )
        key.spans.append([self.now, None])
        self.keys.append(key)

    def held(self, name: str) -> list[Key]:
        return [key for key in self.keys if key.seat == name and key.good]

    def retire(self, name: str) -> None:
        for key in self.held(name):
            key.good = False
            _close(key, self.now)

    def out(self, name: str) -> None:
        self.retire(name)
        self.seats[name].state = "dead"

    def meeting_over(self) -> None:
        for key in self.keys:
            if key.good:
                key.good = False
                _close(key, self.now)

    def agree(self) -> None:
        """Nobody is in who was not let in, and nobody twice."""
        for meeting in self.at.world.meetings.live.values():
            seats = [each["ExternalUserId"] for each in meeting.attendees.values()]
            assert len(seats) == len(set(seats))
            for seat in seats:
                assert seat.startswith("usr_") or self.seats[seat].state == "admitted"

    def attended(self) -> list[tuple[str, str, str | None]]:
        stays = [stay for key in self.keys for stay in key.stays()]
        who = {"p": "patient", "g": "guest"}
        return sorted(
            (
                "provider" if seat == "provider" else who[seat[0]],
                _iso(start),
                _iso(end) if end else None,
            )
            for seat, start, end in stays
        )


def _used(key: Key) -> list[bool]:
    return [True] if getattr(key, "used", False) else []


def _close(key: Key, now: datetime) -> None:
    if key.spans and key.spans[-1][1] is None:
        key.spans[-1][1] = now


def _connected(at: Video, key: Key) -> bool:
    for meeting in at.world.meetings.live.values():
        for attendee_id, attendee in meeting.attendees.items():
            if attendee["JoinToken"] == key.token:
                return attendee_id in meeting.connected
    return False


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def _code(answer: Answered) -> str:
    assert answer.status == 409, answer.text
    return str(answer.json["code"])


def _play(at: Video, seed: int) -> int:
    """One visit; Chime's events come in the end, mixed and some twice. How many stays."""
    dice = random.Random(seed)
    model = Model(at, dice, seats={"p0": Seat(at.secret)})
    for _ in range(STEPS):
        model.step()
    sqs, url = boto3.client("sqs"), settings().queue_urls["scheduling"]
    told: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        told += [message["Body"] for message in messages]
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    told += dice.sample(told, len(told) // 3)
    dice.shuffle(told)
    for event in told:
        assert at.world.deliver("scheduling", [event]) == [], json.loads(event)
    shown = at.room()["attended"]
    found = sorted((each["who"], each["joined_at"], each["left_at"]) for each in shown)
    assert found == model.attended(), f"seed {seed}"
    return len(found)


def test_any_visit_is_what_an_oracle_says(at: Video) -> None:
    from tests import tables

    kept, start = tables.image(), at.world.clock.now()
    stays = 0
    for seed in range(6):
        tables.put_back(kept)
        at.world.meetings.live.clear()
        at.world.clock.advance(seconds=(start - at.world.clock.now()).total_seconds())
        stays += _play(at, seed)
    assert stays > 20


@pytest.mark.campaign
def test_three_hundred_visits_are(at: Video) -> None:
    from tests import tables

    kept, start = tables.image(), at.world.clock.now()
    for seed in range(6, 306):
        tables.put_back(kept)
        at.world.meetings.live.clear()
        at.world.clock.advance(seconds=(start - at.world.clock.now()).total_seconds())
        _play(at, seed)
