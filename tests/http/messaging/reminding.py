"""A patient who can be reminded, reminders as the queue brings them, and providers that fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.awsrequest import AWSResponse

from chalicelib.platform.aws import client
from chalicelib.platform.clock import iso
from chalicelib.platform.events import Event
from tests.builders.patients import register_patient
from tests.faults import Died
from tests.world import World, add_member, clear, sign_up

MAIL, SMS = "rosa.diaz@example.com", "+12125550147"
ACCEPTED = {"MessageId": "m-1"}


@dataclass
class Reminding:
    """A practice with one patient, whose visit is tomorrow."""

    world: World
    practice_id: str
    desk: str
    patient_id: str

    @property
    def tomorrow(self) -> datetime:
        return self.world.clock.now() + timedelta(hours=24)

    def due(self, event_id: str = "evt_1", *, starts_at: datetime | None = None) -> str:
        """The message that says the reminder is due."""
        event = Event(
            event_id,
            "appointment.reminder_due",
            self.practice_id,
            "apt_1",
            2,
            self.world.clock.now(),
            {
                "patient_id": self.patient_id,
                "location_id": "loc_1",
                "starts_at": iso(starts_at or self.tomorrow),
                "time_zone": "America/New_York",
            },
        )
        return event.to_json()

    def remind(self, event_id: str = "evt_1", **over: Any) -> list[str]:
        """Deliver it once; what the consumer gives back."""
        return self.world.deliver("messaging", [self.due(event_id, **over)])

    def sent(self) -> tuple[int, int]:
        """How many mails and texts went to the patient."""
        mails = [mail for mail in self.world.mails() if MAIL in mail]
        texts = [text for number, text in self.world.texts() if number == SMS]
        return len(mails), len(texts)

    def messages(self, event_id: str = "evt_1") -> dict[str, tuple[str, str]]:
        """Status and reason of what is recorded of an event, by channel."""
        found = [
            item
            for item in self.world.items()
            if item["kind"]["S"] == "message" and item["gs2sk"]["S"].startswith(f"{event_id}#")
        ]
        told = {
            item["channel"]["S"]: (item["status"]["S"], item.get("reason", {}).get("S", ""))
            for item in found
        }
        assert len(told) == len(found)
        return told


def reminding(world: World, **patient: Any) -> Reminding:
    """One built through the API; `patient` as in a registration."""
    owner = sign_up(world)
    clear(world, owner, "sms")
    desk, _ = add_member(world, owner, "front_desk")
    made = register_patient(world, desk, **patient)
    practice_id = world.call("GET", "/v1/me", token=owner).json["practice_id"]
    return Reminding(world, practice_id, desk, made["id"])


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
