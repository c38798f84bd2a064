"""What a text may be: the document and the check say the same of blanks."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.platform.http import Body, Line, Text, Words
from chalicelib.terminology.schemas import DiagnosisCodeQuery

BLANKS = [*" \t\n\v\f\r", *map(chr, (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029,
                                    0x202F, 0x205F, 0x3000))]  # fmt: skip


class Said(Body):
    line: Line = "x"
    text: Text = "x"
    words: Words = "x"


def _refused(field: str, given: str) -> bool:
    try:
        Said.model_validate({field: given})
    except ValidationError:
        return True
    return False


def _documented(field: str) -> dict[str, Any]:
    found: dict[str, Any] = Said.model_json_schema()["properties"][field]
    return found


@pytest.mark.parametrize("field", ["line", "words"])
@pytest.mark.parametrize("blank", BLANKS, ids=lambda blank: f"U+{ord(blank):04X}")
def test_blanks_alone_are_nothing_and_the_document_says_so(field: str, blank: str) -> None:
    assert _refused(field, 3 * blank)
    assert not re.search(_documented(field)["pattern"], 3 * blank)


@pytest.mark.parametrize("blank", BLANKS, ids=lambda blank: f"U+{ord(blank):04X}")
def test_blanks_at_the_ends_are_taken_off(blank: str) -> None:
    said = Said(line=f"{blank}a b{blank}", words=f"{blank}a\nb{blank}", text=blank)
    assert (said.line, said.words, said.text) == ("a b", "a\nb", "")


@pytest.mark.parametrize("given", ["\u200b", "\ufeff", "\u0301", "-", "\U0001f9d1"])
def test_all_else_is_something_even_where_nothing_is_seen(given: str) -> None:
    for field in ("line", "words"):
        assert not _refused(field, given)
        assert re.search(_documented(field)["pattern"], given)


@pytest.mark.parametrize(("given", "refused"), [("a ", True), (" a", True), ("a b", False)])
def test_a_search_takes_two_letters(given: str, refused: bool) -> None:
    pattern = DiagnosisCodeQuery.model_json_schema()["properties"]["text"]["pattern"]
    assert bool(re.search(pattern, given)) is not refused
    if refused:
        with pytest.raises(ValidationError):
            DiagnosisCodeQuery(text=given)
    else:
        assert DiagnosisCodeQuery(text=given).text == given
