"""The check of the audit: each kind of tampering is found, and its first place named (PROMISES 18)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.audit.chain import Anchor, Evidence, Fault, Leaf, Link, hash_of, judge, next_link
from chalicelib.platform.ids import first_id_at

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
LATER = START + timedelta(days=30)


@dataclass
class Audit:
    """A practice's audit as a tamperer finds it; `locked` is out of their reach."""

    links: list[Link]
    stored: dict[str, str]
    locked: list[Anchor]

    @property
    def leaves(self) -> list[Leaf]:
        return [leaf for link in self.links for leaf in link.leaves]

    def faults(self, now: datetime = LATER) -> tuple[Fault, ...]:
        return judge(Evidence(self.links, self.locked, self.stored, {}), now).faults

    def reseal(self, at: int, leaves: tuple[Leaf, ...]) -> None:
        """Forge link `at` and make every later one follow from it."""
        self.links[at] = replace(self.links[at], leaves=leaves)
        for place in range(at, len(self.links)):
            link = self.links[place]
            previous = self.links[place - 1].hash if place else link.previous
            sealed = hash_of(link.number, previous, link.sealed_at, link.leaves)
            self.links[place] = replace(link, previous=previous, hash=sealed)


def audit(random: Random) -> Audit:
    """2 to 6 links of 1 to 8 entries each, one a minute; the last head is locked away."""
    links: list[Link] = []
    clock = START
    for _ in range(random.randint(2, 6)):
        leaves = []
        for _ in range(random.randint(1, 8)):
            clock += timedelta(seconds=random.randint(1, 20))
            place = f"{first_id_at('aud', clock)}#"
            actor = random.choice(("usr_1", "usr_2", "system:billing"))
            leaves.append(Leaf(place, actor, sha256(place.encode()).hexdigest()))
        clock += timedelta(seconds=30)
        head = Anchor(links[-1].number, links[-1].hash) if links else None
        links.append(next_link(head, random.sample(leaves, len(leaves)), clock))
    stored = {leaf.place: leaf.digest for link in links for leaf in link.leaves}
    return Audit(links, stored, [Anchor(links[-1].number, links[-1].hash)])


def edit(random: Random, found: Audit) -> Fault:
    """An entry says something else."""
    leaf = random.choice(found.leaves)
    found.stored[leaf.place] = "f" * 64
    return Fault("entry_edited", seal_of(found, leaf), leaf.place)


def edit_with_its_seal(random: Random, found: Audit) -> Fault:
    """And so does its seal, and all that follow from it."""
    at = random.randrange(len(found.links))
    old = random.choice(found.links[at].leaves)
    new = replace(old, digest="f" * 64)
    found.stored[old.place] = new.digest
    found.reseal(at, tuple(new if leaf == old else leaf for leaf in found.links[at].leaves))
    return Fault("unlike_locked_head", found.locked[0].number)


def delete(random: Random, found: Audit) -> Fault:
    leaf = random.choice(found.leaves)
    del found.stored[leaf.place]
    return Fault("entry_deleted", seal_of(found, leaf), leaf.place)


def delete_a_seal(random: Random, found: Audit) -> Fault:
    """One of the middle, entries and all."""
    link = found.links.pop(random.randrange(len(found.links) - 1))
    for leaf in link.leaves:
        del found.stored[leaf.place]
    return Fault("seal_missing", link.number)


def reorder(random: Random, found: Audit) -> Fault:
    """Two seals change places."""
    at = random.randrange(len(found.links) - 1)
    found.links[at], found.links[at + 1] = found.links[at + 1], found.links[at]
    return Fault("seal_missing", at + 1)


def reorder_in_a_seal(random: Random, found: Audit) -> Fault:
    link = next((each for each in found.links if len(each.leaves) > 1), None)
    if link is None:
        return reorder(random, found)
    turned = (link.leaves[1], link.leaves[0], *link.leaves[2:])
    found.links[link.number - 1] = replace(link, leaves=turned)
    return Fault("seal_altered", link.number, link.leaves[0].place)


def cut_the_tail(random: Random, found: Audit) -> Fault:
    """The last seals are gone, with their entries, and the rest follows from one another."""
    kept = random.randrange(1, len(found.links))
    for link in found.links[kept:]:
        for leaf in link.leaves:
            del found.stored[leaf.place]
    del found.links[kept:]
    return Fault("cut_off", found.locked[0].number)


