"""A paused practice: what its queues bring waits in its own partition, and goes on when it resumes.

Nothing of it circles in SQS meanwhile, so nothing ends among the dead letters, however long the
pause is. Due work waits the same way: left due, it would stand before everybody else's each minute.
"""

from zlib import crc32

from pynamodb.attributes import UnicodeAttribute

from .clock import iso
from .context import Context
from .errors import AlreadyDone, Unavailable
from .events import Event
from .ids import derived_id
from .store import (
    SYSTEM,
    IdInKey,
    InstantAttribute,
    Key,
    Record,
    UnitOfWork,
    find,
    get,
    join,
)

SHARDS = 4


class Hold(Record):
    """The practice is paused; once `duepk` is set it has resumed, and what waits is on its way."""

    KIND = "hold"

    practice_id = IdInKey("prc")
    since = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#held#` / `hold#`."""
        return Key(join(practice_id, "held"), "hold#")

    @classmethod
    def released(cls, shard: int) -> str:
        """The due partition of those that have resumed: `sys#due#held#0#`."""
        return join(SYSTEM, "due", "held", str(shard))


class HeldMessage(Record):
    """A message of a queue. Of due work `due_pk` and `due_sk` say which record, `duesk` since when."""

    KIND = "held_message"

    domain = UnicodeAttribute()
    body = UnicodeAttribute()
    due_pk = UnicodeAttribute(null=True)
    due_sk = UnicodeAttribute(null=True)
    was_due = UnicodeAttribute(null=True)
    was_due_at = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, cause: str, domain: str) -> Key:
        """`prc_1#held#` / `message#evt_2#billing#`: in the order in which things happened."""
        return Key(join(practice_id, "held"), join("message", cause, domain))


def pause(context: Context) -> None:
    """Stage that what comes for the practice waits; one that was just resuming is paused again."""
    key = Hold.key(context.practice_id)
    hold = find(Hold, key)
    if hold is None:
        context.work.create(Hold(*key, since=context.now()))
    elif hold.duepk is not None:
        hold.duepk = hold.duesk = None
        context.work.save(hold)


def resume(context: Context) -> None:
    """Stage that what waits goes on its way: the next minute's sweep sends it."""
    hold = get(Hold, Hold.key(context.practice_id))
    hold.duepk = Hold.released(crc32(context.practice_id.encode()) % SHARDS)
    hold.duesk = f"{iso(context.now())}#"
    context.work.save(hold)


def hold_event(context: Context, domain: str, event: Event) -> None:
    """Stage that an event waits. Unavailable if the practice has resumed meanwhile."""
    key = HeldMessage.key(context.practice_id, event.id, domain)
    _hold(context, HeldMessage(*key, domain=domain, body=event.to_json()))


def hold_due(context: Context, domain: str, body: str, record: Record) -> None:
    """Stage that a record which has come due waits, and is due no more until the practice resumes."""
    cause = derived_id("due", record.pk, record.sk, record.duepk or "")
    key = HeldMessage.key(context.practice_id, cause, domain)
    message = HeldMessage(
        *key,
        domain=domain,
        body=body,
        due_pk=record.pk,
        due_sk=record.sk,
        was_due=record.duepk,
        was_due_at=record.duesk,
    )
    _hold(context, message)
    context.work.update(
        Record,
        record.item_key,
        actions=[Record.duepk.remove(), Record.duesk.remove()],
        condition=(Record.duepk == record.duepk) & (Record.duesk == record.duesk),
        refusal=AlreadyDone(),
    )


def stage_release(work: UnitOfWork, message: HeldMessage) -> None:
    """Stage that a held message waits no more; a record that was due is due again."""
    work.remove(message, refusal=AlreadyDone())
    if message.due_pk is not None:
        work.update(
            Record,
            Key(message.due_pk, message.due_sk or ""),
            actions=[Record.duepk.set(message.was_due), Record.duesk.set(message.was_due_at)],
            condition=Record.pk.exists() & Record.duepk.does_not_exist(),
            refusal=AlreadyDone(),
        )


def _hold(context: Context, message: HeldMessage) -> None:
    """One that is there is saved anew: a release that is under way must not remove it."""
    context.work.require(
        Hold,
        Hold.key(context.practice_id),
        condition=Record.pk.exists() & Record.duepk.does_not_exist(),
        refusal=Unavailable(retry_after=1),
    )
    held = find(HeldMessage, message.item_key)
    if held is None:
        context.work.create(message, refusal=Unavailable(retry_after=1))
    else:
        context.work.save(held, refusal=Unavailable(retry_after=1))
