"""What follows from a new entry: a row for each of its patients, and a place in the line for a seal."""

from collections.abc import Iterable, Iterator

from ..platform.audit import AuditAmendment, AuditEntry
from ..platform.audit_stream import Noted
from ..platform.context import Context
from ..platform.due import set_due
from ..platform.errors import AlreadyDone
from ..platform.overlap import beside
from ..platform.store import Key, Record, append, find_many
from .chain import Leaf
from .models import Access, SealDue, Unsealed, entry_key

SEAL = "audit.seal"
PATIENT = "pat_"
ROW = ("actor_id", "action", "outcome", "session_id", "source_ip", "agent", "why", "break_glass")


def note_entries(context: Context, noted: Iterable[Noted]) -> None:
    """Write the rows of these entries, then ask for a seal. Safe to repeat, in part too.

    Each row is one put of its own: 1 WRU instead of a transaction's 2. What fails brings the
    message again, and finds its own.
    """
    leaves = [Leaf(each.place, each.actor_id, each.digest) for each in noted]
    waiting = [_unsealed(context, leaf) for leaf in leaves]
    writes = [beside(append, row) for row in waiting]
    for entry, amendment in _entries(context, leaves):
        for row in accesses_of(entry, amendment):
            gives_way = Access.amended == False if row.amended else None  # noqa: E712  # a condition
            writes.append(beside(append, row, unless=gives_way))
    for write in writes:
        write.result()
    _ask_for_seal(context)


def accesses_of(entry: AuditEntry, amendment: AuditAmendment | None) -> Iterator[Access]:
    """The rows of an entry, as it turned out in the end."""
    last = amendment or entry
    practice_id = entry.pk.partition("#")[0]
    told = {name: getattr(entry, name, None) for name in ROW} | {
        "actor_id": entry.pk.split("#")[2],
        "outcome": last.outcome,
        "why": last.why or entry.why,
        "break_glass": last.break_glass or entry.break_glass,
        "amended": amendment is not None,
    }
    for subject in sorted(last.subjects or ()):
        if subject.startswith(PATIENT):
            yield Access(*Access.key(practice_id, subject, entry.id), **told)


def _unsealed(context: Context, leaf: Leaf) -> Unsealed:
    key = Unsealed.key(context.practice_id, leaf.place)
    return Unsealed(*key, actor_id=leaf.actor_id, digest=leaf.digest)


def _entries(
    context: Context, leaves: list[Leaf]
) -> Iterator[tuple[AuditEntry, AuditAmendment | None]]:
    keys: dict[Key, Key] = {}
    for leaf in leaves:
        own = entry_key(context.practice_id, leaf)
        key = Key(own.pk, f"{own.sk.partition('#')[0]}#")
        keys[key] = AuditAmendment.key(key)
    found = find_many([*keys, *keys.values()], consistent=True)
    for key, beside_it in keys.items():
        entry, amendment = found.get(key), found.get(beside_it)
        if isinstance(entry, AuditEntry):
            yield entry, amendment if isinstance(amendment, AuditAmendment) else None


def _ask_for_seal(context: Context) -> None:
    """Due now, unless it is; a sealer that is about to rest sees that there is more."""
    key = SealDue.key(context.practice_id)
    due = SealDue(*key)
    set_due(due, SEAL, context.now())
    context.work.update(
        SealDue,
        key,
        actions=[
            Record.kind.set(SealDue.KIND),
            Record.schema.set(SealDue.SCHEMA),
            Record.version.add(1),
            Record.duepk.set(Record.duepk | due.duepk),
            Record.duesk.set(Record.duesk | due.duesk),
        ],
        condition=Record.kind.does_not_exist() | (Record.kind == SealDue.KIND),
        refusal=AlreadyDone(),
    )
