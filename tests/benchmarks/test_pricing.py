"""Known answers of the pricing: AWS's published rules and examples, and byte costs measured there."""

from decimal import Decimal
from math import ceil
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from .pricing import (
    Consistency,
    Index,
    Item,
    index_write_units,
    item_size,
    number_size,
    read_units,
    value_size,
    write_units,
)

KB = 1024
quick = settings(deadline=None, derandomize=True, max_examples=100)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, max_value=10**12)


def item_of(size: int) -> Item:
    return {"p": {"S": "x" * (size - 1)}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "é€😀"}, 2 + 3 + 4),
        ({"B": b"\x00\xff"}, 2),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "é"]}, 4),
        ({"NS": ["0", "7", "287"]}, 1 + 2 + 3),
        ({"BS": [b"a", b"bcd"]}, 4),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": True}]}, 3 + (1 + 2) + (1 + 1)),
        ({"M": {"é": {"S": "abc"}}}, 3 + 1 + 2 + 3),
        ({"M": {"a": {"L": [{"M": {}}]}}}, 3 + 1 + 1 + (3 + 1 + 3)),
    ],
)
def test_a_value_has_the_size_that_the_guide_gives_its_type(
    value: dict[str, Any], size: int
) -> None:
    assert value_size(value) == size


def test_an_item_is_the_sum_of_its_names_in_utf_8_and_its_values() -> None:
    assert item_size({"pk": {"S": "k"}, "größe": {"N": "42"}}) == (2 + 1) + (7 + 2)


def test_an_unknown_attribute_type_is_refused() -> None:
    with pytest.raises(ValueError, match="XX"):
        value_size({"XX": "1"})


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 1),
        ("-0", 1),
        ("1", 2),
        ("12", 2),
        ("15", 2),
        ("123", 3),
        ("1234", 3),
        ("123456", 4),
        ("12345678901234567890123456789012345678", 20),
        ("0042", 2),
        ("100", 2),
        ("1010", 3),
        ("0.0000001", 2),
        ("0.15", 2),
        ("1E125", 2),
        ("1E-100", 2),
        ("1.2", 3),
        ("1.200", 3),
        ("1.5", 3),
        ("1.234", 4),
        ("3.14159", 5),
        ("100.5", 4),
        ("-42", 3),
    ],
)
def test_a_number_has_the_size_that_was_measured_in_aws(text: str, size: int) -> None:
    assert number_size(text) == size


@pytest.mark.parametrize("text", ["", "-", ".", "abc", "1e", "1 2"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        number_size(text)


@quick
@given(number=decimals)
def test_a_number_takes_a_byte_for_two_digits_as_published_or_one_more(number: Decimal) -> None:
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    published = ceil(len(digits) / 2) + 1 + (number < 0)

    assert 0 <= number_size(f"{number:f}") - published <= 1


@quick
@given(number=decimals)
def test_a_number_costs_the_same_however_it_is_written(number: Decimal) -> None:
    assert number_size(f"{number:f}") == number_size(f"{number:e}") == number_size(f"{number:f}00")


@pytest.mark.parametrize(
    ("size", "consistency", "units"),
    [
        (3_500, Consistency.STRONG, 1),
        (4 * KB, Consistency.STRONG, 1),
        (4 * KB + 1, Consistency.STRONG, 2),
        (8 * KB, Consistency.STRONG, 2),
        (8 * KB, Consistency.EVENTUAL, 1),
        (8 * KB, Consistency.TRANSACTIONAL, 4),
        (10 * KB, Consistency.STRONG, 3),
        (20 * KB, Consistency.STRONG, 5),
        (80 * KB, Consistency.EVENTUAL, 10),
        (int(40.8 * KB), Consistency.STRONG, 11),
        (1_500 * 64, Consistency.STRONG, 24),
        (1_500 * 64, Consistency.EVENTUAL, 12),
        (100 * KB, Consistency.EVENTUAL, 12.5),
        (0, Consistency.STRONG, 1),
        (0, Consistency.EVENTUAL, 0.5),
        (0, Consistency.TRANSACTIONAL, 2),
    ],
)
def test_a_read_costs_what_the_guide_s_example_says(
    size: int, consistency: Consistency, units: float
) -> None:
    assert read_units(size, consistency) == units


def test_items_of_a_batch_are_rounded_one_by_one() -> None:
    """[Reads]: 1.5 KB and 6.5 KB are 12 KB, not 8 KB; [Writes]: 500 B and 3.5 KB are 5 KB."""
    read = [read_units(int(size * KB), Consistency.STRONG) for size in (1.5, 6.5)]
    written = [write_units(None, item_of(size)) for size in (500, int(3.5 * KB))]

    assert (sum(read), sum(written)) == (3, 5)


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, item_of(1), 1),
        (None, item_of(KB), 1),
        (None, item_of(KB + 1), 2),
        (None, item_of(int(1.6 * KB)), 2),
        (item_of(5 * KB), item_of(KB), 5),
        (item_of(KB), item_of(5 * KB), 5),
        (item_of(3 * KB), None, 3),
        (None, None, 1),
        (item_of(300 * KB), item_of(310 * KB), 310),
    ],
)
def test_a_write_costs_the_larger_image_and_twice_that_in_a_transaction(
    before: Item | None, after: Item | None, units: int
) -> None:
    assert write_units(before, after) == units
    assert write_units(before, after, transactional=True) == 2 * units


