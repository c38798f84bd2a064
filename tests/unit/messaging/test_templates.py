"""The mails we send to people who work in a practice."""

import pytest

from chalicelib.messaging.templates import link_mail

URL = "https://careloom.example/follow/invite?token=lnk_1.abc"


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
