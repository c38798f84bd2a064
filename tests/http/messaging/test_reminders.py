"""Reminders: by consent and channel, to whom they make sense, with nothing that tells of health."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.platform.config import settings
from chalicelib.practices.plans import PLANS
from tests.builders.patients import demographics
from tests.http.messaging.reminding import MAIL, SMS, Reminding, reminding
from tests.world import BILLING, World, sign_in, sign_up


def test_a_patient_who_agreed_to_both_gets_a_mail_and_a_text(world: World) -> None:
    at = reminding(world)
    assert at.remind() == []
    assert at.sent() == (1, 1)
    assert at.messages() == {"email": ("sent", ""), "sms": ("sent", "")}


@pytest.mark.parametrize(
    ("over", "sent"),
    [
        ({"consents": {"email": True, "sms": False}}, (1, 0)),
        ({"consents": {"sms": True}}, (0, 1)),
        ({"consents": {"phone": True, "mail": True}}, (0, 0)),
        ({"consents": {}}, (0, 0)),
        ({"email": None}, (0, 1)),
        ({"phones": [{"number": "(212) 555-0147", "use": "home"}]}, (1, 0)),
        ({"phones": [], "email": None}, (0, 0)),
    ],
    ids=["no sms", "sms only", "other channels", "no answer", "no e-mail", "no mobile", "neither"],
)
def test_each_channel_needs_a_consent_and_an_address(
    world: World, over: dict[str, Any], sent: tuple[int, int]
) -> None:
    at = reminding(world, **over)
    assert at.remind() == []
    assert at.sent() == sent
    assert len(at.messages()) == sum(sent)


def test_a_consent_withdrawn_before_the_reminder_holds(world: World) -> None:
    at = reminding(world)
    path = f"/v1/patients/{at.patient_id}/consents"
    answer = world.call("PUT", path, {"sms": False}, token=at.desk, If_Match='"1"')
    assert answer.status == 200, answer.text
    at.remind()
    assert at.sent() == (1, 0)


@pytest.mark.parametrize(
    "over",
    [{"status": "inactive"}, {"deceased": True}, {"deceased": True, "deceased_on": "2026-03-01"}],
    ids=["inactive", "deceased", "deceased on a day"],
)
def test_who_is_deceased_or_inactive_gets_none(world: World, over: dict[str, Any]) -> None:
    at = reminding(world)
    path = f"/v1/patients/{at.patient_id}"
    answer = world.call("PUT", path, demographics(**over), token=at.desk, If_Match='"1"')
    assert answer.status == 200, answer.text
    assert at.remind() == []
    assert at.sent() == (0, 0)
    assert at.messages() == {}


def test_a_reminder_that_comes_after_the_visit_began_is_dropped(world: World) -> None:
    at = reminding(world)
    assert at.remind(starts_at=world.clock.now()) == []
    assert at.sent() == (0, 0)
    assert at.remind(starts_at=world.clock.now() + timedelta(minutes=1)) == []
    assert at.sent() == (1, 1)


def test_a_practice_that_is_not_verified_reminds_nobody(world: World) -> None:
    at = reminding(world)
    _set_status(world, at, "unverified")
    assert at.remind() == []
    assert at.sent() == (0, 0)


def test_neither_text_says_who_why_or_with_whom(world: World) -> None:
    at = reminding(world)
    owner = _owner(world)
    seen = world.call("GET", "/v1/practice", token=owner)
    phone = {"phone": "(212) 555-0100"}
    world.call("PATCH", "/v1/practice", phone, token=owner, If_Match=seen.etag)
    at.remind()
    (mail,) = [mail for mail in world.mails() if MAIL in mail]
    ((_, text),) = [text for text in world.texts() if text[0] == SMS]
    for said in (mail.replace(MAIL, ""), text):
        assert "Tue 3 Mar 2026, 09:00 EST" in said
        assert "Elm Street Clinic" in said
        assert not re.search(r"rosa|diaz|visit|follow|doctor", said, re.IGNORECASE)
    assert "+12125550100" in mail
    assert "STOP" in text


def test_another_practice_s_event_reaches_no_patient_of_this_one(world: World) -> None:
    at = reminding(world)
    other = sign_up(world, email="bea@clinic.example")
    at.practice_id = world.call("GET", "/v1/me", token=other).json["practice_id"]
    assert at.remind() == ["0"]
    assert at.sent() == (0, 0)


def _owner(world: World) -> str:
    return sign_in(world, "ada@clinic.example")


def _set_status(world: World, at: Reminding, status: str) -> None:
    boto3.client("dynamodb").update_item(
        TableName=settings().table,
        Key={"pk": {"S": f"{at.practice_id}#"}, "sk": {"S": "practice#"}},
        UpdateExpression="SET #s = :s",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={":s": {"S": status}},
    )


def test_a_practice_that_may_not_text_mails_alone_and_says_so(world: World) -> None:
    at = reminding(world)
    owner = _owner(world)
    seen = world.call("GET", "/v1/practice", token=owner)
    other = {"billing": {**BILLING, "npi": "1245319599"}}
    assert world.call("PATCH", "/v1/practice", other, token=owner, If_Match=seen.etag).status == 200
    assert at.remind() == []
    assert at.sent() == (1, 0)
    assert at.messages() == {"email": ("sent", ""), "sms": ("skipped", "not_cleared")}
    assert at.remind() == []
    assert at.sent() == (1, 0)


def test_what_a_plan_holds_no_more_is_skipped_and_says_so(world: World) -> None:
    at = reminding(world)
    for number in range(3):
        assert at.remind(f"evt_{number}") == []
    sent = [item for item in world.items() if item["kind"]["S"] == "messages_sent"]
    assert [item["messages"]["N"] for item in sent] == ["6"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(PLANS, "trial", replace(PLANS["trial"], messages=7))
        assert at.remind("evt_3") == []
        assert at.remind("evt_4") == []
    assert sorted(at.messages("evt_3").values()) == [
        ("sent", ""),
        ("skipped", "plan_limit_reached"),
    ]
    assert set(at.messages("evt_4").values()) == {("skipped", "plan_limit_reached")}
    world.clock.advance(days=31)
    assert at.remind("evt_5", starts_at=world.clock.now() + timedelta(days=1)) == []
    assert set(at.messages("evt_5").values()) == {("sent", "")}