INCLUDE = Index("gs1", ("gs1pk", "gs1sk"), frozenset({"gs1pk", "gs1sk", "pk", "sk", "name"}))
KEYS_ONLY = Index("gs2", ("gs1pk",), frozenset({"gs1pk", "pk", "sk"}))
ALL = Index("gs3", ("gs1pk",), None)
PLAIN: Item = {"pk": {"S": "p"}, "sk": {"S": "s"}, "other": {"S": "o"}}
INDEXED: Item = {**PLAIN, "gs1pk": {"S": "A"}, "gs1sk": {"S": "1"}, "name": {"S": "n"}}


@pytest.mark.parametrize(
    ("rule", "before", "after", "units"),
    [
        ("a new item defines the indexed attribute", None, INDEXED, 1),
        ("an update defines it", PLAIN, INDEXED, 1),
        ("the key changes from A to B", INDEXED, {**INDEXED, "gs1pk": {"S": "B"}}, 2),
        ("the sort key changes", INDEXED, {**INDEXED, "gs1sk": {"S": "2"}}, 2),
        ("the indexed attribute is removed", INDEXED, PLAIN, 1),
        ("the item is deleted", INDEXED, None, 1),
        ("absent before and after", PLAIN, {**PLAIN, "other": {"S": "p"}}, 0),
        ("half a key is no entry", None, {**PLAIN, "gs1pk": {"S": "A"}}, 0),
        ("a projected value changes", INDEXED, {**INDEXED, "name": {"S": "m"}}, 1),
        ("another value changes", INDEXED, {**INDEXED, "other": {"S": "p"}}, 0),
        ("the same is written again", INDEXED, dict(INDEXED), 0),
        ("a larger value", INDEXED, {**INDEXED, "name": {"S": "n" * 2 * KB}}, 3),
        ("a larger value and key", INDEXED, {**INDEXED, "gs1pk": {"S": "n" * 2 * KB}}, 4),
    ],
)
def test_an_index_costs_what_the_guide_s_rule_says(
    rule: str, before: Item | None, after: Item | None, units: int
) -> None:
    assert index_write_units(INCLUDE, before, after) == units, rule


def test_only_what_an_index_projects_is_paid_for() -> None:
    large = {**INDEXED, "other": {"S": "o" * 5 * KB}}
    renamed = {**large, "name": {"S": "m"}}

    put = [index_write_units(index, None, large) for index in (KEYS_ONLY, INCLUDE, ALL)]
    update = [index_write_units(index, large, renamed) for index in (KEYS_ONLY, INCLUDE, ALL)]

    assert (put, update) == ([1, 1, 6], [0, 1, 6])


def test_a_set_in_another_order_is_the_same_entry() -> None:
    before: Item = {**INDEXED, "tags": {"M": {"all": {"L": [{"SS": ["a", "b"]}]}}}}
    after: Item = {**INDEXED, "tags": {"M": {"all": {"L": [{"SS": ["b", "a"]}]}}}}
    other: Item = {**INDEXED, "tags": {"M": {"all": {"L": [{"SS": ["b", "c"]}]}}}}

    assert index_write_units(ALL, before, after) == 0
    assert index_write_units(ALL, before, other) == 1
