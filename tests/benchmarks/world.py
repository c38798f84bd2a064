"""What a row finds: a clinic that is set up through the API, and beside it what the scale asks for."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.claims.models import claim_id_of
from chalicelib.identity.links import link_token
from chalicelib.platform.aws import client
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.platform.store import Record, join
from chalicelib.platform.store.connection import connection
from infra.local.visit import Visit
from infra.local.visit_clinic import BILLER, CLINICIAN, DESK
from infra.local.visit_patient import SOAP
from tests.world import SIGN_UP, Answered, World, sign_in

from . import store
from .ballast import ballast
from .meter import Meter
from .rows import Bench, Scale

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # a Monday, 09:00 in New York
A_DAY = 20
NOW = START.replace(microsecond=250_001)

os.environ |= {
    "POWERTOOLS_LOG_LEVEL": os.environ.get("POWERTOOLS_LOG_LEVEL", "CRITICAL"),
    "POWERTOOLS_METRICS_NAMESPACE": "careloom",
}


@contextmanager
def open_bench(scale: Scale) -> Iterator[Bench["Clinic"]]:
    """A table that holds one clinic and `scale`'s ballast, and a meter on the product's clients."""
    store.empty_table()
    clinic = Clinic.set_up()
    sign_up_others(clinic.world, scale.sign_ups)
    store.write_items(ballast(clinic.ids, scale, START))
    meter = Meter(store.new_client("dynamodb"))
    metered = [connection().connection.client, client("s3")]
    for each in metered:
        meter.attach(each)
    try:
        yield Bench(meter, clinic, scale)
    finally:
        for each in metered:
            meter.detach(each)


def sign_up_others(world: World, practices: int) -> None:
    """Practices that sign up through the API, twenty a day, so that no cap is reached."""
    began = world.clock.instant
    for place in range(practices):
        if place % A_DAY == 0:
            world.clock.advance(days=1)
        body = {**SIGN_UP, "email": f"owner@clinic-{place}.example"}
        answer = world.call("POST", "/v1/practices", body)
        assert answer.status == 201, answer.text
    world.clock.instant = began


@dataclass
class Clinic:
    """A practice with a location, a room, a practitioner, hours, types, fees, a payer, a patient.

    `ids` are those of `infra.local.visit`, and `practice`.
    """

    world: World
    ids: dict[str, str]
    _tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def set_up(cls) -> "Clinic":
        """As people set it up, through the API."""
        world = World(NOW)
        visit = Visit(_Api(world))
        made = visit.clinic
        steps = (made.sign_up, made.verify, made.accept_agreement, made.invite, made.set_up)
        for step in (*steps, made.clear, visit.insured.register):
            step()
        clinic = cls(world, visit.ids)
        for who in (DESK, CLINICIAN, BILLER):
            clinic.ids["practice"] = clinic.call("GET", who, "/v1/me").json["practice_id"]
        return clinic

    def call(self, method: str, who: str, path: str, body: Any = None, **headers: str) -> Answered:
        """A request of `who`, signed in; AssertionError unless it is served."""
        token = self.token(who) if who else ""
        answer = self.world.call(method, path, body, token=token, **headers)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.text}"
        return answer

    def made(self, who: str, path: str, body: Any) -> str:
        """The id of what a POST makes."""
        return str(self.call("POST", who, path, body).json["id"])

    def booking(self, starts_at: datetime) -> dict[str, str]:
        """The body that books the patient with provider and room."""
        named = ("patient", "practitioner", "location", "room")
        return {
            **{f"{name}_id": self.ids[name] for name in named},
            "type_id": self.ids["insurance"],
            "starts_at": starts_at.isoformat(),
        }

    def encounter(self) -> str:
        """The path of an encounter in progress."""
        path = f"/v1/patients/{self.ids['patient']}/encounters"
        body = {f"{name}_id": self.ids[name] for name in ("practitioner", "location")}
        return f"{path}/{self.made(CLINICIAN, path, body)}"

    def documented(self) -> str:
        """The path of an encounter with a note, two diagnoses and two procedures."""
        path = self.encounter()
        note = {"template": "soap_general", "content": SOAP}
        self.call("PUT", CLINICIAN, f"{path}/note", note, If_Match='"1"')
        codes = {
            "diagnoses": [{"code": "M54.50"}, {"code": "I10"}],
            "procedures": [
                {"code": "G0463", "pointers": [1, 2]},
                {"code": "G2211", "pointers": [2]},
            ],
        }
        self.call("PUT", CLINICIAN, path, codes, If_Match='"1"')
        return path

    def sign(self, path: str, **headers: str) -> None:
        """Sign what `documented` made."""
        versions = {"expected_version": 2, "expected_note_version": 2}
        self.call("POST", CLINICIAN, f"{path}/sign", versions, **headers)

    def signed(self) -> str:
        """The event of an encounter that was just signed."""
        path = self.documented()
        self.sign(path)
        return self.told("encounter.signed", path.rpartition("/")[2])

    def ready_claim(self) -> str:
        """The event of a claim that is ready to be sent."""
        signed = json.loads(self.signed())
        self.handle("billing", json.dumps(signed))
        self.handle("claims", self.told("charges.made", signed["subject"]))
        return self.told("claim.ready", claim_id_of(signed["subject"], self.ids["coverage"]))

    def received(self, file_key: str) -> str:
        """The event of a file that has come into the mailbox."""
        event = Event(
            derived_id("evt", file_key), "edi.received", self.ids["practice"], file_key, 1, START
        )
        return event.to_json()

    def token(self, who: str) -> str:
        """The access token of a member."""
        if who not in self._tokens:
            self._tokens[who] = sign_in(self.world, who)
        return self._tokens[who]

    def told(self, event_type: str, subject: str) -> str:
        """The event about `subject` that waits in the outbox, as a queue carries it."""
        items = store.items_of(join(self.ids["practice"], "outbox"))
        events = [Record.from_raw_data(item).event() for item in items]
        found = [e for e in events if (e.type, e.subject) == (event_type, subject)]
        return str(found[-1].to_json())

    def handle(self, domain: str, event: str) -> None:
        """One message to a domain's queue handler; AssertionError if it comes back."""
        assert self.world.deliver(domain, [event]) == []


class _Api:
    """The visit's way in while it sets up: links are read off the table, events stay where they are."""

    def __init__(self, world: World) -> None:
        self._world = world

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> Answered:
        return self._world.call(method, path, body, token=token, **headers)

    def mails_to(self, address: str) -> list[str]:
        return [link_token(max(store.link_ids()))]

    def texts_to(self, number: str) -> list[str]:
        return []

    def now(self) -> datetime:
        return self._world.clock.now()

    def advance_to(self, instant: datetime) -> None:
        self._world.clock.instant = instant

    def settle(self) -> None:
        """Nothing listens yet."""

    def tick(self) -> None:
        """Nothing is due."""
