"""A patient who can be reminded, reminders as the queue brings them, and providers that fail."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.awsrequest import AWSResponse

from chalicelib.platform.aws import client
from chalicelib.platform.clock import iso
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from tests.builders.patients import register_patient
from tests.faults import Died
from tests.world import ADDRESS, World, add_member, clear, sign_up

MAIL, SMS = "rosa.diaz@example.com", "+12125550147"
VISIT, TYPE = "apt_1", "typ_00000000000000000000000001"
SOON = timedelta(hours=2, minutes=1)


def apt(visit: str) -> str:
    """The id of the visit that a test calls `apt_1`."""
    return derived_id("apt", visit)


@dataclass
class Reminding:
    """A practice with one patient. A visit is known to messaging by the events of scheduling alone."""

    world: World
    practice_id: str
    desk: str
    patient_id: str
    location_id: str

    def told(
        self, visit: str = VISIT, what: str = "booked", *, version: int = 1, **over: Any
    ) -> str:
        """The event that says how a visit stands; it starts two hours and a minute from now."""
        starts_at = over.pop("starts_at", None) or self.world.clock.now() + SOON
        event = Event(
            f"evt_{visit}_{version}",
            f"appointment.{what}",
            self.practice_id,
            apt(visit),
            version,
            self.world.clock.now(),
            {
                "patient_id": self.patient_id,
                "location_id": self.location_id,
                "type_id": TYPE,
                "starts_at": iso(starts_at),
                "time_zone": "America/New_York",
                **over,
            },
        )
        return event.to_json()

    def tell(self, *told: str) -> None:
        """Deliver such events."""
        for each in told:
            assert self.world.deliver("messaging", [each]) == []

    def reminders(self, visit: str = VISIT) -> dict[str, Any]:
        """What is to come, as it is stored."""
        (item,) = (
            each
            for each in self.world.items()
            if each["kind"]["S"] == "reminders" and f"#{apt(visit)}#" in each["pk"]["S"]
        )
        return item

    def steps(self, visit: str = VISIT) -> list[tuple[str, str]]:
        """Name and UTC minute of each step to come."""
        steps = json.loads(self.reminders(visit).get("steps", {"S": "[]"})["S"])
        return [(step["name"], step["at"][:16]) for step in steps]

    def due(self, visit: str = VISIT) -> str:
        """The message that says that its next reminder is due."""
        return due_message(self.reminders(visit))

    def all_due(self) -> list[tuple[str, str]]:
        """Of everything that will fall due: when, and the message that says so."""
        return [
            (item["duesk"]["S"].rstrip("#"), due_message(item))
            for item in self.world.items()
            if item["kind"]["S"] in ("reminders", "message") and "duepk" in item
        ]

    def ready(self, visit: str = VISIT, **over: Any) -> str:
        """The message, for a visit that is booked, and whose reminder is due now."""
        self.tell(self.told(visit, **over))
        self.world.clock.advance(minutes=1)
        return self.due(visit)

    def remind(self, visit: str = VISIT, **over: Any) -> list[str]:
        """Book it and deliver its reminder once; what the consumer gives back."""
        return self.world.deliver("messaging", [self.ready(visit, **over)])

    def later(self, **by: float) -> None:
        """Time passes, and what has fallen due comes."""
        self.world.clock.advance(**by)
        now = iso(self.world.clock.now())
        while due := [body for when, body in self.all_due() if when <= now]:
            assert self.world.deliver("messaging", due) == []

    def sent(self) -> tuple[int, int]:
        """How many mails and texts went to the patient."""
        mails = [mail for mail in self.world.mails() if MAIL in mail]
        texts = [text for number, text in self.world.texts() if number == SMS]
        return len(mails), len(texts)

    def message(
        self, visit: str = VISIT, template: str = "appointment_reminder"
    ) -> tuple[str, str, str] | None:
        """Channel, status and reason of its one reminder, or other message; None if there is none."""
        told = [
            (item["channel"]["S"], item["status"]["S"], item.get("reason", {}).get("S", ""))
            for item in self.world.items()
            if item["kind"]["S"] == "message"
            and (item["cause"]["S"], item["template"]["S"]) == (apt(visit), template)
        ]
        assert len(told) <= 1
        return told[0] if told else None

    def tasks(self) -> list[str]:
        """The kinds of the tasks that are asked for, in order."""
        wanted = [
            item
            for item in self.world.items()
            if item["kind"]["S"] == "outbox" and item["type"]["S"] == "task.wanted"
        ]
        done = [item for item in self.world.items() if item["kind"]["S"] == "task"]
        kinds = [json.loads(item["data"]["S"])["kind"] for item in wanted]
        return sorted([*kinds, *(item["task_kind"]["S"] for item in done)])


def due_message(item: dict[str, Any]) -> str:
    kind = item["duepk"]["S"].split("#")[2]
    named = {name: item[name]["S"] for name in ("pk", "sk", "duepk")}
    return json.dumps({"due": kind, **named})


def reminding(world: World, *, owner: str = "ada@clinic.example", **patient: Any) -> Reminding:
    """One built through the API; `owner` is who signs up, `patient` as in a registration."""
    token = sign_up(world, email=owner)
    clear(world, token, "sms")
    desk, _ = add_member(world, token, "front_desk", email=f"desk.{owner}")
    made = register_patient(world, desk, **patient)
    practice_id = world.call("GET", "/v1/me", token=token).json["practice_id"]
    place = {"name": "Main", "time_zone": "America/New_York", "address": ADDRESS}
    location = world.call("POST", "/v1/locations", place, token=token).json
    return Reminding(world, practice_id, desk, made["id"], location["id"])


@contextmanager
def provider(service: str, fails: Any) -> Iterator[list[int]]:
    """`service` answers each call with an error (`"Throttling", 400`) or raises; how often asked."""
    asked = [0]

    def answer(**_: Any) -> Any:
        asked[0] += 1
        if isinstance(fails, BaseException):
            raise fails
        code, status = fails
        return AWSResponse("https://provider", status, {}, None), {
            "Error": {"Code": code, "Message": code},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }

    events = client(service).meta.events
    events.register(f"before-call.{service}.*", answer)
    try:
        yield asked
    finally:
        events.unregister(f"before-call.{service}.*", answer)


@contextmanager
def dying_at(service: str) -> Iterator[list[int]]:
    """The process ends as it asks `service`."""
    with provider(service, Died()) as asked:
        yield asked
