"""The product on the emulator: a clinic that is set up, and beside it whatever a scale asks for.

All of it is in one process but the emulator, whose engine isolates transactions and is fast.
"""

import atexit
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3

from chalicelib.platform.aws import client
from chalicelib.platform.config import settings
from chalicelib.platform.events import Event
from chalicelib.platform.store import Record, join
from chalicelib.platform.store.connection import connection
from infra.local.emulator import Emulator
from infra.local.visit import CLINICIAN, DESK, Visit
from infra.resources import create_resources
from tests.world import Answered, World, newest_link, sign_in

from .ballast import ballast
from .meter import Meter
from .rows import Bench, Scale

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)  # a Monday, 09:00 in New York
BATCH = 25
new_client: Any = boto3.client


@contextmanager
def open_bench(scale: Scale) -> Iterator[Bench["Clinic"]]:
    """A table that holds one clinic and `scale`'s ballast, and a meter on the product's clients."""
    _empty_table()
    clinic = _set_up()
    clinic.write(ballast(clinic.ids, scale, START))
    meter = Meter(new_client("dynamodb"))
    metered = [connection().connection.client, client("s3")]
    for each in metered:
        meter.attach(each)
    try:
        yield Bench(meter, clinic, scale)
    finally:
        for each in metered:
            meter.detach(each)


@dataclass
class Clinic:
    """A practice with a location, a room, a practitioner, hours, types, fees, a payer, a patient.

    `ids` are those of `infra.local.visit`, and `practice`.
    """

    world: World
    ids: dict[str, str]
    _tokens: dict[str, str] = field(default_factory=dict)

    def call(
        self, method: str, who: str, path: str, body: Any = None, **headers: str
    ) -> Answered:
        """A request of `who`, signed in; AssertionError unless it is served."""
        if who and who not in self._tokens:
            self._tokens[who] = sign_in(self.world, who)
        token = self._tokens.get(who, "")
        answer = self.world.call(method, path, body, token=token, **headers)
        assert answer.status < 300, f"{method} {path}: {answer.status} {answer.text}"
        return answer

    def made(self, who: str, path: str, body: Any) -> str:
        """The id of what a POST makes."""
        return str(self.call("POST", who, path, body).json["id"])

    def token(self, who: str) -> str:
        """The access token of a member."""
        self.call("GET", who, "/v1/me")
        return self._tokens[who]

    def write(self, records: Iterable[Record]) -> int:
        """Put records past every guard, in batches; how many bytes they would take of a Query."""
        from .bulk import write_items

        return write_items(records)

    def told(self, event_type: str, subject: str) -> str:
        """The event of this type about `subject` that waits in the outbox, as a queue carries it."""
        found = new_client("dynamodb").query(
            TableName=settings().table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": join(self.ids["practice"], "outbox")}},
        )["Items"]
        events = [Record.from_raw_data(item).event() for item in found]
        event: Event = next(e for e in events if (e.type, e.subject) == (event_type, subject))
        return event.to_json()

    def handle(self, domain: str, event: str) -> None:
        """One message to a domain's queue handler; AssertionError if it comes back."""
        assert self.world.deliver(domain, [event]) == []


class _Api:
    """The visit's way in for setting up: links are read off the table, events stay in the outbox."""
