"""The chain of a practice's audit: each link seals some entries and the link before (ADR 12).

Pure: the sealer makes links by it, and the check of the audit judges by it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from ..platform.clock import iso
from ..platform.ids import instant_of

GENESIS = "0" * 64
SETTLED = timedelta(days=2)
"""By then the stream, or the daily sweep, has brought every entry before the sealer."""


@dataclass(frozen=True, slots=True, order=True)
class Leaf:
    """A sealed entry or amendment: its sort key, whose partition it lies in, SHA-256 of what is stored."""

    place: str
    actor_id: str
    digest: str

    @property
    def at(self) -> datetime:
        """When it was written, as its id says."""
        return instant_of(self.place.partition("#")[0])


@dataclass(frozen=True, slots=True)
class Link:
    """Seal number 1, 2, 3, … of a practice: its entries in the order of their sort keys."""

    number: int
    previous: str
    sealed_at: datetime
    leaves: tuple[Leaf, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The chain's head as it was put under Object Lock."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be so. `seal` and `entry` name the place, as far as it has one."""

    kind: str
    seal: int | None = None
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All there is of a practice's audit: `stored` and `waiting` are digests by sort key."""

    links: Sequence[Link]
    anchors: Iterable[Anchor]
    stored: Mapping[str, str]
    waiting: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults` in the chain's order, the first bad place first; `unsealed` are still to be sealed."""

    faults: tuple[Fault, ...]
    sealed: int
    unsealed: int


def next_link(head: Anchor | None, leaves: Iterable[Leaf], sealed_at: datetime) -> Link:
    """The link after `head`; the first one without."""
    number, previous = (head.number + 1, head.hash) if head else (1, GENESIS)
    ordered = tuple(sorted(leaves))
    return Link(number, previous, sealed_at, ordered, hash_of(number, previous, sealed_at, ordered))


def hash_of(number: int, previous: str, sealed_at: datetime, leaves: Iterable[Leaf]) -> str:
    """SHA-256, in hex, of the link's canonical JSON."""
    said = [number, previous, iso(sealed_at), [asdict(leaf) for leaf in leaves]]
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def judge(evidence: Evidence, now: datetime) -> Verdict:
    """Walk the chain, then look at what is in no link.

    Edits, deletions, reordering, a cut tail, entries put in: each is a fault, the first place of it
    named. What is younger than SETTLED and not sealed yet is no fault.
    """
    walk = _Walk(evidence)
    faults = [
        *walk.links(),
        *_anchors(evidence),
        *(_left_out(evidence, walk.sealed, now)),
    ]
    known = walk.sealed.keys()
    unsealed = len((evidence.stored.keys() | evidence.waiting.keys()) - known)
    return Verdict(tuple(faults), len(known), unsealed)


@dataclass(slots=True)
class _Walk:
    """Along the chain: which entry lies in which link."""

    evidence: Evidence
    sealed: dict[str, int] = field(default_factory=dict)

    def links(self) -> Iterator[Fault]:
        before: Link | None = None
        for link in self.evidence.links:
            expected = before.number + 1 if before else 1
            if link.number != expected:
                yield Fault("seal_missing", expected)
            elif link.previous != (before.hash if before else GENESIS):
                yield Fault("chain_broken", link.number)
            yield from self._link(link)
            before = link

    def _link(self, link: Link) -> Iterator[Fault]:
        found = list(self._leaves(link))
        if link.hash != hash_of(link.number, link.previous, link.sealed_at, link.leaves):
            first = next((each.entry for each in found if each.entry), None)
            yield Fault("seal_altered", link.number, first)
        yield from found

    def _leaves(self, link: Link) -> Iterator[Fault]:
        last = ""
        for leaf in link.leaves:
            stored = self.evidence.stored.get(leaf.place)
            if leaf.place in self.sealed:
                yield Fault("sealed_twice", link.number, leaf.place)
            elif leaf.place < last:
                yield Fault("out_of_order", link.number, leaf.place)
            if stored is None:
                yield Fault("entry_deleted", link.number, leaf.place)
            elif stored != leaf.digest:
                yield Fault("entry_edited", link.number, leaf.place)
            elif link.sealed_at - leaf.at > SETTLED:
                yield Fault("sealed_late", link.number, leaf.place)
            self.sealed.setdefault(leaf.place, link.number)
            last = leaf.place


def _anchors(evidence: Evidence) -> Iterator[Fault]:
    """What was locked away says how long the chain was, and how it ran."""
    hashes = {link.number: link.hash for link in evidence.links}
    for anchor in sorted(evidence.anchors, key=lambda each: each.number):
        if anchor.number not in hashes:
            yield Fault("cut_off", anchor.number)
        elif hashes[anchor.number] != anchor.hash:
            yield Fault("unlike_locked_head", anchor.number)


def _left_out(evidence: Evidence, sealed: Mapping[str, int], now: datetime) -> Iterator[Fault]:
    for place in sorted(evidence.stored.keys() - sealed.keys()):
        noted = evidence.waiting.get(place)
        if noted is None and now - Leaf(place, "", "").at > SETTLED:
            yield Fault("entry_in_no_seal", entry=place)
        elif noted is not None and noted != evidence.stored[place]:
            yield Fault("entry_edited", entry=place)
    for place in sorted(evidence.waiting.keys() - evidence.stored.keys() - sealed.keys()):
        yield Fault("entry_deleted", entry=place)
