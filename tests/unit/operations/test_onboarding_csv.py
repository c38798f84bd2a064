"""A CSV of practices, read row by row."""

import pytest
from hypothesis import given, strategies as st

from chalicelib.operations.onboarding_csv import COLUMNS, MOST_ROWS, BrokenTable, read_rows

HEADER = ",".join(COLUMNS)
GOOD = "Oak Clinic,US,America/New_York,USD,en-US,Olive Oak,olive@oak.example"


def test_a_good_row_has_its_values_by_column() -> None:
    (row,) = read_rows(f"{HEADER}\n{GOOD}\n")
    assert (row.line, row.problem) == (2, "")
    assert row.values["practice_name"] == "Oak Clinic"
    assert list(row.values) == list(COLUMNS)


def test_columns_may_stand_in_any_order_with_others_between() -> None:
    (row,) = read_rows(
        "Email,note,NAME,locale,currency,time_zone,country,practice_name\r\n"
        "olive@oak.example,call first,Olive Oak,en-US,USD,America/New_York,US,Oak\r\n"
    )
    assert row.values["email"] == "olive@oak.example"
    assert "note" not in row.values


def test_a_quoted_cell_may_hold_commas_and_line_breaks_and_lines_still_count() -> None:
    text = f'{HEADER}\n"Oak,\nElm",US,UTC,USD,en-US,O,o@x.example\n\n{GOOD}\n'
    rows = read_rows("\ufeff" + text)
    assert [(row.line, row.values["practice_name"]) for row in rows] == [
        (3, "Oak,\nElm"),
        (5, "Oak Clinic"),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a,b", "2 cells, the header has 7"),
        (GOOD + ",more", "8 cells, the header has 7"),
        (GOOD.replace("olive@oak.example", " "), "email is empty"),
        (GOOD.replace("Oak Clinic,US", ","), "practice_name, country is empty"),
    ],
)
def test_a_row_that_is_wrong_says_so_and_the_others_are_read(row: str, problem: str) -> None:
    rows = read_rows(f"{HEADER}\n{row}\n{GOOD}\n")
    assert [each.problem for each in rows] == [problem, ""]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no column practice_name"),
        ("name,email\n", "line 1: no column practice_name"),
        (f"{HEADER},name\n", "line 1: name stands twice"),
        (f'{HEADER}\n"never closed', "line 2: unexpected end of data"),
        (f"{HEADER}\n" + f"{GOOD}\n" * (MOST_ROWS + 1), "201 rows; at most 200 at once"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(text: str, said: str) -> None:
    with pytest.raises(BrokenTable) as broken:
        read_rows(text)
    assert str(broken.value).startswith(said)


@given(st.text(max_size=300))
def test_any_text_is_rows_or_a_broken_table(text: str) -> None:
    try:
        rows = read_rows(f"{HEADER}\n{text}")
    except BrokenTable:
        return
    assert all(row.problem or set(row.values) == set(COLUMNS) for row in rows)
