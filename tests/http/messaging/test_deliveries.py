"""What became of a message: delivered, bounced, complained of; and what that closes."""

from typing import Any

import pytest

from tests.faults import Died
from tests.http.messaging.phones import of_mail, of_text, two_way
from tests.http.messaging.reminding import MAIL, Reminding, dying_at, reminding
from tests.world import World, sign_in, sign_up

BOUNCE = {"bounceType": "Permanent", "bounceSubType": "General"}
RECIPIENT = [{"emailAddress": MAIL}]


@pytest.fixture
def at(world: World) -> Reminding:
    return reminding(world, preferred_channel="email")


def _tags(at: Reminding, visit: str = "apt_1") -> dict[str, str]:
    (item,) = (each for each in at.world.items() if each["kind"]["S"] == "message")
    return {"practice": at.practice_id, "message": item["pk"]["S"].split("#")[1]}


def _bounce(at: Reminding, tags: dict[str, str], **over: Any) -> str:
    told = {**BOUNCE, "bouncedRecipients": RECIPIENT, **over}
    return of_mail("Bounce", at.world.clock.now(), tags, **told)


def _complaint(at: Reminding, tags: dict[str, str]) -> str:
    told = {"complainedRecipients": RECIPIENT, "complaintFeedbackType": "abuse"}
    return of_mail("Complaint", at.world.clock.now(), tags, **told)


def test_a_delivery_is_on_record_with_its_time(at: Reminding) -> None:
    at.remind()
    at.world.clock.advance(seconds=40)
    told = of_mail("Delivery", at.world.clock.now(), _tags(at))
    assert at.world.deliver("messaging", [told, told]) == []
    listed = at.world.call("GET", f"/v1/patients/{at.patient_id}/messages", token=at.desk).json
    (message,) = listed["items"]
    assert message["status"] == "delivered"
    assert [(each["status"], each["at"]) for each in message["history"]] == [
        ("sending", "2026-03-02T14:01:00Z"),
        ("sent", "2026-03-02T14:01:00Z"),
        ("delivered", "2026-03-02T14:01:40Z"),
    ]
    assert (at.tasks(), listed["next_cursor"]) == ([], None)


def test_a_hard_bounce_closes_the_address_in_this_practice_and_is_a_task(at: Reminding) -> None:
    at.remind()
    told = _bounce(at, _tags(at))
    assert at.world.deliver("messaging", [told] * 3) == []
    assert at.message() == ("email", "bounced", "General")
    assert at.tasks() == ["message_bounced"]
    at.remind("apt_2")
    assert at.message("apt_2") == ("sms", "sent", "")
    other = reminding(at.world, preferred_channel="email", owner="bea@clinic.example")
    other.remind("apt_9")
    assert other.message("apt_9") == ("email", "sent", "")


def test_a_complaint_after_the_delivery_closes_it_and_is_a_task(at: Reminding) -> None:
    at.remind()
    tags = _tags(at)
    delivered = of_mail("Delivery", at.world.clock.now(), tags)
    at.world.deliver("messaging", [delivered, _complaint(at, tags), delivered])
    assert at.message() == ("email", "complained", "abuse")
    assert at.tasks() == ["message_complained_of"]
    at.remind("apt_2")
    assert at.message("apt_2") == ("sms", "sent", "")


def test_a_consent_that_is_given_again_opens_the_address(at: Reminding) -> None:
    at.remind()
    at.world.deliver("messaging", [_complaint(at, _tags(at))])
    at.world.clock.advance(minutes=1)
    path = f"/v1/patients/{at.patient_id}/consents"
    assert at.world.call("PUT", path, {"email": True}, token=at.desk, If_Match='"1"').status == 200
    at.remind("apt_2")
    assert at.message("apt_2") == ("email", "sent", "")


def test_where_the_closed_address_was_the_only_way_there_is_a_task(world: World) -> None:
    at = reminding(world, consents={"email": True})
    at.remind()
    world.deliver("messaging", [_bounce(at, _tags(at))])
    at.remind("apt_2")
    assert at.message("apt_2") == ("", "skipped", "address_bounced")
    assert at.tasks() == ["message_bounced", "message_not_sent"]


@pytest.mark.parametrize(
    "over", [{"bounceType": "Transient"}, {"bounceType": "Undetermined"}], ids=str
)
def test_a_soft_bounce_closes_nothing(at: Reminding, over: dict[str, str]) -> None:
    at.remind()
    assert at.world.deliver("messaging", [_bounce(at, _tags(at), **over)]) == []
    assert at.message() == ("email", "sent", "")


@pytest.mark.parametrize(
    ("kind", "status", "reason", "tasks"),
    [
        ("TEXT_DELIVERED", "delivered", "", []),
        ("TEXT_SUCCESSFUL", "delivered", "", []),
        ("TEXT_CARRIER_UNREACHABLE", "undelivered", "carrier_unreachable", ["message_undelivered"]),
        ("TEXT_SENT", "sent", "", []),
    ],
)
def test_the_network_tells_of_a_text(
    world: World, kind: str, status: str, reason: str, tasks: list[str]
) -> None:
    at = reminding(world)
    with two_way(world) as network:
        at.remind()
        told = of_text(kind, world.clock.now(), network.texts[0]["Context"])
        assert world.deliver("messaging", [told, told]) == []
    assert at.message() == ("sms", status, reason)
    assert at.tasks() == tasks


def test_what_nobody_knew_of_is_known_by_its_delivery_and_its_task_is_dropped(
    at: Reminding,
) -> None:
    world = at.world
    message = at.ready()
    with dying_at("sesv2"), pytest.raises(Died):
        world.deliver("messaging", [message])
    told = of_mail("Delivery", world.clock.now(), _tags(at))
    assert world.deliver("messaging", [told]) == ["0"], "its sender may still note that it went"
    at.later(minutes=3)
    assert at.message() == ("email", "unknown", "no_answer")
    world.pump()
    assert world.deliver("messaging", [told]) == []
    assert at.message() == ("email", "delivered", "")
    world.pump()
    (task,) = (item for item in world.items() if item["kind"]["S"] == "task")
    assert task["status"]["S"] == "cancelled"


def test_a_notice_that_names_no_message_of_ours_changes_nothing(at: Reminding) -> None:
    at.remind()
    now = at.world.clock.now()
    assert (
        at.world.deliver(
            "messaging", [of_mail("Delivery", now, {}), of_text("TEXT_DELIVERED", now, {})]
        )
        == []
    )
    stranger = {**_tags(at), "message": "msg_00000000000000000000000000"}
    assert at.world.deliver("messaging", [of_mail("Delivery", now, stranger)]) == ["0"]
    assert at.message() == ("email", "sent", "")


def test_the_list_is_paged_and_another_practice_s_patient_is_not_found(at: Reminding) -> None:
    for number in range(3):
        at.remind(f"apt_{number}")
    path = f"/v1/patients/{at.patient_id}/messages"
    first = at.world.call("GET", f"{path}?limit=2", token=at.desk).json
    rest = at.world.call("GET", f"{path}?limit=2&cursor={first['next_cursor']}", token=at.desk).json
    seen = [each["id"] for each in (*first["items"], *rest["items"])]
    assert len(set(seen)) == 3
    other = sign_up(at.world, email="bea@clinic.example")
    assert at.world.call("GET", path, token=other).status in (403, 404)
    owner = sign_in(at.world, "ada@clinic.example")
    assert at.world.call("GET", path, token=owner).status == 403, (
        "an owner reads no patients' texts"
    )
