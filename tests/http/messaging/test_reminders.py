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
from tests.world import BILLING, World, sign_in, sign_up, step_up

BY_SMS, BY_MAIL = ("sms", "sent", ""), ("email", "sent", "")


def test_a_patient_who_agreed_to_both_gets_one_by_sms(world: World) -> None:
    at = reminding(world)
    assert at.remind() == []
    assert at.sent() == (0, 1)
    assert at.message() == BY_SMS


@pytest.mark.parametrize(
    ("over", "sent"),
    [
        ({"preferred_channel": "email"}, (1, 0)),
        ({"preferred_channel": "sms"}, (0, 1)),
        ({"preferred_channel": "email", "consents": {"sms": True}}, (0, 1)),
        ({"preferred_channel": "email", "email": None}, (0, 1)),
        ({"consents": {"email": True, "sms": False}}, (1, 0)),
        ({"consents": {"sms": True}}, (0, 1)),
        ({"email": None}, (0, 1)),
        ({"phones": [{"number": "(212) 555-0147", "use": "home"}]}, (1, 0)),
    ],
    ids=[
        "prefers mail",
        "prefers sms",
        "prefers mail, agreed to sms",
        "prefers mail, has none",
        "no sms",
        "sms only",
        "no e-mail",
        "no mobile",
    ],
)
def test_the_preferred_channel_comes_first_and_the_other_where_it_is_closed(
    world: World, over: dict[str, Any], sent: tuple[int, int]
) -> None:
    at = reminding(world, **over)
    assert at.remind() == []
    assert at.sent() == sent
    assert at.tasks() == []


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"consents": {"phone": True, "mail": True}}, "no_consent"),
        ({"consents": {}}, "no_consent"),
        ({"phones": [], "email": None}, "no_address"),
    ],
    ids=["other channels", "no answer", "neither"],
)
def test_where_no_channel_is_open_the_front_desk_has_a_task(
    world: World, over: dict[str, Any], reason: str
) -> None:
    at = reminding(world, **over)
    assert at.remind() == []
    world.pump()
    assert at.sent() == (0, 0)
    assert at.message() == ("", "skipped", reason)
    (task,) = world.call("GET", "/v1/tasks?queue=front_desk", token=at.desk).json["items"]
    assert (task["kind"], task["patient_id"]) == ("message_not_sent", at.patient_id)
    assert task["subject"].startswith("msg_")
    assert task["due"] == "2026-03-02T16:01:00Z", "before the visit"


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
    assert (at.sent(), at.message(), at.tasks()) == ((0, 0), None, [])
    assert "duepk" not in at.reminders()


def test_a_reminder_that_comes_after_the_visit_began_is_dropped(world: World) -> None:
    at = reminding(world)
    message = at.ready()
    world.clock.advance(hours=2)
    assert world.deliver("messaging", [message]) == []
    assert (at.sent(), at.message(), at.tasks()) == ((0, 0), None, [])


@pytest.mark.parametrize("status", ["unverified", "closed", "erasing"])
def test_a_practice_that_is_not_verified_or_closed_reminds_nobody(
    world: World, status: str
) -> None:
    at = reminding(world)
    _set_status(world, at, status)
    assert at.remind() == []
    assert at.sent() == (0, 0)


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_neither_text_says_who_why_or_with_whom(world: World, channel: str) -> None:
    at = reminding(world, preferred_channel=channel, language="en-US")
    owner = _owner(world)
    seen = world.call("GET", "/v1/practice", token=owner)
    phone = {"phone": "(212) 555-0100"}
    world.call("PATCH", "/v1/practice", phone, token=owner, If_Match=seen.etag)
    at.remind()
    said = "".join(
        [
            *(mail for mail in world.mails() if MAIL in mail),
            *(text for number, text in world.texts() if number == SMS),
        ]
    ).replace(MAIL, "")
    said = re.sub(r"http://127.0.0.1:3000/visit/[A-Za-z0-9_-]{63}", "", said)
    assert "Mon 2 Mar 2026, 11:01 EST" in said
    assert "Elm Street Clinic" in said
    assert not re.search(r"rosa|diaz|visit|follow|doctor", said, re.IGNORECASE)
    assert ("+12125550100" in said) is (channel == "email")
    assert ("STOP" in said) is (channel == "sms")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es-MX", "le recordamos su cita del lun 2 mar 2026, 11:01 EST"),
        ("fr", "rappel, rendez-vous le lun 2 mars 2026, 11:01 EST"),
        ("EN-gb", "reminder of your appointment on Mon 2 Mar 2026, 11:01 EST"),
        ("vi", "reminder of your appointment on Mon 2 Mar 2026, 11:01 EST"),
        (None, "reminder of your appointment on Mon 2 Mar 2026, 11:01 EST"),
    ],
)
def test_it_is_in_the_patient_s_language_or_in_the_practice_s(
    world: World, language: str | None, said: str
) -> None:
    at = reminding(world, language=language)
    at.remind()
    ((_, text),) = [text for text in world.texts() if text[0] == SMS]
    assert said in text
    assert text.isascii()


