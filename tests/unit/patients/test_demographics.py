"""Names as they are shown, and language tags."""

import pytest

from chalicelib.patients.demographics import PersonName, language_tag


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (PersonName("Diaz", "Rosa"), "Rosa Diaz"),
        (PersonName("Diaz", "Rosa", "María", "Jr", "Romy"), "Romy Diaz Jr"),
        (PersonName("Sukarno"), "Sukarno"),
    ],
)
def test_people_are_shown_by_the_name_they_prefer(name: PersonName, shown: str) -> None:
    assert name.display == shown


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        ("ES-mx", "es-MX"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("SL-ROZAJ-1994", "sl-rozaj-1994"),
        ("zh-yue-hk", "zh-yue-HK"),
        ("haw", "haw"),
    ],
)
def test_a_language_tag_gets_its_usual_case(text: str, tag: str) -> None:
    assert language_tag(text) == language_tag(tag) == tag


@pytest.mark.parametrize("text", ["", "e", "english", "en_US", "en-", "-en", "en-USA1-x", "en US"])
def test_what_is_no_language_tag_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="language tag"):
        language_tag(text)
