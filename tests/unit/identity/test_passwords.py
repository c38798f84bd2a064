"""What is refused as a password that everybody tries first, and what is not."""

import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from chalicelib.identity.errors import WeakPassword
from chalicelib.identity.passwords import MINIMUM, hash_password, holds


def _codes(password: str) -> list[str]:
    with pytest.raises(WeakPassword) as refused:
        hash_password(password)
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
