"""What is refused as a password that everybody tries first, and what is not."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.identity.credentials.common_passwords import common_passwords
from chalicelib.identity.credentials.passwords import (
    MINIMUM,
    MINIMUM_WITH_FACTOR,
    hash_password,
    holds,
    stands_alone,
)
from chalicelib.identity.errors import WeakPassword


def _codes(password: str, **how: Any) -> list[str]:
    with pytest.raises(WeakPassword) as refused:
        hash_password(password, **how)
    return [error.code for error in refused.value.errors]


@pytest.mark.parametrize(
    "password",
    [
        "abcabcabcabcabc",
        "Passw0rd!Passw0rd!",
        "letmeinLETMEINletmein",
        "aaaaaaaabbbbbbbb",
        "123456789012345",
        "0987654321098765",
        "qwertyuiop123456",
        "1qwertyuiopasdfg",
        "zyxwvutsrqponmlkj",
        "abcdefghijklmnop",
    ],
)
def test_a_repetition_or_a_row_of_keys_is_common(password: str) -> None:
    assert _codes(password) == ["common"]


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "the quick brown fox",
        "where were we sweaty then",
        "0000 1111 2222 3333",
        "12-11-1987 a birthday",
        "qwerty is not enough",
        "nananananananana batman",
    ],
)
def test_a_phrase_is_not(password: str) -> None:
    assert hash_password(password).startswith("$argon2id$")


@settings(max_examples=10, derandomize=True, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=MINIMUM - 1))
def test_a_short_one_is_refused_whatever_is_in_it(password: str) -> None:
    if len(unicodedata.normalize("NFKC", password)) < MINIMUM:
        assert _codes(password) == ["too_short"]


@settings(max_examples=10, derandomize=True, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
def test_only_the_very_password_holds(more: str) -> None:
    password = "correct horse battery" + more
    kept = hash_password(password)
    assert holds(kept, password)
    assert not holds(kept, password + "x")
    assert not holds(kept, password[:-1])


def test_no_password_holds_where_there_is_no_hash() -> None:
    assert not holds(None, "no account has this password")


@pytest.mark.parametrize(
    "password",
    [
        "baseball", "Football", "sunshine", "trustno1", "1qaz2wsx", "password", "PASSWORD1",
        "P@ssw0rd", "princess2026", "!!iloveyou!!", "superman-1", "c0mputer", "12345678",
        "mailcreated5240", "qwerty123456789", "password 123 456 789",
    ],
)  # fmt: skip
def test_one_of_the_common_list_or_a_plain_disguise_of_it_is_refused(password: str) -> None:
    assert _codes(password, with_factor=True) == ["common"]


@pytest.mark.parametrize(
    "password",
    [
        "ada.lovelace@elm.example",
        "my ada.lovelace@elm.example pass",
        "AdaLovelace-and-more-words",
        "the clinic is Elm Street Clinic!",
        "ELMSTREETCLINIC2026",
        "lovelace clinic 42",
        "street lovelace 1",
        "Lovelace1852",
    ],
)
def test_one_made_of_the_person_or_the_practice_is_refused(password: str) -> None:
    about = ("ada.lovelace@elm.example", "Ada Lovelace", "Elm Street Clinic")
    assert _codes(password, with_factor=True, about=about) == ["personal"]


@pytest.mark.parametrize(
    "password",
    ["the street where I live is long", "my ada is a language", "seven clinics on one hill"],
)
def test_one_that_has_a_word_in_common_with_them_is_not(password: str) -> None:
    about = ("ada@elm.example", "Ada Lovelace", "Elm Street Clinic")
    assert hash_password(password, about=about).startswith("$argon2id$")


@pytest.mark.parametrize(
    ("length", "with_factor"), [(15, False), (8, True), (64, False), (256, False)]
)
def test_the_limits_are_15_alone_8_with_a_factor_and_256(length: int, with_factor: bool) -> None:
    password = ("kfy wqz3 mlb8 xtr" * 16)[:length]
    assert holds(hash_password(password, with_factor=with_factor), password)
    short = password[: (MINIMUM_WITH_FACTOR if with_factor else MINIMUM) - 1]
    assert _codes(short, with_factor=with_factor) == ["too_short"]


def test_the_shipped_list_has_over_ten_thousand_and_is_read_once() -> None:
    words = common_passwords()
    assert len(words) > 10_000
    assert min(map(len, words)) >= MINIMUM_WITH_FACTOR
    assert common_passwords() is words


def test_whether_a_password_stands_alone_is_a_matter_of_15_signs() -> None:
    assert [stands_alone("x" * length) for length in (14, 15)] == [False, True]
    assert stands_alone("ﬁ" * 8)
