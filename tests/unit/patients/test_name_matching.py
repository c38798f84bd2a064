import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.patients.name_matching import (
    LONGEST_PREFIX,
    name_matches,
    name_parts,
    name_tokens,
    normalise_name,
    phone_tokens,
    query_token,
)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (" SMITH-Jones,  Zoë ", "smith jones zoe"),
        ("O’Neil", "oneil"),
        ("O´Neil", "oneil"),
        ("Nguyễn Đức", "nguyen duc"),
        ("Straße", "strasse"),
        ("Ærøskøbing Łódź", "aeroskobing lodz"),
        ("İnönü", "inonu"),
        ("de la Cruz, Jr.", "de la cruz jr"),
        ("ﬁsher １２", "fisher 12"),
        ("王小明", "王小明"),
        ("a_b", "a b"),
        ("  ", ""),
    ],
)
def test_a_name_is_folded(written: str, normal: str) -> None:
    assert normalise_name(written) == normal


def test_decomposed_and_composed_letters_are_the_same_name() -> None:
    assert normalise_name("Zoe\u0308") == normalise_name("Zo\u00eb")


def test_parts_come_from_spaces_and_hyphens_and_from_behind_an_apostrophe() -> None:
    assert name_parts("O'Neil-Šmíd", "Zoë Ann") == ("oneil", "neil", "smid", "zoe", "ann")
    assert name_parts("D'", "'", "Smith", "Smith") == ("d", "smith")


def test_tokens_are_the_beginnings_of_two_to_six_letters() -> None:
    assert name_tokens("Johnson", "Al") == {"jo", "joh", "john", "johns", "johnso", "al"}
    assert name_tokens("O", "王") == {"o", "王"}
    assert name_tokens("", " - ") == frozenset()


def test_a_long_name_makes_at_most_forty_tokens() -> None:
    assert len(name_tokens(" ".join(f"{letter}aaaaaaa" for letter in "abcdefghijkl"))) == 40


@pytest.mark.parametrize(
    ("query", "token"),
    [("jo", "jo"), ("Jo Andersson", "anders"), ("O'NEIL", "oneil"), ("  ", None), ("?!", None)],
)
def test_a_query_is_looked_up_by_its_longest_part(query: str, token: str | None) -> None:
    assert query_token(query) == token


def test_what_was_found_is_sifted_by_every_word_of_the_query() -> None:
    names = ("Andersson-O'Brien", "Zoë")
    for query in ("anders", "zo ANDERSSON", "o'b", "brien zoe", "andersson-o’brien"):
        assert name_matches(query, *names)
    for query in ("andersen", "zoey", "nder", "zoe smith", ""):
        assert not name_matches(query, *names)


def test_a_phone_is_found_whole_or_by_its_last_digits() -> None:
    assert phone_tokens("+16175550123") == {"+16175550123", "5550123", "0123"}


_names = st.lists(st.text(st.characters(categories=["L", "M", "P", "Z"]), max_size=15), max_size=3)


@given(_names, st.data())
@settings(derandomize=True, max_examples=200, deadline=None)
def test_any_beginning_of_a_part_finds_the_patient(names: list[str], data: st.DataObject) -> None:
    parts = name_parts(*names)[:8]
    if not parts:
        assert name_tokens(*names) == frozenset()
        return
    part = data.draw(st.sampled_from(parts))
    query = part[: data.draw(st.integers(min(2, len(part)), len(part)))]
    assert query_token(query) in name_tokens(*names)
    assert name_matches(query, *names)
    assert name_matches(query.upper(), *names)


@given(st.text(max_size=20))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_normalising_twice_changes_nothing_and_leaves_no_mark(text: str) -> None:
    once = normalise_name(text)
    assert normalise_name(once) == once
    assert not any(unicodedata.combining(character) for character in once)
    assert all(len(token) <= LONGEST_PREFIX for token in name_tokens(text))
