"""Timed work: an item carries `duepk`/`duesk`; each minute what has come due is sent to its queue."""

from collections.abc import Iterator
from datetime import datetime
from zlib import crc32

from . import log, queues
from .aws import AwsError
from .clock import Clock, iso
from .store import SYSTEM, Record, join, query, system_scope

SHARDS = 4
PAGE, MOST_PAGES = 200, 5
"""Of a kind and shard in one minute: what nobody can do must not stand before all the rest."""


def set_due(record: Record, kind: str, at: datetime) -> None:
    """`record` comes due at `at`; its consumer is the one registered by `when_due(kind)`.

    The consumer clears it (`clear_due`) in the transaction that does the work.
    """
    record.duepk = _partition(kind, crc32(f"{record.pk}{record.sk}".encode()) % SHARDS)
    record.duesk = f"{iso(at)}#"


def clear_due(record: Record) -> None:
    """`record` waits for nothing."""
    record.duepk = record.duesk = None


def send_due(clock: Clock) -> int:
    """Send all that is due by now to the queues; how many. One Query a kind, shard and page.

    An item stays due until its consumer has cleared it, so a lost message is sent again.
    """
    until = join(iso(clock.now()))
    return sum(
        _send_one(kind, domain, record)
        for kind, domain in queues.due_kinds().items()
        for shard in range(SHARDS)
        for record in _due(kind, shard, until=until)
    )


def _due(kind: str, shard: int, *, until: str) -> Iterator[Record]:
    """The oldest first."""
    start = None
    for _ in range(MOST_PAGES):
        with system_scope():
            page = query(
                _partition(kind, shard), index="due", between=("0", until), limit=PAGE, start=start
            )
        yield from page.records
        start = page.next_key
        if start is None:
            return


def _send_one(kind: str, domain: str, record: Record) -> int:
    """One that cannot be sent does not keep the others waiting; the next minute tries again."""
    try:
        queues.send(domain, queues.due_message(kind, record))
    except AwsError as error:
        log.failure("due work not sent", error, queue=domain)
        return 0
    return 1


def _partition(kind: str, shard: int) -> str:
    return join(SYSTEM, "due", kind, str(shard))
