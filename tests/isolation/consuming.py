"""What every consumer is told of, found by doing: each route is called, and what follows is followed.

A moment is the table as it was when a message came to a queue. No list of events has to be kept: what
a new consumer listens to is found where some route, or some consumer of what a route tells, tells it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import pytest

from chalicelib.platform import queues
from chalicelib.platform.clock import from_iso
from chalicelib.platform.events import Event
from chalicelib.platform.outbox import OutboxItem
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import Record
from chalicelib.webhooks.event_types import EventType
from tests import tables, waiting
from tests.isolation.cases import WEBHOOK, called, send, who_does
from tests.isolation.clinics import Clinics
from tests.plain_rows import plain_rows
from tests.world import World

EVERYTHING = {**WEBHOOK, "events": [each.value for each in EventType]}
OTHERWISE = {"answer_visit_link": {"answer": "cancelled"}}
"""What routes are told beside their cases, by name."""

What = tuple[str, str]
"""A queue's domain, and an event's type or a kind of due work."""


@dataclass(frozen=True)
class Moment:
    """A message, and all as it was when it came."""

    domain: str
    body: str
    image: tables.Image
    files: waiting.Files
    now: datetime
    does: bool = False

    @classmethod
    def of(cls, domain: str, body: str, now: datetime) -> "Moment":
        """As all is at this moment."""
        return cls(domain, body, tables.image(), waiting.files(), now)

    def comes_back(self, world: World) -> None:
        """All is as it was."""
        tables.put_back(self.image)
        waiting.put_files_back(self.files)
        waiting.forget_sent()
        world.clock.instant = self.now


@contextmanager
def noting(found: dict[What, Moment]) -> Iterator[None]:
    """What comes to a consumer meanwhile, however it comes: the first that it does something about."""
    handle = queues.Consumers.handle

    def noted(consumers: queues.Consumers, body: str) -> None:
        message = json.loads(body)
        what = (consumers.domain, message.get("due") or message.get("type", ""))
        if what not in every_consumer() or (what in found and found[what].does):
            return handle(consumers, body)
        moment, sent = Moment.of(consumers.domain, body, runtime().clock.now()), waiting.sent()
        handle(consumers, body)
        does = bool(plain_rows(moment.image)) or waiting.sent() > sent
        if does or what not in found:
            found[what] = replace(moment, does=does)
        return None

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(queues.Consumers, "handle", noted)
        yield


def every_consumer() -> set[What]:
    """All that are registered."""
    known = queues._all().items()
    events = {(domain, str(each)) for domain, its in known for each in its.on_event}
    return events | {(domain, each) for domain, its in known for each in its.on_due}


def seek(clinics: Clinics, found: dict[What, Moment]) -> None:
    """Call each route that changes anything and follow what it tells. A webhook wants all of it."""
    by_name = {each.name: each for each in called()}
    others = [(by_name[name], {"body": body}) for name, body in OTHERWISE.items()]
    with noting(found):
        made = by_name["add_webhook"]
        send(clinics.a, who_does(made), made, clinics.a.ids, body=EVERYTHING)
        for endpoint, over in [*((each, {}) for each in by_name.values()), *others]:
            if endpoint.method != "GET":
                with _undone(clinics.world) as kept:
                    send(clinics.a, who_does(endpoint), endpoint, clinics.a.ids, **over)
                    _goes_on(clinics.world, kept, found)
        with _undone(clinics.world) as kept:
            _hear(clinics.world, _signed(clinics), found)
            _goes_on(clinics.world, kept, found)
        clinics.world.carry_audit()
        _fall_due(clinics.world, tables.of_kind(*_due_kinds()), found)


def delivered(world: World, moment: Moment, *, times: int = 1) -> Counter[str]:
    """What is otherwise than before once the message has come so often, and how much was sent."""
    assert world.deliver(moment.domain, [moment.body] * times) == []
    return plain_rows(moment.image) + Counter({"sent": waiting.sent()})


@contextmanager
def _undone(world: World) -> Iterator[tables.Image]:
    kept, files, now = tables.image(), waiting.files(), world.clock.now()
    yield kept
    tables.put_back(kept)
    waiting.put_files_back(files)
    world.clock.instant = now


def _signed(clinics: Clinics) -> Event:
    """What signing tells of the encounter of an appointment."""
    ids, now = clinics.a.ids, clinics.world.clock.now()
    data = {name: ids[name] for name in ("appointment_id", "patient_id", "practitioner_id")}
    practice_id, encounter_id = ids["practice_id"], ids["encounter_id"]
    return Event("evt_by_hand", "encounter.signed", practice_id, encounter_id, 3, now, data)


def _goes_on(world: World, kept: tables.Image, found: dict[What, Moment]) -> None:
    """What was told is heard, and what will be due is due."""
    _follow(world, found)
    changed = [now for _, now in tables.changed_since(kept) if now is not None]
    _fall_due(world, changed, found)


def _follow(world: World, found: dict[What, Moment]) -> None:
    """What lies in the outbox comes to whoever has not heard of such, and what they tell as well."""
    told = [OutboxItem.from_raw_data(row).event() for row in tables.of_kind(OutboxItem.KIND)]
    tables.forget(OutboxItem.KIND)
    for event in told:
        _hear(world, event, found)


def _hear(world: World, event: Event, found: dict[What, Moment]) -> None:
    for domain in queues.listening_to(event.type):
        if not _is_known(found, (domain, event.type)):
            assert world.deliver(domain, [event.to_json()]) == [], event
            _follow(world, found)


def _fall_due(world: World, rows: list[tables.Row], found: dict[What, Moment]) -> None:
    """What of these is due some day comes on that day."""
    kept, now = tables.image(), world.clock.now()
    for row in rows:
        kind = row["duepk"]["S"].split("#")[2] if "duepk" in row else ""
        domain = queues.due_kinds().get(kind, "")
        if domain and not _is_known(found, (domain, kind)):
            world.clock.instant = max(now, from_iso(row["duesk"]["S"].split("#")[0]))
            message = queues.due_message(kind, Record.from_raw_data(row))
            assert world.deliver(domain, [message]) == [], message
            _goes_on(world, kept, found)
            tables.put_back(kept)
            world.clock.instant = now


def _is_known(found: dict[What, Moment], what: What) -> bool:
    return what in found and found[what].does


def _due_kinds() -> set[str]:
    """The kinds of the items that are there."""
    return {row["kind"]["S"] for row in tables.rows().values() if "duepk" in row}