def test_another_practice_s_event_reaches_no_patient_of_this_one(world: World) -> None:
    at = reminding(world)
    other = sign_up(world, email="bea@clinic.example")
    at.practice_id = world.call("GET", "/v1/me", token=other).json["practice_id"]
    assert at.remind() == ["0"]
    assert at.sent() == (0, 0)


def test_a_practice_that_may_not_text_mails_and_says_why(world: World) -> None:
    at = reminding(world)
    owner = _owner(world)
    step_up(world, owner)
    seen = world.call("GET", "/v1/practice", token=owner)
    other = {"billing": {**BILLING, "npi": "1245319599"}}
    assert world.call("PATCH", "/v1/practice", other, token=owner, If_Match=seen.etag).status == 200
    assert at.remind() == []
    assert at.sent() == (1, 0)
    assert at.message() == BY_MAIL
    (item,) = [item for item in world.items() if item["kind"]["S"] == "message"]
    assert '"channel":"sms","reason":"not_cleared"' in item["history"]["S"]


def test_what_a_plan_holds_no_more_is_skipped_and_asks_the_front_desk(world: World) -> None:
    at = reminding(world)
    for number in range(3):
        assert at.remind(f"apt_{number}") == []
    sent = [item for item in world.items() if item["kind"]["S"] == "messages_sent"]
    assert [item["messages"]["N"] for item in sent] == ["3"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(PLANS, "trial", replace(PLANS["trial"], messages=4))
        assert at.remind("apt_3") == []
        assert at.remind("apt_4") == []
    assert at.message("apt_3") == BY_SMS
    assert at.message("apt_4") == ("", "skipped", "plan_limit_reached")
    assert at.tasks() == ["message_not_sent"]
    world.clock.advance(days=31)
    assert at.remind("apt_5") == []
    assert at.message("apt_5") == BY_SMS


def test_of_steps_that_are_late_the_last_alone_is_sent(world: World) -> None:
    at = reminding(world)
    at.tell(at.told(starts_at=world.clock.now() + timedelta(days=3)))
    assert [name for name, _ in at.steps()] == ["2d", "2h"]
    at.later(days=2, hours=23)
    assert at.sent() == (0, 1)
    assert at.steps() == []
    at.later(minutes=30)
    assert at.sent() == (0, 1)


def test_each_step_is_a_message_of_its_own(world: World) -> None:
    at = reminding(world)
    at.tell(at.told(starts_at=world.clock.now() + timedelta(days=3)))
    at.later(days=1, minutes=1)
    assert at.sent() == (0, 1)
    at.later(days=1, hours=21, minutes=59)  # two hours before it is 07:00
    assert at.sent() == (0, 1)
    at.later(hours=1)
    assert at.sent() == (0, 2)


def test_what_comes_late_into_the_quiet_hours_waits_for_the_morning(world: World) -> None:
    at = reminding(world)
    visit = world.clock.now() + timedelta(days=2, hours=11, minutes=30)  # Wednesday 20:30
    at.tell(at.told(starts_at=visit))
    assert at.steps()[0] == ("2d", "2026-03-03T01:30")
    at.later(hours=13)  # nothing ran until 22:00
    assert (at.sent(), at.steps()[0]) == ((0, 0), ("2d", "2026-03-03T13:00"))
    at.later(hours=10)
    assert at.sent() == (0, 1)


def test_whose_clock_shows_another_time_since_it_was_planned_is_not_woken(world: World) -> None:
    at = reminding(world)
    at.tell(at.told(starts_at=world.clock.now() + timedelta(hours=6)))
    assert at.steps() == [("2h", "2026-03-02T18:00")]
    path, body = f"/v1/patients/{at.patient_id}", demographics(time_zone="Pacific/Auckland")
    assert world.call("PUT", path, body, token=at.desk, If_Match='"1"').status == 200
    at.later(hours=4)  # 07:00 in Auckland
    assert (at.sent(), at.steps()) == ((0, 0), [("2h", "2026-03-02T19:00")])
    at.later(hours=1)
    assert at.sent() == (0, 1)


def test_what_is_late_until_only_the_night_is_left_asks_the_front_desk(world: World) -> None:
    at = reminding(world)
    visit = world.clock.now() + timedelta(hours=22, minutes=30)  # tomorrow 07:30
    at.tell(at.told(starts_at=visit))
    assert at.steps() == [("2h", "2026-03-03T01:59")], "20:59, the last minute before the night"
    at.later(hours=13)
    assert at.sent() == (0, 0)
    assert at.message() == ("", "skipped", "quiet_hours")
    assert at.tasks() == ["message_not_sent"]


def test_a_step_of_the_last_minute_before_the_night_goes_out_though_the_queue_takes_its_time(
    world: World,
) -> None:
    at = reminding(world)
    at.tell(at.told(starts_at=world.clock.now() + timedelta(hours=22, minutes=30)))
    at.later(hours=12, minutes=5)
    assert at.sent() == (0, 1)


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
