"""One content, one text, one hash."""

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.clinical.note_body import canonical, digest, is_readable, read_body
from chalicelib.clinical.specialty_templates import TEMPLATES

SOAP = TEMPLATES["soap_general"]
KEYS = st.text("abcdefgh_", min_size=1, max_size=6)
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6)
VALUES = (
    st.text(max_size=12)
    | st.booleans()
    | st.fixed_dictionaries({"value": NUMBERS, "unit": st.sampled_from(["kg", "Cel"])})
)
CONTENTS = st.dictionaries(KEYS, st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), max_size=4)
FEW = settings(max_examples=100, derandomize=True)


def _reversed(content: dict[str, Any]) -> dict[str, Any]:
    return {
        section: dict(reversed(fields.items())) for section, fields in reversed(content.items())
    }


@given(CONTENTS)
@FEW
def test_what_was_written_is_read(content: dict[str, Any]) -> None:
    body = read_body(canonical(SOAP, content))
    assert body.content == content
    assert (body.template, body.template_version) == (SOAP.key, SOAP.version)


@given(CONTENTS)
@FEW
def test_the_order_of_fields_and_blanks_make_no_other_text(content: dict[str, Any]) -> None:
    blanks: dict[str, Any] = {"zz_none": None, "zz_empty": {}, "zz_blank": {"field": None}}
    assert canonical(SOAP, {**blanks, **_reversed(content)}) == canonical(SOAP, content)


@given(CONTENTS, CONTENTS)
@FEW
def test_other_content_is_another_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = digest(canonical(SOAP, one)) == digest(canonical(SOAP, other))
    assert same == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


def test_the_template_is_part_of_what_is_signed() -> None:
    other = TEMPLATES["dermatology"]
    assert digest(canonical(SOAP, {})) != digest(canonical(other, {}))


def test_the_hash_is_sha_256_of_this_very_text() -> None:
    text = canonical(SOAP, {"plan": {"treatment": "Ruhe, Wärme", "follow_up": None}})
    expected = (
        '{"content":{"plan":{"treatment":"Ruhe, Wärme"}},'
        '"template":"soap_general","template_version":1}'
    )
    assert text == expected
    assert digest(text) == sha256(expected.encode()).hexdigest()


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical(SOAP, {"vitals": {"pulse": {"value": float("nan"), "unit": "/min"}}})


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "{", '{"template": "x"}', "back pain"])
def test_other_text_is_no_body(text: str) -> None:
    assert not is_readable(text)
    with pytest.raises(ValueError):
        read_body(text)
