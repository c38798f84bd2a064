"""docs/promises.md names the tests that show each promise: they are there, and no campaign is left out."""

import re
from collections.abc import Iterator

from tests.architecture.source_tree import ROOT

PAGE = (ROOT / "docs/promises.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE)))
PROMISED = [*range(1, 23), *range(27, 39)]
OF_LATER = {7}
"""No patient signs in yet."""


def test_every_test_that_is_named_is_there() -> None:
    assert len(NAMED) > 40
    assert [path for path in NAMED if not (ROOT / path).is_file()] == []


def test_every_promise_names_a_test() -> None:
    rows = dict(_rows())
    assert list(rows) == PROMISED
    assert {number for number, row in rows.items() if "`tests/" not in row} == OF_LATER


def test_every_campaign_is_named() -> None:
    files = ((path.relative_to(ROOT), path.read_text()) for path in ROOT.glob("tests/*/**/*.py"))
    campaigns = {str(path) for path, source in files if "mark.campaign" in source}
    assert len(campaigns) > 15
    assert sorted(campaigns - {*NAMED, "tests/architecture/test_promises_page.py"}) == []


def _rows() -> Iterator[tuple[int, str]]:
    for line in PAGE.splitlines():
        if found := re.match(r"\| (\d+) \|", line):
            yield int(found[1]), line
