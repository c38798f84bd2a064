import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.terminology.icd10cm import (
    CodeSet,
    CodeVerdict,
    check_code,
    description,
    dotted,
    search,
    shipped_sets,
    undotted,
)
from chalicelib.terminology.icd10cm_table import (
    CodeEntry,
    entries_beginning_with,
    entries_with_words,
    entry_of,
    table_of,
)

ROOT = Path(__file__).parents[3]
LAST_DAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("M54.50", "Low back pain, unspecified"),
        ("m5450", "Low back pain, unspecified"),
        (" I10 ", "Essential (primary) hypertension"),
        ("A000", "Cholera due to Vibrio cholerae 01, biovar cholerae"),
        ("Z99.89", "Dependence on other enabling machines and devices"),
        ("B20", "Human immunodeficiency virus [HIV] disease"),
        ("S72.001A", None),
        ("T88.7XXA", None),
        ("H81.01", "Ménière's disease, right ear"),
    ],
)
def test_a_billable_code_is_valid_in_its_fiscal_year(code: str, title: str | None) -> None:
    result = check_code(code, LAST_DAY)
    assert (result.verdict, result.fiscal_year, result.message) == (CodeVerdict.VALID, 2026, "")
    assert result.description
    assert title in (None, result.description)


@pytest.mark.parametrize("code", ["M54", "M54.5", "S72.001", "T88.7", "E11.2", "C50"])
def test_a_category_or_header_is_not_billable(code: str) -> None:
    result = check_code(code, LAST_DAY)
    assert result.verdict is CodeVerdict.NOT_BILLABLE
    assert "more specific" in result.message
    assert result.description


@pytest.mark.parametrize(
    "code",
    [
        "M54.500",
        "A00.2",
        "U99.99",
        "XYZ",
        "M5.450",
        "M54.",
        "",
        "M54..50",
        "ICD",
        "99213",
        "M54.5é",
    ],
)
def test_a_code_that_the_release_lacks_is_unknown(code: str) -> None:
    result = check_code(code, LAST_DAY)
    assert result.verdict is CodeVerdict.UNKNOWN
    assert "FY2026" in result.message


@pytest.mark.parametrize("code", ["M54.50", "M54", "U99.99", "nonsense"])
@pytest.mark.parametrize("on", [date(2025, 9, 30), date(2026, 10, 1), date(2026, 11, 23)])
def test_outside_the_loaded_releases_every_code_is_not_checked(code: str, on: date) -> None:
    result = check_code(code, on)
    assert result.verdict is CodeVerdict.NOT_CHECKED
    assert result.message.startswith("not checked for this date")
    assert result.fiscal_year is None


def test_a_release_loaded_beside_the_shipped_ones_answers_for_its_own_year() -> None:
    table = table_of([CodeEntry("M5450", "New title", billable=True)])
    sets = (*shipped_sets(), CodeSet(2027, lambda: table))
    assert check_code("M54.50", date(2026, 10, 1), sets=sets).description == "New title"
    assert check_code("I10", date(2026, 10, 1), sets=sets).verdict is CodeVerdict.UNKNOWN
    assert check_code("I10", LAST_DAY, sets=sets).verdict is CodeVerdict.VALID
    assert description("M54.50", sets=sets) == "New title"
    assert description("I10", sets=sets) == "Essential (primary) hypertension"


def test_a_description_is_found_whatever_the_date() -> None:
    assert description("U07.1") == "COVID-19"
    assert description("U99.99") is None
    assert description("not a code") is None


def test_dots_come_and_go() -> None:
    assert [dotted(c) for c in ("m5450", "M54.50", "I10", "c4a0", "?")] == [
        "M54.50",
        "M54.50",
        "I10",
        "C4A.0",
        "?",
    ]
    assert [undotted(c) for c in ("M54.50", "i10")] == ["M5450", "I10"]
    with pytest.raises(ValueError, match="form"):
        undotted("M54.")


