"""Webhooks: signed, in order of each subject, tried again, switched off; and calling nobody inside."""

import base64
import hmac
import json
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import count, permutations
from typing import Any

import pytest

from chalicelib.platform.events import Event
from chalicelib.webhooks.event_types import EventType
from chalicelib.webhooks.retries import WAITS
from tests.builders.webhook_receiver import Receiver, receiving
from tests.faults import Died, dying, meanwhile
from tests.world import SIGN_UP, Answered, World, sign_in, sign_up, step_up

APPOINTMENT = "apt_01KJQDJGR0SX3M1GF1V1XHXD2Y"


class Practice:
    """An owner with a webhook that wants every event."""

    def __init__(self, world: World, receiver: Receiver) -> None:
        self.world, self.receiver = world, receiver
        self.owner = sign_up(world)
        step_up(world, self.owner)
        me = world.call("GET", "/v1/me", token=self.owner).json
        self.id = me["practice_id"]
        self.body = {"url": receiver.url, "events": [each.value for each in EventType]}
        self.webhook = self.call("POST", "/v1/webhooks", self.body).json
        self.path = f"/v1/webhooks/{self.webhook['id']}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        self.owner = self.owner or sign_in(self.world, SIGN_UP["email"])
        return self.world.call(method, path, body, token=self.owner, **headers)

    def event(self, what: str, version: int, subject: str = APPOINTMENT) -> str:
        event = Event(
            f"evt_{subject[-10:]}{version:016}", f"appointment.{what}", self.id, subject, version,
            self.world.clock.now(), {"patient_id": "pat_1", "bill_to": "plan", "type_id": "typ_2"}, 1,
        )  # fmt: skip
        return event.to_json()

    def happens(self, *events: str) -> None:
        assert self.world.deliver("webhooks", list(events)) == []
        self.world.pump()

    def later(self, **span: float) -> None:
        """The minute's schedules after a while. Tokens do not last: the next call signs in anew."""
        self.world.clock.advance(**span)
        self.world.tick()
        self.owner = ""

    def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", f"{self.path}/deliveries").json["items"]
        return found

    @property
    def stored(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", self.path).json
        return found


@pytest.fixture(scope="module")
def _running() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def practice(world: World, _running: Receiver) -> Practice:
    _running.forget()
    return Practice(world, _running)


def verified(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """As a receiver does it, from the standard's text."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return f"v1,{wanted}" in headers["webhook-signature"].split(" ")


def test_an_event_is_told_once_signed_and_with_nothing_but_ids(practice: Practice) -> None:
    event = practice.event("booked", 1)
    practice.happens(event, event, event)
    practice.happens(event)
    ((headers, body),) = practice.receiver.got
    assert json.loads(body) == {
        "type": "appointment.booked",
        "timestamp": practice.deliveries()[0]["occurred_at"].replace("Z", ".000000Z"),
        "data": {
            "practice_id": practice.id,
            "id": APPOINTMENT,
            "version": 1,
            "patient_id": "pat_1",
            "type_id": "typ_2",
        },
    }
    assert verified(headers, body, practice.webhook["secret"])
    assert not verified(headers, body + b" ", practice.webhook["secret"])
    (listed,) = practice.deliveries()
    assert (listed["id"], listed["status"], listed["last_status"]) == (
        headers["webhook-id"], "delivered", 204,
    )  # fmt: skip


def test_a_real_booking_is_told(practice: Practice) -> None:
    """The types it may ask for are those that the domains publish."""
    from chalicelib.platform import queues

    assert {each.value for each in EventType} <= set(queues._consumers["webhooks"].on_event)
    for each in EventType:
        assert "webhooks" in queues.listening_to(each)


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_a_subject_is_told_in_order_and_what_comes_too_late_is_not_told(
    practice: Practice, order: tuple[int, ...]
) -> None:
    what = {1: "booked", 2: "rescheduled", 3: "cancelled"}
    for version in order:
        practice.happens(practice.event(what[version], version))
    versions = [each["data"]["version"] for each in practice.receiver.told]
    assert versions == sorted(versions)
    assert versions[-1] == 3
    told = {each["subject_version"]: each["status"] for each in practice.deliveries()}
    assert told == {
        version: "delivered" if version in versions else "overtaken" for version in (1, 2, 3)
    }


def test_what_comes_together_is_told_in_order(practice: Practice) -> None:
    practice.happens(*(practice.event("rescheduled", version) for version in (5, 3, 4, 1, 2)))
    versions = [each["data"]["version"] for each in practice.receiver.told]
    assert versions == sorted(versions)


def test_who_does_not_take_it_is_asked_again_and_later_events_wait(practice: Practice) -> None:
    practice.receiver.answer = lambda _: 503
    practice.happens(practice.event("booked", 1))
    practice.happens(practice.event("cancelled", 2), practice.event("booked", 1, "apt_other"))
    assert practice.receiver.types == ["appointment.booked", "appointment.booked"]
    assert practice.stored["failing_since"] is not None
    practice.later(seconds=50)
    assert len(practice.receiver.got) == 2
    practice.receiver.answer = lambda _: 200
    practice.later(seconds=20)
    about = [
        each["data"]["version"]
        for each in practice.receiver.told
        if each["data"]["id"] == APPOINTMENT
    ]
    assert about == [1, 1, 2]
    assert practice.stored["failing_since"] is None
    ids = {
        h["webhook-id"] for h, b in practice.receiver.got if json.loads(b)["data"]["version"] == 1
    }
    assert len(ids) == 2


def test_after_ten_attempts_it_has_failed_and_the_next_goes_out(practice: Practice) -> None:
    practice.receiver.answer = lambda told: 500 if told["data"]["version"] == 1 else 200
    practice.happens(practice.event("booked", 1))
    practice.happens(practice.event("cancelled", 2))
    for wait in WAITS:
        practice.later(seconds=wait.total_seconds() + 1)
    versions = [each["data"]["version"] for each in practice.receiver.told]
    assert versions == [1] * 10 + [2]
    assert [each["status"] for each in practice.deliveries()] == ["delivered", "failed"]
    practice.receiver.answer = lambda _: 200
    failed = practice.deliveries()[1]["id"]
    assert practice.call("POST", f"{practice.path}/deliveries/{failed}/resend").status == 200
    practice.world.pump()
    assert practice.receiver.told[-1]["data"]["version"] == 1
    assert {each["status"] for each in practice.deliveries()} == {"delivered"}


def test_one_that_takes_nothing_for_five_days_is_switched_off_and_somebody_is_told(
    practice: Practice,
) -> None:
    practice.receiver.answer = lambda _: 500
    practice.happens(practice.event("booked", 1))
    practice.later(days=5)
    assert (practice.stored["status"], practice.stored["off_because"]) == ("off", "failing")
    (task,) = practice.call("GET", "/v1/tasks?queue=practice").json["items"]
    assert (task["kind"], task["subject"]) == ("webhook_switched_off", practice.webhook["id"])
    sent = len(practice.receiver.got)
    practice.happens(practice.event("booked", 1, "apt_other"))
    practice.later(days=1)
    assert len(practice.receiver.got) == sent
    assert {each["status"] for each in practice.deliveries()} == {"failed"}
    refused = practice.call("POST", f"{practice.path}/test")
    assert (refused.status, refused.json["code"]) == (409, "webhook_off")
    version = practice.stored["version"]
    step_up(practice.world, practice.owner)
    changed = {**practice.body, "enabled": True}
    assert practice.call("PUT", practice.path, changed, If_Match=f'"{version}"').status == 200
    practice.receiver.answer = lambda _: 200
    assert practice.call("POST", f"{practice.path}/test").status == 204
    practice.world.pump()
    assert practice.receiver.types[-1] == "webhook.test"


def test_how_it_fares_is_noted_while_time_passes(practice: Practice) -> None:
    """Between the answer and its note the clock goes on, as it does outside of tests."""
    practice.receiver.answer = lambda _: 500
    practice.happens(practice.event("booked", 1))
    practice.world.clock.advance(minutes=1)
    told = json.dumps({"due": "webhook", **_due_of(practice)})
    with meanwhile(lambda: practice.world.clock.advance(seconds=1)):
        assert practice.world.deliver("webhooks", [told]) == []
    practice.receiver.answer = lambda _: 200
    assert practice.stored["failing_since"] is not None
    practice.world.clock.advance(minutes=5)
    told = json.dumps({"due": "webhook", **_due_of(practice)})
    with meanwhile(lambda: practice.world.clock.advance(seconds=1)):
        assert practice.world.deliver("webhooks", [told]) == []
    assert practice.stored["failing_since"] is None


def test_one_that_does_not_answer_is_left_alone_for_as_long_as_it_has_been_silent(
    practice: Practice,
) -> None:
    """Of a hundred visits one is tried, and the queue is there for other practices."""
    dead = {**practice.body, "url": "http://127.0.0.1:9/hook", "enabled": True}
    assert practice.call("PUT", practice.path, dead, If_Match='"1"').status == 200
    practice.happens(practice.event("booked", 1))
    practice.later(seconds=70)
    practice.happens(*(practice.event("booked", 1, f"apt_other{each}") for each in range(3)))
    attempts = {each["subject"]: each["attempts"] for each in practice.deliveries()}
    assert attempts == {APPOINTMENT: 2, "apt_other0": 0, "apt_other1": 0, "apt_other2": 0}
    named = practice.deliveries()[0]["id"]
    assert practice.call("POST", f"{practice.path}/deliveries/{named}/resend").status == 200
    practice.world.pump()
    assert sum(each["attempts"] for each in practice.deliveries()) == 3
    step_up(practice.world, practice.owner)
    alive = {**dead, "url": practice.receiver.url}
    version = practice.stored["version"]
    assert practice.call("PUT", practice.path, alive, If_Match=f'"{version}"').status == 200
    practice.later(minutes=6)
    assert {each["status"] for each in practice.deliveries()} == {"delivered"}


def _due_of(practice: Practice) -> dict[str, str]:
    (item,) = practice.world.of_kind("webhook_delivery")
    return {name: item[name]["S"] for name in ("pk", "sk", "duepk")}


def test_who_is_gone_is_asked_no_more(practice: Practice) -> None:
    practice.receiver.answer = lambda _: 410
    practice.happens(practice.event("booked", 1))
    assert (practice.stored["status"], practice.stored["off_because"]) == ("off", "gone")
    assert [each["status"] for each in practice.deliveries()] == ["failed"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(practice: Practice, status: int) -> None:
    practice.receiver.answer = lambda _: status
    practice.happens(practice.event("booked", 1))
    assert len(practice.receiver.got) == 1
    (waiting,) = practice.deliveries()
    assert (waiting["status"], waiting["last_status"]) == ("waiting", status)


def test_a_new_secret_and_for_a_day_the_old_one_verify_a_message(practice: Practice) -> None:
    old = practice.webhook["secret"]
    new = practice.call("POST", f"{practice.path}/rotate-secret").json["secret"]
    assert new != old
    for expected, hours in (({old, new}, 0), ({new}, 25)):
        practice.world.clock.advance(hours=hours)
        practice.happens(practice.event("booked", 1, f"apt_{hours}"))
        headers, body = practice.receiver.got[-1]
        assert {each for each in (old, new) if verified(headers, body, each)} == expected
    assert "secret" not in practice.stored
    assert old.removeprefix("whsec_") not in str(practice.world.items())


def test_removed_it_is_told_of_nothing_more(practice: Practice) -> None:
    practice.receiver.answer = lambda _: 500
    practice.happens(practice.event("booked", 1))
    assert (
        practice.call("DELETE", practice.path, If_Match=f'"{practice.stored["version"]}"').status
        == 204
    )
    practice.later(minutes=2)
    practice.happens(practice.event("cancelled", 2))
    assert len(practice.receiver.got) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x", "https://hooks.example:8443/x", "https://u:p@hooks.example/x",
        "ftp://hooks.example/x", "file:///etc/passwd", "https://hooks.example/#x", "hooks.example",
    ],
)  # fmt: skip
def test_a_url_that_is_not_called_is_refused_by_name(practice: Practice, url: str) -> None:
    refused = practice.call("POST", "/v1/webhooks", {**practice.body, "url": url})
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "url")


def test_there_are_ten_at_most(practice: Practice) -> None:
    for _ in range(9):
        assert practice.call("POST", "/v1/webhooks", practice.body).status == 201
    refused = practice.call("POST", "/v1/webhooks", practice.body)
    assert (refused.status, refused.json["code"]) == (409, "too_many_webhooks")
    assert len(practice.call("GET", "/v1/webhooks").json["items"]) == 10


@pytest.mark.parametrize("after", [False, True])
def test_a_death_at_any_call_sends_each_message_under_one_id_and_loses_none(
    practice: Practice, after: bool
) -> None:
    """At least once, twice where it died between the send and its note."""
    for at in count():
        subject = f"apt_{at}"
        event = practice.event("booked", 1, subject)
        with suppress(Died), dying(at, after=after) as seen:
            practice.world.deliver("webhooks", [event])
            practice.world.pump()
        practice.happens(event)
        practice.later(minutes=3)
        ids = [
            headers["webhook-id"]
            for headers, body in practice.receiver.got
            if json.loads(body)["data"]["id"] == subject
        ]
        assert len(set(ids)) == 1, at
        assert len(ids) <= 2, at
        if seen[0] < at:
            break
    assert at > 5, "it made fewer calls than it needs"
    assert {each["status"] for each in practice.deliveries()} == {"delivered"}
