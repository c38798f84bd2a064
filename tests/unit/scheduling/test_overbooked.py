"""Visits beside others on one day."""

from hypothesis import given, strategies as st

from chalicelib.scheduling.overbooked import Overbooked, exchanged

stretch = st.tuples(st.integers(0, 20), st.integers(1, 8)).map(
    lambda pair: frozenset(range(pair[0], pair[0] + pair[1]))
)
acts = st.lists(st.tuples(st.sampled_from(["come", "go", "move"]), stretch, st.integers(0, 9)))


@given(steps=acts)
def test_each_taken_bucket_is_on_the_account_of_one_who_is_there(
    steps: list[tuple[str, frozenset[int], int]],
) -> None:
    """Against a list of who is there and, bucket by bucket, on whose account it is."""
    taken: frozenset[int] = frozenset()
    entries: tuple[Overbooked, ...] = ()
    there: dict[str, frozenset[int]] = {}
    account: dict[int, str] = {}
    for number, (verb, buckets, place) in enumerate(steps):
        who, gone = f"apt_{number:02}", {}
        if verb != "come" and there:
            who = sorted(there)[place % len(there)]
            gone = {who: there.pop(who)}
        come = {} if verb == "go" else {who: buckets}
        met = any(account.get(bucket, who) != who for bucket in buckets)
        after = exchanged(taken, entries, gone=gone, come=come, follows=dict.fromkeys(come, who))
        assert after.met == ({who} if come and met else set())
        there |= come
        for bucket in [each for each, owner in account.items() if owner == who]:
            heirs = sorted(each for each, span in there.items() if bucket in span)
            if who not in heirs:
                account |= {bucket: heirs[0]} if heirs else {}
                account = account if heirs else {k: v for k, v in account.items() if k != bucket}
        account = dict.fromkeys(come.get(who, ()), who) | account
        taken, entries = after.taken, after.entries
        assert taken == account.keys() == frozenset().union(*there.values())
        own = {each.visit_id: each.own for each in entries}
        assert {bucket: each for each in there for bucket in own.get(each, there[each])} == account


def test_who_comes_over_a_lapsed_hold_meets_whoever_came_beside_it() -> None:
    span = frozenset(range(6))
    beside = Overbooked("apt_1", 0, 6)
    after = exchanged(span, [beside], gone={"slh_1": span}, come={"apt_2": span}, follows={})
    assert after.met == {"apt_2"}
    after = exchanged(
        span, [beside], gone={"slh_1": span}, come={"apt_2": span}, follows={"apt_2": "slh_1"}
    )
    assert after.met == frozenset()
    assert after.entries == (beside,)


def test_an_entry_reads_as_it_was_written() -> None:
    for own in (frozenset(), frozenset({3, 4})):
        entry = Overbooked("apt_1", 3, 9, own)
        assert Overbooked.read(entry.text) == entry
