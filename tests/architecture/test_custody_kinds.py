"""Each kind of record says whether it leaves with a practice."""

from chalicelib.custody.kinds import EXPORTED, LEFT_OUT, SEALED, is_exported
from chalicelib.platform.late import kinds

OF_THE_PRODUCT = set(kinds())


def test_every_kind_is_exported_or_left_out_with_a_reason() -> None:
    undecided = OF_THE_PRODUCT - EXPORTED.keys() - LEFT_OUT.keys() - SEALED
    assert sorted(undecided) == [], "say in chalicelib/custody/kinds.py whether these leave"
    assert EXPORTED.keys() & LEFT_OUT.keys() == set()
    assert all({**EXPORTED, **LEFT_OUT}.values())


def test_no_kind_is_decided_that_there_is_not() -> None:
    assert sorted((EXPORTED.keys() | LEFT_OUT.keys()) - OF_THE_PRODUCT) == []


def test_an_unknown_kind_leaves_if_it_is_the_practices_own() -> None:
    assert is_exported("of_a_later_release", system=False)
    assert not is_exported("of_a_later_release", system=True)
    assert is_exported("workplace", system=True)
    assert not is_exported("session", system=False)
