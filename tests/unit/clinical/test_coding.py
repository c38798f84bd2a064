"""The codes of an encounter: what may stand on a claim, and what points where."""

from datetime import date

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.clinical.coding import (
    Diagnosis,
    Procedure,
    diagnoses_of,
    diagnosis_of,
    missing_codes,
    wrong_pointers,
)
from chalicelib.platform.errors import FieldError
from chalicelib.terminology.icd10cm import CodeVerdict
from chalicelib.terminology.usable_codes import USABLE, has_form

LOADED, NOT_LOADED = date(2026, 3, 2), date(2026, 10, 1)
BACK_PAIN = Diagnosis("M54.50", "valid", "Low back pain, unspecified")


def test_a_valid_code_becomes_a_dotted_diagnosis_with_its_title() -> None:
    assert diagnosis_of("m5450", LOADED, field="code") == BACK_PAIN


def test_the_day_after_the_loaded_year_is_not_checked_and_keeps_the_title() -> None:
    found = diagnosis_of("M54.50", NOT_LOADED, field="code")
    assert found == Diagnosis("M54.50", "not_checked", "Low back pain, unspecified")


@pytest.mark.parametrize(
    ("code", "on", "why"),
    [
        ("M54.5", LOADED, "not_billable"),
        ("M54.5Z", LOADED, "unknown"),
        ("M54-50", LOADED, "bad_form"),
        ("M54-50", NOT_LOADED, "bad_form"),
        ("", NOT_LOADED, "bad_form"),
    ],
)
def test_a_code_that_cannot_be_used_is_named_with_its_reason(code: str, on: date, why: str) -> None:
    wrong = diagnosis_of(code, on, field="diagnoses.3.code")
    assert isinstance(wrong, FieldError)
    assert (wrong.field, wrong.code) == ("diagnoses.3.code", why)
    assert wrong.message


def test_a_header_is_usable_where_it_is_allowed() -> None:
    usable = USABLE | {CodeVerdict.NOT_BILLABLE}
    header = diagnosis_of("E11", LOADED, field="code", usable=usable)
    assert header == Diagnosis("E11", "not_billable", "Type 2 diabetes mellitus")


def test_wrong_codes_are_told_beside_the_right_ones() -> None:
    right, wrong = diagnoses_of(["I10", "nonsense", "M54.50", "i10"], LOADED)
    assert [each.code for each in right] == ["I10", "M54.50", "I10"]
    assert [(each.field, each.code) for each in wrong] == [
        ("diagnoses.1.code", "bad_form"),
        ("diagnoses.3.code", "repeated"),
    ]


@given(
    st.lists(st.lists(st.integers(-1, 14), max_size=4), max_size=6),
    st.integers(0, 12),
)
@settings(max_examples=200, derandomize=True)
def test_pointers_are_right_if_each_points_to_one_diagnosis_that_is_there(
    pointers: list[list[int]], diagnoses: int
) -> None:
    procedures = [Procedure("G0463", pointers=tuple(each)) for each in pointers]
    wrong = {error.field for error in wrong_pointers(procedures, diagnoses)}
    there = set(range(1, diagnoses + 1))
    expected = {
        f"procedures.{line}.pointers"
        for line, each in enumerate(pointers)
        if not set(each) <= there or len(each) != len(set(each))
    }
    assert wrong == expected


def test_signing_wants_a_diagnosis_for_what_was_done_and_a_reason_for_each() -> None:
    pointed, unpointed = Procedure("G0463", pointers=(1,)), Procedure("A0001")
    assert missing_codes([], []) == []
    assert missing_codes([BACK_PAIN], []) == []
    assert missing_codes([BACK_PAIN], [pointed]) == []
    assert [each.field for each in missing_codes([], [unpointed])] == ["diagnoses"]
    fields = [each.field for each in missing_codes([BACK_PAIN], [pointed, unpointed])]
    assert fields == ["procedures.1.pointers"]


@pytest.mark.parametrize("code", ["M54.50", "m5450", "I10", " e11.9 ", "S72.001A"])
def test_codes_have_the_form_of_a_code(code: str) -> None:
    assert has_form(code)


@pytest.mark.parametrize("code", ["M", "54.50", "M54.", "M54.500000", "99213", "M54.5\n0"])
def test_other_text_has_not(code: str) -> None:
    assert not has_form(code)
