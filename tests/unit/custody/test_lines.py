"""A record as a line and back: nothing lost, and readable without us."""

import gzip
import json
from random import Random
from typing import Any

import pytest

from chalicelib.custody.lines import line_of, row_of, text_of
from chalicelib.custody.rekeying import rekeyed
from tests.builders.practices import random_practice, some_id

SEED = 14


def test_a_thousand_random_records_come_back_as_they_were() -> None:
    random = Random(SEED)
    rows = [
        row for _ in range(20) for row in random_practice(random, some_id(random, "prc"), rows=50)
    ]
    assert len(rows) > 1_000
    for row in rows:
        read = json.loads(text_of(line_of(row)))
        assert _sorted(row_of(read)) == _sorted(row), f"seed {SEED}"


def test_a_record_under_another_practice_and_back_is_the_same() -> None:
    random = Random(SEED)
    own, other = some_id(random, "prc"), some_id(random, "prc")
    for row in random_practice(random, own, rows=200):
        line = line_of(row)
        moved = rekeyed(line, own, other)
        assert own not in json.dumps(moved)
        assert rekeyed(moved, other, own) == line


def test_words_in_a_text_are_not_changed_with_the_practice() -> None:
    line = {"kind": "x", "key": ["prc_1#", "x#"], "attributes": {"a": "of prc_1, not prc_1/x"}}
    assert rekeyed(line, "prc_1", "prc_2")["attributes"] == line["attributes"]


@pytest.mark.parametrize(
    ("stored", "shown", "type_"),
    [
        ({"N": "12550"}, 12550, None),
        ({"N": "-3"}, -3, None),
        ({"N": "1.5"}, "1.5", "number"),
        ({"S": '{"amount":1}'}, {"amount": 1}, "json"),
        ({"S": '{"amount": 1}'}, '{"amount": 1}', None),
        ({"S": '{"a":1,"a":2}'}, '{"a":1,"a":2}', None),
        ({"S": "[x"}, "[x", None),
        ({"B": gzip.compress("naïve".encode(), mtime=0)}, "naïve", "gzip"),
        ({"B": b"\x1f\x8b no gzip"}, "H4sgbm8gZ3ppcA==", "bytes"),
        ({"NS": ["9", "10"]}, [9, 10], "integers"),
    ],
)
def test_what_a_value_looks_like(stored: Any, shown: Any, type_: str | None) -> None:
    keys = {name: {"S": "x#"} for name in ("pk", "sk", "kind")}
    line = line_of({**keys, "a": stored})
    assert (line["attributes"]["a"], line.get("types", {}).get("a")) == (shown, type_)
    assert _sorted({"a": row_of(line)["a"]}) == _sorted({"a": stored})


@pytest.mark.parametrize(
    "over", [{"types": {"a": "unknown"}}, {"attributes": {"a": 1.5}}, {"key": ["x#"]}]
)
def test_what_is_no_line_is_refused(over: dict[str, Any]) -> None:
    line = {"kind": "x", "key": ["x#", "y#"], "version": 1, "schema": 1, "attributes": {"a": 1}}
    with pytest.raises((ValueError, TypeError)):
        row_of({**line, **over})


def _sorted(row: dict[str, Any]) -> dict[str, Any]:
    """Sets have no order."""
    return {
        name: {sort: sorted(held) if sort in ("SS", "NS") else held for sort, held in value.items()}
        for name, value in row.items()
    }
