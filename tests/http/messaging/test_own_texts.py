"""A practice's own wording: safe variables, by channel and language, and how long a text gets."""

from typing import Any

import pytest

from tests.http.messaging.reminding import MAIL, SMS, Reminding, reminding
from tests.world import Answered, World, sign_in

PATH = "/v1/message-templates"


@pytest.fixture
def at(world: World) -> Reminding:
    return reminding(world, language="vi")


def _owner(at: Reminding) -> str:
    return sign_in(at.world, "ada@clinic.example")


def _write(at: Reminding, template_id: str, body: dict[str, Any], version: int = 0) -> Answered:
    headers = {"If_Match": f'"{version}"'}
    return at.world.call("PUT", f"{PATH}/{template_id}", body, token=_owner(at), **headers)


def _said(at: Reminding) -> str:
    return "".join(
        [
            *(mail for mail in at.world.mails() if MAIL in mail),
            *(text for number, text in at.world.texts() if number == SMS),
        ]
    )


def test_all_texts_are_listed_ours_where_there_are_no_own(at: Reminding) -> None:
    _write(at, "sms.vi", {"text": "{practice}: {date}"})
    items = at.world.call("GET", PATH, token=at.desk).json["items"]
    ours = [f"{by}.{language}" for by in ("email", "sms") for language in ("en", "es", "fr")]
    told = [f"{purpose}.{each}" for purpose in ("booked", "cancelled", "moved") for each in ours]
    assert [each["id"] for each in items] == [*told, *ours, "sms.vi"]
    assert [each["purpose"] for each in items[::6]] == [
        "booked",
        "cancelled",
        "moved",
        "reminder",
        "reminder",
    ]
    own = items[-1]
    assert (own["own"], own["version"], own["subject"]) == (True, 1, None)
    assert own["length"]["segments"] == 1
    assert not any(each["own"] for each in items[:-1])
    assert items[0]["length"] is None


def test_own_words_are_sent_in_the_patient_s_language_with_how_to_stop(at: Reminding) -> None:
    answer = _write(at, "sms.vi", {"text": "{practice}: hẹn gặp {date}, {time}.\nGọi {phone}."})
    assert answer.status == 200, answer.text
    assert answer.json["length"]["encoding"] == "ucs-2"
    at.remind()
    assert _said(at) == (
        "Elm Street Clinic: hẹn gặp 2026-03-02, 11:01 EST. Reply STOP to end texts."
    ), "nobody knows a telephone number: that line is left out"


def test_a_mail_may_greet_by_first_name_and_carries_the_link(world: World) -> None:
    at = reminding(world, preferred_channel="email", language="en")
    body = {"subject": "{first_name}, see you", "text": "At {location} on {date}: {link}"}
    assert _write(at, "email.en", body).status == 200
    at.remind()
    assert "Rosa, see you" in _said(at)
    assert "At Main on Mon 2 Mar 2026: http://127.0.0.1:3000/visit/" in _said(at)


def test_without_it_ours_is_sent_again(at: Reminding) -> None:
    _write(at, "sms.en", {"text": "Own words on {date}"})
    gone = at.world.call("DELETE", f"{PATH}/sms.en", token=_owner(at), If_Match='"1"')
    assert gone.status == 204
    again = at.world.call("DELETE", f"{PATH}/sms.en", token=_owner(at), If_Match='"1"')
    assert again.status == 404
    at.remind()
    assert "reminder of your appointment" in _said(at)


@pytest.mark.parametrize(
    ("template_id", "body", "field", "code", "named"),
    [
        ("sms.en", {"text": "Your {type} on {date}"}, "text", "unknown_variable", "type"),
        ("sms.en", {"text": "{first_name}: {date}"}, "text", "unknown_variable", "first_name"),
        ("sms.en", {"text": "At {location}"}, "text", "unknown_variable", "location"),
        ("sms.en", {"text": "{date.year}"}, "text", "unknown_variable", "date.year"),
        ("sms.en", {"text": "{date"}, "text", "unknown_variable", "{"),
        ("email.en", {"subject": "{reason}", "text": "x"}, "subject", "unknown_variable", "reason"),
        ("email.en", {"text": "x"}, "subject", "missing", ""),
        ("sms.en", {"subject": "x", "text": "x"}, "subject", "not_needed", ""),
        ("sms.en", {"text": "x" * 460}, "text", "too_long", "segments"),
        ("sms.vi", {"text": "ế" * 200}, "text", "too_long", "segments"),
    ],
)
def test_what_cannot_be_sent_is_named(
    at: Reminding, template_id: str, body: dict[str, str], field: str, code: str, named: str
) -> None:
    answer = _write(at, template_id, body)
    assert answer.status == 422, answer.text
    (error,) = answer.json["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert named in error["message"]


@pytest.mark.parametrize("template_id", ["fax.en", "sms", "sms.EN", "sms.e", "sms.engl", "sms.e1"])
def test_there_are_no_other_texts(at: Reminding, template_id: str) -> None:
    assert _write(at, template_id, {"text": "x"}).status == 404


def test_an_older_version_is_refused(at: Reminding) -> None:
    assert _write(at, "sms.en", {"text": "one {date}"}).status == 200
    assert _write(at, "sms.en", {"text": "two {date}"}).status == 412
    assert _write(at, "sms.en", {"text": "two {date}"}, version=1).json["version"] == 2


def test_the_front_desk_reads_them_and_writes_none(at: Reminding) -> None:
    refused = at.world.call("PUT", f"{PATH}/sms.en", {"text": "x"}, token=at.desk, If_Match='"0"')
    assert refused.status == 403
