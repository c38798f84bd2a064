"""What an offer says: in the patient's language, within GSM-7, naming nobody in a text."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.messaging.sms_length import sms_length
from chalicelib.messaging.wording import EMAIL, SMS, VARIABLES, unsafe_in
from chalicelib.waitlist.offer_texts import WORDS, OfferWriter, spoken_in

STARTS = datetime(2026, 9, 30, 14, 30, tzinfo=UTC)


def _writer(language: str) -> OfferWriter:
    values = {
        "practice": "Elm Street Clinic",
        "phone": "+12125550147",
        "first_name": "Rosa",
        "link": f"https://app.careloom.example/offer/{'a' * 62}",
    }
    return OfferWriter(language, ZoneInfo("America/New_York"), STARTS, STARTS, values)


@pytest.mark.parametrize("language", WORDS)
def test_a_text_fits_two_segments_and_says_how_to_end_texts(language: str) -> None:
    text = _writer(language).written(SMS).text
    length = sms_length(text)
    assert (length.encoding, length.segments) == ("gsm-7", 2)
    assert "STOP" in text
    assert "Rosa" not in text


@pytest.mark.parametrize("language", WORDS)
def test_a_mail_names_the_patient_the_time_and_the_link(language: str) -> None:
    mail = _writer(language).written(EMAIL)
    assert "Rosa" in mail.text
    assert "10:30 EDT" in mail.text
    assert "/offer/" in mail.text
    assert "{" not in mail.subject + mail.text


def test_only_safe_variables_stand_in_a_text() -> None:
    for words in WORDS.values():
        assert set(unsafe_in(words.sms, SMS)) <= {"until"}
        assert set(unsafe_in(words.mail, EMAIL)) <= {"until"}
    assert "first_name" not in VARIABLES[SMS]


def test_a_language_that_we_do_not_write_in_is_english() -> None:
    assert spoken_in("vi", None, "fr-CA") == "fr"
    assert spoken_in("vi", None) == "en"