def test_a_search_by_code_lists_what_begins_with_it_in_order() -> None:
    found = search("m54.5", LAST_DAY)
    assert [hit.code for hit in found.hits] == ["M54.5", "M54.50", "M54.51", "M54.59"]
    assert [hit.billable for hit in found.hits] == [False, True, True, True]
    assert search("m545", LAST_DAY).hits == found.hits
    assert [hit.code for hit in search("M54", LAST_DAY, limit=2).hits] == ["M54", "M54.0"]


def test_a_search_by_words_takes_their_beginnings_in_any_order_case_and_accent() -> None:
    assert [hit.code for hit in search("RIGHT meniere", LAST_DAY).hits] == ["H81.01"]
    assert search("hypertension", LAST_DAY).hits[0].code == "I10"
    assert {hit.code for hit in search("neurop type 2 diab", LAST_DAY).hits} >= {"E11.40"}
    assert search("sjögren", LAST_DAY).hits == search("Sjogren", LAST_DAY).hits != ()


def test_a_word_is_not_found_inside_another() -> None:
    assert all("pain" in hit.description.lower() for hit in search("pain", LAST_DAY).hits)
    assert search("ypertension", LAST_DAY).hits == ()


@pytest.mark.parametrize("query", ["", "   ", "???", "zzzz", "疼痛", "A99.9999"])
def test_a_search_that_matches_nothing_is_empty(query: str) -> None:
    assert search(query, LAST_DAY).hits == ()


def test_a_search_for_a_date_without_a_release_says_so_and_uses_the_nearest() -> None:
    found = search("I10", date(2026, 11, 23))
    assert (found.fiscal_year, found.in_force) == (2026, False)
    assert found.hits[0].code == "I10"
    assert search("I10", LAST_DAY).in_force
    with pytest.raises(ValueError, match="no ICD-10-CM release"):
        search("I10", LAST_DAY, sets=())


_codes = st.from_regex(r"[A-C][0-9][0-9A][0-9X]{0,4}", fullmatch=True)
_titles = st.sampled_from(
    ["Low pain", "Pain", "Überlänge of pain", "Painless low fever", "ankle-foot"]
)


@given(st.dictionaries(_codes, st.tuples(_titles, st.booleans()), max_size=30), _codes)
@settings(derandomize=True, max_examples=200, deadline=None)
def test_look_up_and_prefix_agree_with_a_plain_dictionary(
    content: dict[str, tuple[str, bool]], code: str
) -> None:
    entries = {c: CodeEntry(c, title, billable) for c, (title, billable) in content.items()}
    table = table_of(entries.values())
    for asked in (code, *content):
        assert entry_of(table, asked) == entries.get(asked)
        for size in (2, 3, 5):
            prefix = asked[:size]
            expected = [entries[c] for c in sorted(entries) if c.startswith(prefix)]
            assert entries_beginning_with(table, prefix, limit=99) == expected
    found = entries_with_words(table, "pain LOW", limit=99)
    assert sorted(e.code for e in found) == sorted(
        c for c, e in entries.items() if e.title in ("Low pain", "Painless low fever")
    )
    assert [e.billable for e in found] == sorted((e.billable for e in found), reverse=True)


def test_a_table_takes_each_code_once_and_titles_of_one_line() -> None:
    with pytest.raises(ValueError, match="once"):
        table_of([CodeEntry("A00", "one", billable=True), CodeEntry("A00", "two", billable=False)])
    with pytest.raises(ValueError, match="one line"):
        table_of([CodeEntry("A00", "one\ntwo", billable=True)])


def test_the_shipped_release_is_small_quick_and_what_the_build_makes() -> None:
    (shipped,) = (ROOT / "chalicelib/terminology/icd10cm_data").glob("*")
    assert shipped.stat().st_size < 1_500_000
    command = (
        "import time; from datetime import date; from chalicelib.terminology import icd10cm as i; \
t = time.perf_counter(); i.check_code('M54.50', date(2026, 9, 30)); print(time.perf_counter() - t)"
    )
    seconds = min(
        float(subprocess.check_output([sys.executable, "-c", command], cwd=ROOT)) for _ in range(3)
    )
    assert seconds < 0.15
    build = [sys.executable, "-m", "infra.build_icd10cm", "--check"]
    result = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
