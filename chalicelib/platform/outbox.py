"""State and event commit together: the outbox item is part of the transaction.

The table's stream carries it to `dispatch`, which sends it to the queue of every listening domain
and then deletes it; a sweep does the same for what the stream lost.
"""

from datetime import timedelta
from zlib import crc32

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from . import log, metrics, queues
from .clock import Clock, iso
from .context import Context
from .errors import AlreadyDone
from .events import Event
from .runtime import runtime
from .store import (
    SYSTEM,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    UnitOfWork,
    find_many,
    join,
    practice_scope,
    query,
    system_scope,
)

SHARDS = 4
SWEEP_AFTER = timedelta(minutes=1)


class OutboxItem(Record):
    """An event not yet sent."""

    KIND = "outbox"

    event_id = IdInKey("evt")
    practice_id = PracticeInKey()
    type = UnicodeAttribute()
    subject = UnicodeAttribute()
    subject_version = IntegerAttribute()
    occurred_at = InstantAttribute()
    data = JSONAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, event_id: str) -> Key:
        """`prc_1#outbox#` / `evt_2#`."""
        return Key(join(practice_id, "outbox"), join(event_id))

    def event(self) -> Event:
        return Event(
            self.event_id,
            self.type,
            self.practice_id,
            self.subject,
            self.subject_version,
            self.occurred_at,
            self.data or {},
            self.schema,
        )


def publish(context: Context, event_type: str, subject: str, version: int, **data: str) -> str:
    """Stage an event of the context's practice in its unit of work; the event's id."""
    return publish_for(context, context.practice_id, event_type, subject, version, **data)


def publish_for(
    context: Context, practice_id: str, event_type: str, subject: str, version: int, **data: str
) -> str:
    """As `publish`, for a practice that system work has entered."""
    event_id = context.new_id("evt")
    context.work.create(
        OutboxItem(
            *OutboxItem.key(practice_id, event_id),
            type=event_type,
            subject=subject,
            subject_version=version,
            occurred_at=context.now(),
            data=data or None,
            duepk=_due_partition(crc32(event_id.encode()) % SHARDS),
            duesk=f"{iso(context.now())}#{event_id}",
        )
    )
    return event_id


def dispatch(item: OutboxItem) -> None:
    """Send an event to every queue that listens, then delete it. Safe to repeat."""
    event = item.event()
    for domain in queues.listening_to(event.type):
        queues.send(domain, event.to_json())
    metrics.event_dispatched(runtime().clock.now() - event.occurred_at)
    with practice_scope(event.practice_id):
        work = UnitOfWork()
        work.remove(item, refusal=AlreadyDone())
        try:
            work.commit()
        except AlreadyDone:
            return


def sweep(clock: Clock) -> int:
    """Dispatch what is older than a minute and still here; how many. One Query a shard."""
    sent = 0
    before = iso(clock.now() - SWEEP_AFTER)
    for shard in range(SHARDS):
        with system_scope():
            due = query(
                _due_partition(shard), index="due", between=("0", before), limit=100
            ).records
        for practice_id in sorted({PracticeInKey().__get__(item) for item in due}):
            with practice_scope(practice_id):
                keys = [item.item_key for item in due if item.pk.startswith(f"{practice_id}#")]
                items = find_many(keys, consistent=True).values()
            for item in items:
                if isinstance(item, OutboxItem):
                    sent += _attempt(item)
    return sent


def _attempt(item: OutboxItem) -> int:
    """Dispatch one item of a sweep: one that fails does not keep the younger ones waiting."""
    try:
        dispatch(item)
    except Exception as error:  # noqa: BLE001  # it is still here for the next sweep
        log.failure("sweep failed", error, event_id=item.event_id)
        return 0
    return 1


def _due_partition(shard: int) -> str:
    return join(SYSTEM, "due", "outbox", str(shard))
