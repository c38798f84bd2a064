"""What is made of the audit's entries: rows per patient, and the chain that seals them."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from ..platform.audit import AuditEntry
from ..platform.clock import iso
from ..platform.ids import instant_of
from ..platform.store import (
    GzipValueAttribute,
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    Record,
    join,
)
from .chain import Anchor, Leaf, Link


class Access(Record):
    """An entry in the list of one of its patients: who opened this chart. Made anew from the entry at will."""

    KIND = "access"

    id = IdInKey("aud")
    patient_id = IdInKey("pat")
    actor_id = UnicodeAttribute()
    action = UnicodeAttribute()
    outcome = UnicodeAttribute()
    session_id = UnicodeAttribute(null=True)
    source_ip = UnicodeAttribute(null=True)
    agent = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    break_glass = UnicodeAttribute(null=True)
    amended = BooleanAttribute(default=False)

    @classmethod
    def key(cls, practice_id: str, patient_id: str, entry_id: str) -> Key:
        """`prc_1#accesses#pat_2#` / `2026-11#aud_3#`: who opened this chart, by time."""
        month = iso(instant_of(entry_id))[:7]
        return Key(join(practice_id, "accesses", patient_id), join(month, entry_id))

    @property
    def at(self) -> datetime:
        return instant_of(self.id)


class Unsealed(Record):
    """An entry that waits for its seal, with the digest that the table's stream had of it."""

    KIND = "audit_unsealed"

    actor_id = UnicodeAttribute()
    digest = UnicodeAttribute()

    @classmethod
    def key(cls, practice_id: str, place: str) -> Key:
        """`prc_1#audit-unsealed#` / `aud_2#`, `aud_2#amended#`: the entry's own sort key."""
        return Key(join(practice_id, "audit-unsealed"), place)

    @property
    def leaf(self) -> Leaf:
        return Leaf(self.sk, self.actor_id, self.digest)


class SealDue(Record):
    """That a practice has entries to be sealed: due each minute until none waits."""

    KIND = "audit_seal_due"

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#audit-chain#` / `due#`."""
        return Key(join(practice_id, "audit-chain"), "due#")


class ChainHead(Record):
    """The newest seal, how many entries the chain holds, and what of it is locked away."""

    KIND = "audit_head"

    number = IntegerAttribute()
    hash = UnicodeAttribute()
    entries = IntegerAttribute()
    anchored_at = InstantAttribute(null=True)
    swept_until = InstantAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#audit-chain#` / `head#`."""
        return Key(join(practice_id, "audit-chain"), "head#")

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.number, self.hash)


class Seal(Record):
    """A link of the chain. Never changed, never expires."""

    KIND = "audit_seal"

    previous = UnicodeAttribute()
    hash = UnicodeAttribute()
    sealed_at = InstantAttribute()
    leaves = GzipValueAttribute(tuple[Leaf, ...])

    @classmethod
    def key(cls, practice_id: str, number: int) -> Key:
        """`prc_1#audit-chain#` / `seal#000000000001#`: the chain is one Query, in order."""
        return Key(join(practice_id, "audit-chain"), join("seal", f"{number:012d}"))

    @classmethod
    def of(cls, practice_id: str, link: Link) -> "Seal":
        return cls(
            *cls.key(practice_id, link.number),
            previous=link.previous,
            hash=link.hash,
            sealed_at=link.sealed_at,
            leaves=link.leaves,
        )

    @property
    def link(self) -> Link:
        number = int(self.sk.split("#")[1])
        return Link(number, self.previous, self.sealed_at, self.leaves, self.hash)


def entry_key(practice_id: str, leaf: Leaf) -> Key:
    """Where the entry, or the amendment, of a leaf is stored."""
    entry_id = leaf.place.partition("#")[0]
    month = iso(instant_of(entry_id))[:7]
    return Key(AuditEntry.key(practice_id, leaf.actor_id, month, entry_id).pk, leaf.place)
