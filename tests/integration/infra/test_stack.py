"""infra/local/stack.py: everything at once, with an app of our shape in place of the product."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from infra.local.__main__ import discard_unfinished, seed_once
from infra.local.emulator import ROOT, Emulator, free_port
from infra.local.provision import provision
from infra.local.sent import get_json
from infra.local.stack import Stack
from tests.unit.infra.sample_app import SampleApp

from .loopback import LOOPBACK, listening_addresses

pytestmark = pytest.mark.emulator


@dataclass(frozen=True)
class Reply:
    name: str
    text: str


class Partner:
    """Answers each file with two, and remembers what it was given."""

    def __init__(self) -> None:
        self.received: list[str] = []

    def receive(self, text: str, *, on: date) -> Sequence[Reply]:
        self.received.append(text)
        return [Reply(f"{len(self.received)}.999", f"ack {text}"), Reply("b.835", f"pay {on}")]


@pytest.fixture
def sample() -> SampleApp:
    return SampleApp()


@pytest.fixture
def partner() -> Partner:
    return Partner()


@pytest.fixture
def stack(sample: SampleApp, partner: Partner) -> Iterator[Stack]:
    with Stack(retry_seconds=0, load_app=lambda: sample.app, clearinghouse=partner) as running:
        yield running


def send(stack: Stack, domain: str, *bodies: str) -> None:
    url = json.loads(stack.environment["CARELOOM_QUEUE_URLS"])[domain]
    for body in bodies:
        stack.place.client("sqs").send_message(QueueUrl=url, MessageBody=body)


def submit(stack: Stack, name: str, text: str) -> None:
    stack.place.client("s3").put_object(
        Bucket=stack.environment["CARELOOM_MAILBOX_BUCKET"],
        Key=f"prc_1/clearinghouse/outbound/{name}",
        Body=text.encode(),
    )


def dead_letters(stack: Stack, queue: str) -> list[str]:
    answer = stack.place.client("sqs").receive_message(
        QueueUrl=stack.place.reference(queue), MaxNumberOfMessages=10
    )
    return [message["Body"] for message in answer.get("Messages", [])]


def keys_of(events: list[dict[str, Any]]) -> list[str]:
    return [event["detail"]["object"]["key"] for event in events]


def test_it_serves_http_and_listens_on_loopback_alone(stack: Stack) -> None:
    assert get_json(f"{stack.url}/v1/notes/n1")["id"] == "n1"
    addresses = listening_addresses(os.getpid()) | listening_addresses(stack.emulator.pid)
    assert addresses == {LOOPBACK}


def test_a_kept_connection_carries_many_requests(stack: Stack) -> None:
    connection = http.client.HTTPConnection(urlsplit(stack.url).netloc, timeout=5)
    for number in range(20):
        connection.request("GET", f"/v1/notes/n{number}")
        answer = connection.getresponse()
        assert json.loads(answer.read())["id"] == f"n{number}"
    connection.close()


def test_a_poisoned_message_reaches_the_dead_letters_alone(stack: Stack, sample: SampleApp) -> None:
    def answer(event: Any) -> Any:
        bad = [each["messageId"] for each in event["Records"] if each["body"] == "poison"]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in bad]}

    sample.answers["claims_queue"] = answer
    send(stack, "claims", "a", "poison", "b")
    send(stack, "billing", "c")
    stack.settle()
    bodies = [each["body"] for event in sample.events["claims_queue"] for each in event["Records"]]
    assert sorted(bodies) == ["a", "b", *["poison"] * 5]
    assert dead_letters(stack, "ClaimsDeadLetters") == ["poison"]
    assert len(sample.events["billing_queue"]) == 1
    assert dead_letters(stack, "BillingDeadLetters") == []


def test_chime_is_found_by_botocore_s_own_variable_and_tells_scheduling(
    stack: Stack, sample: SampleApp
) -> None:
    chime = boto3.client("chime-sdk-meetings")
    asked = {"ClientRequestToken": "t1", "ExternalMeetingId": "m1", "MediaRegion": "us-east-1"}
    meeting, again = (chime.create_meeting(**asked)["Meeting"]["MeetingId"] for _ in range(2))
    assert meeting == again
    made = chime.create_attendee(MeetingId=meeting, ExternalUserId="p0")["Attendee"]
    connection = http.client.HTTPConnection(urlsplit(stack.meetings_url).netloc, timeout=5)
    connection.request("POST", "/connections", json.dumps({"token": made["JoinToken"]}))
    assert connection.getresponse().status == 201
    connection.close()
    chime.delete_meeting(MeetingId=meeting)
    with pytest.raises(chime.exceptions.NotFoundException):
        chime.create_attendee(MeetingId=meeting, ExternalUserId="p0")
    stack.settle()
    records = [each for event in sample.events["scheduling_queue"] for each in event["Records"]]
    told = [json.loads(each["body"])["detail"]["eventType"] for each in records]
    assert sorted(told) == [
        "chime:AttendeeJoined",
        "chime:AttendeeLeft",
        "chime:MeetingEnded",
        "chime:MeetingStarted",
    ]


def test_a_queue_that_is_held_back_is_handled_afterwards_and_not_waited_for(
    stack: Stack, sample: SampleApp
) -> None:
    with stack.pump.holding("audit_queue"):
        stack.settle()
        send(stack, "audit", "a")
        send(stack, "claims", "b")
        stack.settle()
        assert len(sample.events["claims_queue"]) == 1
        assert "audit_queue" not in sample.events
    stack.settle()
    assert len(sample.events["audit_queue"]) == 1


def test_catching_up_leaves_a_few_messages_waiting_and_names_those_that_are_too_many(
    stack: Stack, sample: SampleApp
) -> None:
    goes_on = threading.Event()
    sample.answers["claims_queue"] = lambda _event: goes_on.wait(20)
    send(stack, "claims", "a", "b")
    stack.pump.catch_up(2)
    with pytest.raises(TimeoutError, match="claims_queue"):
        stack.pump.catch_up(1, timeout=0.1)
    goes_on.set()
    stack.pump.catch_up(0)


def test_a_committed_outbox_item_reaches_the_stream_handler(
    stack: Stack, sample: SampleApp
) -> None:
    for kind in ("outbox", "patient"):
        item = {"pk": {"S": kind}, "sk": {"S": "s"}, "kind": {"S": kind}}
        stack.place.client("dynamodb").put_item(
            TableName=stack.environment["CARELOOM_TABLE"], Item=item
        )
    stack.settle()
    records = [each for event in sample.events["outbox_stream"] for each in event["Records"]]
    assert [each["dynamodb"]["NewImage"]["pk"]["S"] for each in records] == ["outbox"]


def test_schedules_run_at_the_start_and_at_each_tick(stack: Stack, sample: SampleApp) -> None:
    stack.settle()
    before = {name: len(sample.events[name]) for name in ("outbox_sweep", "due_work")}
    stack.tick()
    assert before == {"outbox_sweep": 1, "due_work": 1}
    assert len(sample.events["outbox_sweep"]) == len(sample.events["due_work"]) == 2


def test_a_submitted_file_is_answered_and_the_answers_reach_the_handler(
    stack: Stack, sample: SampleApp, partner: Partner
) -> None:
    submit(stack, "c1.837", "claim")
    stack.settle()
    assert partner.received == ["claim"]
    inbox = "prc_1/clearinghouse/inbound"
    assert keys_of(sample.events["inbound_file"]) == [f"{inbox}/1.999", f"{inbox}/b.835"]
    bucket = stack.environment["CARELOOM_MAILBOX_BUCKET"]
    stored = stack.place.client("s3").get_object(Bucket=bucket, Key=f"{inbox}/1.999")
    assert stored["Body"].read() == b"ack claim"


def test_a_file_whose_handler_always_fails_ends_in_the_inbound_dead_letters(
    stack: Stack, sample: SampleApp
) -> None:
    def broken(_event: Any) -> None:
        raise RuntimeError("broken")

    sample.answers["inbound_file"] = broken
    stack.place.client("s3").put_object(
        Bucket=stack.environment["CARELOOM_MAILBOX_BUCKET"],
        Key="prc_1/clearinghouse/inbound/x.835",
        Body=b"x",
    )
    stack.settle()
    assert len(sample.events["inbound_file"]) == 3
    (event,) = dead_letters(stack, "InboundDeadLetters")
    assert json.loads(event)["detail"]["object"]["key"].endswith("/x.835")


def test_mail_that_was_sent_can_be_read_by_code_and_over_http(stack: Stack) -> None:
    stack.place.client("sesv2").send_email(
        FromEmailAddress=stack.environment["CARELOOM_MAIL_FROM"],
        Destination={"ToAddresses": ["ada@clinic.example"]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "token"}}}},
    )
    (mail,) = stack.sent_mail("ada@clinic.example")
    assert mail.text == "token"
    (shown,) = get_json(f"{stack.url}/_local/mail")
    assert shown["to"] == ["ada@clinic.example"]
    assert get_json(f"{stack.url}/_local/texts") == []


def test_the_environment_is_the_stacks_while_it_is_up_and_as_before_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "someone")
    before = dict(os.environ)
    with Stack(load_app=lambda: SampleApp().app, clearinghouse=Partner()) as stack:
        assert "AWS_PROFILE" not in os.environ
        assert os.environ["AWS_ENDPOINT_URL"] == stack.emulator.url
        assert os.environ["CARELOOM_PUBLIC_URL"] == stack.url
    assert dict(os.environ) == before


def test_after_a_restart_the_partner_knows_what_it_was_sent_and_answers_only_the_new(
    tmp_path: Path,
) -> None:
    first, second = Partner(), Partner()
    with Stack(tmp_path, load_app=lambda: SampleApp().app, clearinghouse=first) as stack:
        submit(stack, "c1.837", "one")
        stack.settle()
    sample = SampleApp()
    with Stack(tmp_path, load_app=lambda: sample.app, clearinghouse=second) as stack:
        submit(stack, "c2.837", "two")
        stack.settle()
    assert (first.received, second.received) == (["one"], ["one", "two"])
    assert [key.rpartition("/")[2] for key in keys_of(sample.events["inbound_file"])] == [
        "2.999",
        "b.835",
    ]


def test_a_stack_that_cannot_load_its_app_leaves_nothing_running() -> None:
    def broken() -> Any:
        raise LookupError("no app")

    stack = Stack(load_app=broken, clearinghouse=Partner())
    with pytest.raises(LookupError), stack:
        pass
    assert not Path(stack.emulator.state).exists()


def test_a_state_is_seeded_once_and_afresh_when_that_was_broken_off(tmp_path: Path) -> None:
    seeded: list[Any] = []
    stack: Any = SimpleNamespace(url="http://127.0.0.1:8000")

    def broken(_stack: Any) -> None:
        raise KeyboardInterrupt

    def run(seed: Callable[[Any], None]) -> bool:
        discarded = discard_unfinished(tmp_path)
        with Emulator(tmp_path) as emulator:
            provision(emulator.url, "careloom").close()
            seed_once(stack, SimpleNamespace(seed=seed), tmp_path)
        return discarded

    with pytest.raises(KeyboardInterrupt):
        run(broken)
    assert run(seeded.append) is True
    assert run(seeded.append) is False
    assert seeded == [stack]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_product_runs_until_a_signal_and_keeps_its_state(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = ["-m", "infra.local", "--no-demo", "--state", str(tmp_path)]
    port = ["--port", str(free_port())]
    with subprocess.Popen(
        [sys.executable, *command, *port], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = running.stdout.readline()
            assert line, f"it ended early: {said}"
            said += line
        assert get_json(f"http://127.0.0.1:{port[1]}/healthz") == {"status": "ok"}
        running.send_signal(number)
        said += running.stdout.read()
        assert running.wait(30) == 0
    assert "Stopped. The data is in" in said
    assert (tmp_path / "services" / "dynamodb.json").exists()
