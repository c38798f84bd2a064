"""Timed work: an item carries `duepk`/`duesk`; each minute what has come due is sent to its queue."""

from datetime import datetime
from zlib import crc32

from . import log, queues
from .aws import AwsError
from .clock import Clock, iso
from .store import SYSTEM, Record, join, query, system_scope

SHARDS = 4


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
    """Send all that is due now to the queues; how many. One Query a kind and shard.

    An item stays due until its consumer has cleared it, so a lost message is sent again.
    """
    sent = 0
    for kind, domain in queues.due_kinds().items():
        for shard in range(SHARDS):
            with system_scope():
                due = query(
                    _partition(kind, shard), index="due", between=("0", iso(clock.now())), limit=200
                )
            for record in due.records:
                sent += _send_one(kind, domain, record)
    return sent


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
