"""A practice has resumed: what waited for it goes back to its queues, oldest first."""

from . import log, queues
from .clock import Clock, iso
from .errors import AlreadyDone
from .holding import SHARDS, HeldMessage, Hold, stage_release
from .store import UnitOfWork, find, practice_scope, query, system_scope

PAGE, PAGES = 100, 20


def release(clock: Clock) -> int:
    """Send on what waits for practices that have resumed; how many messages. Safe to repeat.

    At most 2,000 of a practice a run: the next minute goes on. One Query a shard.
    """
    sent = 0
    for shard in range(SHARDS):
        with system_scope():
            found = query(
                Hold.released(shard), index="due", between=("0", f"{iso(clock.now())}#"), limit=PAGE
            )
        for record in found.records:
            sent += _attempt(record.pk.partition("#")[0])
    return sent


def _attempt(practice_id: str) -> int:
    """One practice that fails does not keep the others waiting."""
    try:
        with practice_scope(practice_id):
            return _release(practice_id)
    except Exception as error:  # noqa: BLE001  # it waits for the next minute
        log.failure("release failed", error, practice_id=practice_id)
        return 0


def _release(practice_id: str) -> int:
    key, sent = Hold.key(practice_id), 0
    for _ in range(PAGES):
        hold = find(Hold, key, consistent=True)
        if hold is None or hold.duepk is None:
            return sent
        waiting = query(key.pk, begins="message#", limit=PAGE, consistent=True).records
        if not waiting:
            _commit(_without(hold))
            return sent
        for message in waiting:
            _send_on(message)
        sent += len(waiting)
    return sent


def _send_on(message: HeldMessage) -> None:
    """An event goes to its queue before it is removed here: a death in between sends it twice."""
    if not message.due_pk:
        queues.send(message.domain, message.body)
    work = UnitOfWork()
    stage_release(work, message)
    _commit(work)


def _without(hold: Hold) -> UnitOfWork:
    work = UnitOfWork()
    work.remove(hold, refusal=AlreadyDone())
    return work


def _commit(work: UnitOfWork) -> None:
    try:
        work.commit()
    except AlreadyDone:
        return
