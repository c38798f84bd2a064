"""What a domain does when something happened or fell due, off its own SQS queue.

Consumers are safe under duplicates, reorder and death at any step: they key each effect by the
event's id and stage it in the context's unit of work, which is committed after the consumer returns.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

from chalice.app import Blueprint

from . import late, log, metrics
from .audit import entry_of
from .aws import client
from .config import settings
from .context import SYSTEM_KIND, Actor, Context
from .errors import AlreadyDone
from .events import Event
from .holding import hold_due, hold_event
from .ids import PracticeId, UserId
from .overlap import beside
from .runtime import runtime
from .store import Key, Record, UnitOfWork, append, find_many, practice_scope

OnEvent = Callable[[Context, Event], None]
OnDue = Callable[[Context, Any], None]
OnNotice = Callable[[dict[str, Any]], None]
F = TypeVar("F", bound=Callable[..., None])

SUBJECTS = 1_000
"""An entry of more would near the 400 KB that an item holds."""

_consumers: dict[str, "Consumers"] = {}


class Consumers:
    """A domain's consumers, and the Chalice blueprint of its queue's handler `<domain>_queue`."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.on_event: dict[str, list[OnEvent]] = {}
        self.on_due: dict[str, OnDue] = {}
        self.on_notice: OnNotice | None = None
        self.on_bus: dict[str, OnNotice] = {}
        self.while_paused: set[str] = set()
        self.blueprint = Blueprint(f"chalicelib.{domain}.handlers")
        self.blueprint.on_sqs_message(queue=domain, batch_size=10, name=f"{domain}_queue")(
            self._receive
        )
        _consumers[domain] = self

    def on(self, event_type: str, *, while_paused: bool = False) -> Callable[[F], F]:
        """The decorated function runs for each event of this type.

        For a suspended practice the event waits until it resumes, unless `while_paused`.
        """

        def register(consumer: F) -> F:
            self.on_event.setdefault(event_type, []).append(consumer)
            self.while_paused |= {event_type} if while_paused else set()
            return consumer

        return register

    def when_due(self, kind: str, *, while_paused: bool = False) -> Callable[[F], F]:
        """The decorated function runs for each record whose time of this `kind` has come.

        For a suspended practice that waits until it resumes, unless `while_paused`.
        """

        def register(consumer: F) -> F:
            self.on_due[kind] = consumer
            self.while_paused |= {kind} if while_paused else set()
            return consumer

        return register

    def from_outside(self, consumer: OnNotice) -> OnNotice:
        """The decorated function gets what SNS puts on this queue: it finds out of which practice."""
        self.on_notice = consumer
        return consumer

    def from_bus(self, source: str) -> Callable[[OnNotice], OnNotice]:
        """The decorated function gets what EventBridge puts on this queue from this source."""

        def register(consumer: OnNotice) -> OnNotice:
            self.on_bus[source] = consumer
            return consumer

        return register

    def handle(self, body: str) -> None:
        """One message; raises what the consumer raises, so that SQS brings it again."""
        message = json.loads(body)
        if "due" in message:
            self._handle_due(message)
        elif self.on_notice is not None and message.get("Type") == "Notification":
            self.on_notice(message)
        elif message.get("source") in self.on_bus:
            self.on_bus[message["source"]](message)
        else:
            self._handle_event(Event.from_json(body))

    def _handle_event(self, event: Event) -> None:
        for consumer in self.on_event.get(event.type, []):
            with working(self.domain, event.practice_id, event.id, event.type) as context:
                if self._waits(context, event.type):
                    hold_event(context, self.domain, event)
                    return
                consumer(context, event)

    def _handle_due(self, message: dict[str, str]) -> None:
        key = Key(message["pk"], message["sk"])
        practice_id = key.pk.partition("#")[0]
        with working(self.domain, practice_id, key.sk, message["due"]) as context:
            record = find_many([key], consistent=True).get(key)
            if record is None or record.duepk != message["duepk"]:
                return
            if self._waits(context, message["due"]):
                hold_due(context, self.domain, json.dumps(message), record)
                return
            self.on_due[message["due"]](context, record)

    def _waits(self, context: Context, what: str) -> bool:
        return context.tenant.paused and what not in self.while_paused

    def _receive(self, event: Any) -> Any:
        from aws_lambda_powertools.utilities.batch import (
            BatchProcessor,
            EventType,
            process_partial_response,
        )

        return process_partial_response(
            event=event.to_dict(),
            record_handler=self._attempt,
            processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
            context=event.context,
        )

    def _attempt(self, record: Any) -> None:
        try:
            self.handle(record["body"])
        except Exception as error:
            log.failure("message failed", error, queue=self.domain)
            metrics.message_failed(self.domain)
            raise


@contextmanager
def working(domain: str, practice_id: str, cause: str, action: str = "work") -> Iterator[Context]:
    """A context for the system at work in one practice; commits at the end.

    A commit that finds the effect already there (AlreadyDone) is a success. Whose health data it
    touched is in the audit, under `system:<domain>`; if that cannot be written, the work is done again.
    """
    live = runtime()
    with practice_scope(practice_id):
        context = Context(
            tenant=live.tenant_of(PracticeId(practice_id)),
            actor=Actor(UserId(f"system:{domain}"), SYSTEM_KIND),
            permissions=frozenset(),
            request_id=cause,
            clock=live.clock,
            ids=live.ids,
            work=UnitOfWork(),
        )
        recorded: list[Future[None]] = []
        try:
            yield context
            recorded = _recording(context, action)
            context.work.commit()
        except AlreadyDone:
            log.info("effect was there", queue=domain, practice_id=practice_id)
        except Exception:
            _await(recorded or _recording(context, action))
            raise
        _await(recorded or _recording(context, action))


def _recording(context: Context, action: str) -> list[Future[None]]:
    """One entry for each thousand whom the work concerned, being written."""
    subjects = sorted(context.trace.subjects)
    started = []
    for first in range(0, len(subjects), SUBJECTS):
        entry = entry_of(context, entry_id=context.new_id("aud"), action=action)
        entry.subjects = set(subjects[first : first + SUBJECTS])
        started.append(beside(append, entry))
    return started


def _await(recorded: list[Future[None]]) -> None:
    for entry in recorded:
        entry.result()


def listening_to(event_type: str) -> list[str]:
    """The domains whose queues want events of this type."""
    return sorted(domain for domain, known in _all().items() if event_type in known.on_event)


def domains() -> list[str]:
    """Every domain that works off a queue."""
    return sorted(_all())


def due_kinds() -> dict[str, str]:
    """Kind of timed work → the domain that does it."""
    return {kind: domain for domain, known in _all().items() for kind in known.on_due}


def _all() -> dict[str, "Consumers"]:
    late.HANDLERS.all()
    return _consumers


def send(domain: str, body: str) -> None:
    """Put one message on a domain's queue."""
    client("sqs").send_message(QueueUrl=settings().queue_urls[domain], MessageBody=body)


def due_message(kind: str, record: Record) -> str:
    """The message that says: this record's time has come."""
    return json.dumps({"due": kind, "pk": record.pk, "sk": record.sk, "duepk": record.duepk})
