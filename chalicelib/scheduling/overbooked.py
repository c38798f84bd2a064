"""Visits beside others on one resource's UTC day. Pure.

What is taken is the union of all visits' buckets, and each taken bucket is on one visit's account:
an overbooked one has those that were free when it came, and inherits where another goes. So no
visit that goes frees what another still needs.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Overbooked:
    """A visit that came where others were: buckets `first` to before `end`, `own` on its account."""

    visit_id: str
    first: int
    end: int
    own: frozenset[int] = frozenset()

    @classmethod
    def read(cls, text: str) -> "Overbooked":
        """`apt_1#168#174#172,173`."""
        visit_id, first, end, own = text.split("#")
        return cls(
            visit_id, int(first), int(end), frozenset(map(int, filter(None, own.split(","))))
        )

    @property
    def text(self) -> str:
        return f"{self.visit_id}#{self.first}#{self.end}#{','.join(map(str, sorted(self.own)))}"

    @property
    def buckets(self) -> frozenset[int]:
        return frozenset(range(self.first, self.end))


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A day after visits have gone and come; `met` are those that came where others are."""

    taken: frozenset[int]
    entries: tuple[Overbooked, ...]
    met: frozenset[str]


def exchanged(
    taken: Collection[int],
    entries: Collection[Overbooked],
    *,
    gone: Mapping[str, frozenset[int]],
    come: Mapping[str, frozenset[int]],
    follows: Mapping[str, str],
) -> Exchanged:
    """`gone` and `come` say a visit's buckets by its id, `follows` whom one that comes replaces.

    It keeps what is on the account of whom it replaces. What else goes is inherited by those that
    stand there, or free. Who comes where others have their account gets an entry.
    """
    followers = {before: after for after, before in follows.items()}
    standing = {each.visit_id: each for each in entries}
    held, kept = set(taken), dict.fromkeys(come, frozenset[int]())
    for visit_id in sorted(gone, key=lambda each: each in followers):
        entry = standing.pop(visit_id, None)
        freed = gone[visit_id] if entry is None else entry.own
        if visit_id in followers:
            kept[followers[visit_id]] = freed & come[followers[visit_id]]
            freed -= come[followers[visit_id]]
        for heir in sorted(standing):
            inherited = standing[heir].buckets & freed
            standing[heir] = replace(standing[heir], own=standing[heir].own | inherited)
            freed -= inherited
        held -= freed
    met = set()
    for visit_id, buckets in come.items():
        own = kept[visit_id] | buckets.difference(held)
        if own != buckets:
            standing[visit_id] = Overbooked(visit_id, min(buckets), max(buckets) + 1, own)
            met.add(visit_id)
        held |= buckets
    return Exchanged(frozenset(held), tuple(standing.values()), frozenset(met))
