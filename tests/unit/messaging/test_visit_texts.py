"""What is written about a visit: languages, times on the wall, safe variables, lengths."""

from datetime import UTC, datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from chalicelib.messaging.notice_texts import (
    SERIES_BOOKED,
    SERIES_CANCELLED,
    SERIES_MOVED,
    words_of,
)
from chalicelib.messaging.purposes import Purpose
from chalicelib.messaging.sms_length import GSM_7, UCS_2, SmsLength, sms_length
from chalicelib.messaging.visit_texts import LANGUAGES, language_of, time_text
from chalicelib.messaging.wording import EMAIL, SMS, VARIABLES, filled, unsafe_in

VALUES = {
    "practice": "Elm Street Family Practice",
    "date": "Wed 30 Sept 2026",
    "time": "10:30 +1030",
    "phone": "+12125550100",
    "link": "https://careloom.example/v/x",
}


@pytest.mark.parametrize(
    ("instant", "zone", "text"),
    [
        (datetime(2026, 3, 8, 6, 59, tzinfo=UTC), "America/New_York", "Sun 8 Mar 2026, 01:59 EST"),
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "America/New_York", "Sun 8 Mar 2026, 03:00 EDT"),
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "America/New_York", "Sun 1 Nov 2026, 01:30 EDT"),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "America/New_York", "Sun 1 Nov 2026, 01:30 EST"),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), "Australia/Sydney", "Mon 2 Mar 2026, 10:00 AEDT"),
        (datetime(2026, 7, 1, tzinfo=UTC), "Australia/Lord_Howe", "Wed 1 Jul 2026, 10:30 +1030"),
        (datetime(2026, 7, 1, 16, 5, tzinfo=UTC), "America/Phoenix", "Wed 1 Jul 2026, 09:05 MST"),
    ],
)
def test_a_time_is_what_the_wall_at_the_location_shows(
    instant: datetime, zone: str, text: str
) -> None:
    at = ZoneInfo(zone)
    assert f"{LANGUAGES['en'].day(instant, at)}, {time_text(instant, at)}" == text


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_text_of_ours_is_one_segment_and_says_how_to_stop(language: str) -> None:
    words = LANGUAGES[language]
    text = f"{filled(words.sms, VALUES)} {words.answer} {words.opt_out}"
    assert sms_length(text) == SmsLength(GSM_7, len(text), 1)
    assert "STOP" in text
    for reply in words.replies.values():
        assert sms_length(filled(reply, VALUES)).segments == 1
    assert len(words.weekdays.split()) == 7
    assert len(words.months.split()) == 12


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_our_own_texts_keep_to_the_safe_variables(language: str) -> None:
    words = LANGUAGES[language]
    for text in (words.sms, *words.replies.values()):
        assert unsafe_in(text, SMS) == ()
        assert all(name in VALUES for _, name, _, _ in Formatter().parse(text) if name)
    assert unsafe_in(words.subject + words.mail, EMAIL) == ()


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("purpose", [*Purpose, SERIES_BOOKED, SERIES_MOVED, SERIES_CANCELLED])
def test_what_is_told_of_a_visit_is_one_segment_of_safe_variables(
    language: str, purpose: str
) -> None:
    words, values = words_of(purpose, language), {**VALUES, "count": "250"}
    text = f"{filled(words.sms, values)} {LANGUAGES[language].opt_out}"
    assert sms_length(text) == SmsLength(GSM_7, len(text), 1)
    plain = [each.replace("{count}", "") for each in (words.sms, words.subject, words.mail)]
    assert unsafe_in(plain[0], SMS) == unsafe_in(plain[1] + plain[2], EMAIL) == ()
    assert "{date}, {time}" in words.sms
    assert "{date}, {time}" in words.mail
    assert words_of(purpose, "vi") == words_of(purpose, "en")


def test_no_text_to_a_phone_names_the_patient_or_the_place() -> None:
    assert VARIABLES[EMAIL] - VARIABLES[SMS] == {"first_name", "location"}


@pytest.mark.parametrize(
    ("text", "unsafe"),
    [
        ("at {practice} on {date}", ()),
        ("your {type} with {practitioner}", ("type", "practitioner")),
        ("{first_name}, come", ("first_name",)),
        ("{practice.__class__}", ("practice.__class__",)),
        ("{0} {} { practice}", ("0", "", " practice")),
        ("{practice", ("{",)),
        ("{{practice}}", ("{", "}")),
    ],
)
def test_what_is_not_on_the_list_is_named(text: str, unsafe: tuple[str, ...]) -> None:
    assert unsafe_in(text, SMS) == unsafe


def test_a_line_whose_variable_nobody_knows_is_left_out() -> None:
    text = "Come on {date}.\nCall {phone}.\nBye"
    assert filled(text, {"date": "Monday", "phone": ""}) == "Come on Monday.\nBye"
    assert filled(text, {"date": "{phone}", "phone": "1"}) == "Come on {phone}.\nCall 1.\nBye"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("a" * 160, SmsLength(GSM_7, 160, 1)),
        ("a" * 161, SmsLength(GSM_7, 161, 2)),
        ("a" * 306, SmsLength(GSM_7, 306, 2)),
        ("a" * 307, SmsLength(GSM_7, 307, 3)),
        ("é" * 160, SmsLength(GSM_7, 160, 1)),
        ("€" * 80, SmsLength(GSM_7, 160, 1)),
        ("€" * 81, SmsLength(GSM_7, 162, 2)),
        ("a" * 152 + "€" + "a" * 151, SmsLength(GSM_7, 305, 2)),
        ("a" * 152 + "€" + "a" * 152, SmsLength(GSM_7, 306, 3)),
        ("á" * 70, SmsLength(UCS_2, 70, 1)),
        ("á" * 71, SmsLength(UCS_2, 71, 2)),
        ("🩺" * 35, SmsLength(UCS_2, 70, 1)),
        ("🩺" * 36, SmsLength(UCS_2, 72, 2)),
        ("🩺" * 67, SmsLength(UCS_2, 134, 3)),
        ("", SmsLength(GSM_7, 0, 1)),
    ],
)
def test_a_text_has_the_segments_that_the_network_counts(text: str, length: SmsLength) -> None:
    assert sms_length(text) == length


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (("es-MX", "en-US"), "es"),
        ((None, "fr-CA"), "fr"),
        (("vi", "fr"), "fr"),
        (("vi",), "en"),
        ((), "en"),
    ],
)
def test_the_first_language_that_we_write_in_is_taken(
    wanted: tuple[str | None, ...], language: str
) -> None:
    assert language_of(*wanted) == language