def insert(random: Random, found: Audit) -> Fault:
    """An entry of a time long past that no sealer ever saw."""
    at = START - timedelta(minutes=random.randint(1, 500))
    place = f"{first_id_at('aud', at)}#"
    found.stored[place] = "e" * 64
    return Fault("entry_in_no_seal", None, place)


def insert_with_its_seal(random: Random, found: Audit) -> Fault:
    """And the chain is forged to have it."""
    at = random.randrange(len(found.links))
    place = f"{first_id_at('aud', START - timedelta(minutes=1))}#"
    found.stored[place] = "e" * 64
    forged = tuple(sorted((*found.links[at].leaves, Leaf(place, "usr_1", "e" * 64))))
    found.reseal(at, forged)
    return Fault("unlike_locked_head", found.locked[0].number)


def seal_twice(random: Random, found: Audit) -> Fault:
    """A seal takes up an entry of the one before."""
    at = random.randrange(1, len(found.links))
    twice = found.links[at - 1].leaves[-1]
    found.links[at] = replace(found.links[at], leaves=(twice, *found.links[at].leaves))
    return Fault("seal_altered", at + 1, twice.place)


TAMPERINGS: tuple[Callable[[Random, Audit], Fault], ...] = (
    edit,
    edit_with_its_seal,
    delete,
    delete_a_seal,
    reorder,
    reorder_in_a_seal,
    cut_the_tail,
    insert,
    insert_with_its_seal,
    seal_twice,
)


def seal_of(found: Audit, leaf: Leaf) -> int:
    return next(link.number for link in found.links if leaf in link.leaves)


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda each: each.__name__)
def test_each_tampering_is_found_and_its_first_place_named(
    tampering: Callable[[Random, Audit], Fault],
) -> None:
    for seed in range(20):
        random = Random(seed)
        found = audit(random)
        assert found.faults() == (), seed
        expected = tampering(random, found)
        faults = found.faults()
        assert faults, (seed, "not found")
        assert faults[0] == expected, (seed, faults)


@given(st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_an_untouched_audit_has_no_fault_and_every_entry_in_it(random: Random) -> None:
    found = audit(random)
    verdict = judge(Evidence(found.links, found.locked, found.stored, {}), LATER)
    assert verdict.faults == ()
    assert (verdict.sealed, verdict.unsealed) == (len(found.stored), 0)


def test_what_is_not_sealed_yet_is_no_fault_until_it_is_overdue() -> None:
    found = audit(Random(1))
    young = f"{first_id_at('aud', LATER - timedelta(days=1))}#"
    found.stored[young] = "a" * 64
    verdict = judge(Evidence(found.links, found.locked, found.stored, {}), LATER)
    assert (verdict.faults, verdict.unsealed) == ((), 1)
    overdue = found.faults(LATER + timedelta(days=2))
    assert overdue == (Fault("entry_in_no_seal", None, young),)


def test_an_entry_that_waits_is_compared_with_what_the_stream_had_of_it() -> None:
    place = f"{first_id_at('aud', LATER)}#"
    for stored, expected in (
        ({place: "a" * 64}, ()),
        ({place: "b" * 64}, (Fault("entry_edited", None, place),)),
        ({}, (Fault("entry_deleted", None, place),)),
    ):
        verdict = judge(Evidence([], [], stored, {place: "a" * 64}), LATER)
        assert (verdict.faults, verdict.unsealed) == (expected, 1)


def test_an_entry_that_was_sealed_days_after_its_time_has_to_be_explained() -> None:
    leaf = Leaf(f"{first_id_at('aud', START)}#", "usr_1", "a" * 64)
    link = next_link(None, [leaf], START + timedelta(days=3))
    verdict = judge(Evidence([link], [], {leaf.place: leaf.digest}, {}), LATER)
    assert verdict.faults == (Fault("sealed_late", 1, leaf.place),)


def test_a_head_that_was_never_the_chains_is_named() -> None:
    found = audit(Random(2))
    found.locked.append(Anchor(1, "0" * 64))
    assert found.faults() == (Fault("unlike_locked_head", 1),)
