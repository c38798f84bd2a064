"""The texts we send."""

from datetime import UTC, datetime

import pytest

from chalicelib.messaging.templates import link_mail, local_text, reminder_mail, reminder_sms

START = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
URL = "https://careloom.example/follow/invite?token=lnk_1.abc"


@pytest.mark.parametrize(
    ("instant", "zone", "text"),
    [
        (datetime(2026, 3, 8, 6, 59, tzinfo=UTC), "America/New_York", "Sun 8 Mar 2026, 01:59 EST"),
        (datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "America/New_York", "Sun 8 Mar 2026, 03:00 EDT"),
        (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "America/New_York", "Sun 1 Nov 2026, 01:30 EDT"),
        (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "America/New_York", "Sun 1 Nov 2026, 01:30 EST"),
        (datetime(2026, 3, 1, 23, 0, tzinfo=UTC), "Australia/Sydney", "Mon 2 Mar 2026, 10:00 AEDT"),
        (
            datetime(2026, 7, 1, 0, 0, tzinfo=UTC),
            "Australia/Lord_Howe",
            "Wed 1 Jul 2026, 10:30 +1030",
        ),
        (datetime(2026, 7, 1, 16, 5, tzinfo=UTC), "America/Phoenix", "Wed 1 Jul 2026, 09:05 MST"),
    ],
)
def test_a_time_is_what_the_wall_at_the_location_shows(
    instant: datetime, zone: str, text: str
) -> None:
    assert local_text(instant, zone) == text


def test_a_reminder_by_sms_is_one_segment_and_says_how_to_stop() -> None:
    text = reminder_sms(
        practice="Elm Street Family Practice", starts_at=START, zone="America/Phoenix"
    )
    assert len(text) <= 160
    assert text.isascii()
    assert text.endswith("Reply STOP to end texts.")


def test_a_reminder_by_mail_names_the_telephone_where_there_is_one() -> None:
    with_phone = reminder_mail(
        practice="Elm", starts_at=START, zone="America/New_York", phone="+12125550100"
    )
    without = reminder_mail(practice="Elm", starts_at=START, zone="America/New_York", phone=None)
    assert "call +12125550100" in with_phone.text
    assert "call" not in without.text
    assert with_phone.subject == without.subject == "Your appointment at Elm"


def test_an_invitation_names_who_invites_and_carries_the_link() -> None:
    mail = link_mail("invite", name="Kim", practice="Elm", url=URL)
    assert mail.subject == "You are invited to Elm"
    assert mail.text.startswith("Hello Kim,\n")
    assert f"\n{URL}\n" in mail.text


def test_a_verification_has_no_word_from_outside_but_the_link() -> None:
    mail = link_mail("verify_email", name="Kim", practice="Elm", url=URL)
    assert "Kim" not in mail.subject + mail.text
    assert "Elm" not in mail.subject + mail.text
    assert f"\n{URL}\n" in mail.text


def test_a_purpose_without_a_text_is_a_defect() -> None:
    with pytest.raises(KeyError):
        link_mail("free_lunch", name="Kim", practice="Elm", url=URL)
