"""A clinic with people who wait, and what they are offered."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.platform.config import settings
from tests import tables
from tests.builders.scheduling import Clinic, add_patient, clinic, made
from tests.conftest import START
from tests.world import Answered, World, clear, sign_in

NINE, TEN = "2026-03-04T09:00:00-05:00", "2026-03-04T10:00:00-05:00"
"""On the Wednesday after START."""
OURS = ("scheduling", "messaging", "tasks")
LATER = "2026-03-25T09:00:00-04:00"


@dataclass
class Waiting:
    """A practice that may text. `people` by the name that a test calls them."""

    clinic: Clinic
    world: World
    people: dict[str, str] = field(default_factory=dict)

    def patient(self, name: str, **over: Any) -> str:
        """Somebody who agreed to mail; the same one for the same name."""
        if name not in self.people:
            body = {
                "name": {"family": "Waits", "given": name},
                "email": f"{name.lower()}@example.com",
                "consents": {"email": True},
                **over,
            }
            self.people[name] = add_patient(self.world, self.clinic.token, **body)
        return self.people[name]

    def wish(self, name: str, **over: Any) -> str:
        """The id of a wish of theirs for the clinic's type."""
        return made(self.ask(name, **over))

    def ask(self, name: str, **over: Any) -> Answered:
        body = {"patient_id": self.patient(name), "type_id": self.clinic.type_id, **over}
        return self.clinic.call("POST", "/v1/waitlist", body)

    def read(self, wish_id: str) -> Any:
        return self.clinic.call("GET", f"/v1/waitlist/{wish_id}").json

    def offers(self, wish_id: str) -> list[tuple[str, str]]:
        """Status and start of each offer to a wish, in order."""
        return [(each["status"], each["starts_at"]) for each in self.read(wish_id)["history"]]

    def freed(self, starts_at: str = TEN, **over: Any) -> None:
        """A visit at that time is booked and cancelled; nothing is carried yet."""
        holder = self.patient("Holder")
        booked = self.clinic.booking(starts_at, patient_id=holder, **over)
        cancelled = self.clinic.act(booked, "cancel", {"reason": "pat"})
        assert cancelled.status == 200, cancelled.text

    def carry(self) -> None:
        """Carry events until nothing moves in the queues that this is about; other domains' wait."""
        sqs, moved = boto3.client("sqs"), 1
        while moved:
            moved = self.world._stream()
            for domain in OURS:
                url = settings().queue_urls[domain]
                while not self.world._is_empty(url):
                    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
                    found = received.get("Messages", [])
                    if not found:  # what failed is not seen again for a while
                        break
                    failed = self.world.deliver(domain, [each["Body"] for each in found])
                    for at_place, each in enumerate(found):
                        if str(at_place) not in failed:
                            handle = each["ReceiptHandle"]
                            sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
                    moved += len(found)

    def minute(self) -> None:
        """A minute's schedules, and what follows."""
        self.world.tick_schedules()
        self.carry()

    def secret(self, name: str) -> str:
        """Of the newest link that was mailed to them."""
        mails = [mail for mail in self.world.mails() if f"{name.lower()}@example.com" in mail]
        return re.findall(r"/offer/([A-Za-z0-9_-]+)", "\n".join(mails))[-1]

    def mailed(self, name: str) -> int:
        """How many offers were mailed to them."""
        return sum(
            f"{name.lower()}@example.com" in mail and "/offer/" in mail
            for mail in self.world.mails()
        )

    def say(self, name: str, answer: str, **headers: str) -> Answered:
        """They follow their newest link."""
        path = f"/v1/offer-links/{self.secret(name)}"
        return self.world.call("POST", path, {"answer": answer}, **headers)

    def later(self, **by: float) -> None:
        """Time passes, a minute's schedules run, and staff sign in again."""
        self.world.clock.advance(**by)
        self.minute()
        self.clinic.token = sign_in(self.world, self.clinic.email)

    def visits(self, name: str) -> list[tuple[str, str]]:
        """Status and start of their visits, the latest first."""
        path = f"/v1/patients/{self.people[name]}/appointments"
        items = self.clinic.call("GET", path).json["items"]
        return [(each["status"], each["starts_at"]) for each in items]

    def tasks(self) -> list[str]:
        """The kinds of the open tasks of the front desk."""
        items = self.clinic.call("GET", "/v1/tasks?queue=front_desk").json["items"]
        return sorted(each["kind"] for each in items)


_built: list[tuple[Waiting, tables.Image]] = []


@pytest.fixture
def at(aws: None) -> Waiting:
    """The practice at START, which may text, and four people; no two tests share it."""
    if not _built:
        first = waiting(World(START - timedelta(seconds=1)))
        for name in ("Amy", "Bo", "Cy", "Holder"):
            first.patient(name)
        first.world.pump()
        _built.append((first, tables.image()))
    built, image = _built[0]
    tables.put_back(image)
    world = World(START)
    return Waiting(replace(built.clinic, world=world), world, dict(built.people))


def waiting(world: World, **over: Any) -> Waiting:
    """One built through the API; `over` is of its type of visit."""
    built = clinic(world, **over)
    clear(world, built.owner, "sms")
    return Waiting(built, world)
