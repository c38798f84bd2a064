"""The product under a test: HTTP in, events pumped by hand, a clock that is set."""

import json
import re
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from typing import Any

import boto3
from chalice.test import Client

from chalicelib.platform.clock import SetClock
from chalicelib.platform.ids import Ids
from chalicelib.platform.runtime import install, runtime
from chalicelib.practices.capabilities import Capability
from infra.local.clearinghouse import Clearinghouse
from tests import chime, tables, waiting
from tests.replaying import replayed, setting_up

PASSWORD = "correct horse battery staple"
ADDRESS = {"line1": "1 Main St", "city": "New York", "state": "NY", "postal_code": "10001-1234"}

SIGN_UP = {
    "practice_name": "Elm Street Clinic",
    "country": "US",
    "time_zone": "America/New_York",
    "currency": "USD",
    "locale": "en-US",
    "name": "Ada Owner",
    "email": "ada@clinic.example",
    "password": PASSWORD,
}
BILLING = {
    "legal_name": "Elm Street Clinic PC",
    "npi": "1234567893",
    "tin": "12-3456789",
    "taxonomy": "261QP2300X",
    "address": ADDRESS,
    "contact_name": "Bill Biller",
    "contact_phone": "+15185550123",
}


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass
class World:
    """The app over moto, at a set time."""

    start: datetime
    clock: SetClock = field(init=False)

    def __post_init__(self) -> None:
        from app import app

        self.clock = SetClock(self.start)
        live = runtime()
        install(live.authenticate, live.tenant_of, clock=self.clock, ids=Ids(self.clock))
        self._client = Client(app, stage_name="test")
        self._client.__enter__()
        self._seen: set[str] = set()
        self.state: Any = None
        self.clearinghouse = Clearinghouse()
        self.meetings = chime.answer_by(self.clock)

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **headers: str
    ) -> Answered:
        """One request, as API Gateway would hand it over."""
        sent = {
            "Content-Type": "application/json",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        if token:
            sent["Authorization"] = f"Bearer {token}"
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        if type(self) is not World:
            return self._requested(method, path, sent, raw)
        call = (method, path, raw, tuple(sorted(sent.items())))
        answer: Answered = replayed(self, call, lambda: self._requested(method, path, sent, raw))
        return answer

    def _requested(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answered:
        answer = self._client.http.request(method, path, headers=headers, body=body)
        return Answered(answer.status_code, answer.headers, answer.body.decode())

    def pump(self, rounds: int = 20) -> None:
        """Carry events, messages and inbound files until nothing moves."""
        for _ in range(rounds):
            moved = self._stream() + self._queues() + self._outbound() + self._inbound()
            if not moved:
                return
        raise AssertionError("events do not come to rest")

    def carry_audit(self) -> None:
        """Carry the new entries of the audit to its rows. `pump` does not: most tests need none."""
        for start in range(0, len(new := self._new("audit", "audit_amendment")), 100):
            self._invoke_stream(new[start : start + 100])
        self.pump()

    def tick(self) -> None:
        """The minute's schedules, and what follows."""
        self.tick_schedules()
        self.pump()

    def tick_schedules(self) -> None:
        """The minute's schedules alone."""
        for name in ("outbox_sweep", "due_work"):
            self._client.lambda_.invoke(name, _cloudwatch("aws.events", "Scheduled Event", {}))

    def deliver(self, domain: str, bodies: list[str]) -> list[str]:
        """One batch to a domain's queue handler; the message ids (0, 1, …) that it gives back."""
        records = [
            _sqs_record({"MessageId": str(at), "ReceiptHandle": "r", "Body": body})
            for at, body in enumerate(bodies)
        ]
        answer = self._client.lambda_.invoke(f"{domain}_queue", {"Records": records}).payload
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def items(self) -> list[dict[str, Any]]:
        """The whole table, past every guard."""
        return list(tables.rows().values())

    def of_kind(self, *kinds: str) -> list[dict[str, Any]]:
        """Every item of one of these kinds."""
        return tables.of_kind(*kinds)

    def _stream(self) -> int:
        return self._invoke_stream(self._new("outbox"))

    def _new(self, *kinds: str) -> list[dict[str, Any]]:
        """Items of these kinds that were not carried yet."""
        new = [item for item in self.of_kind(*kinds) if item["sk"]["S"] not in self._seen]
        self._seen |= {item["sk"]["S"] for item in new}
        return new

    def _invoke_stream(self, new: list[dict[str, Any]]) -> int:
        records = [
            {
                "eventName": "INSERT",
                "dynamodb": {"NewImage": item, "Keys": {}, "SequenceNumber": str(at)},
                "eventSourceARN": "arn",
            }
            for at, item in enumerate(new)
        ]
        if records:
            answer = self._client.lambda_.invoke("outbox_stream", {"Records": records}).payload
            assert answer == {"batchItemFailures": []}
        return len(records)

    def _queues(self) -> int:
        from chalicelib.platform.config import settings

        sqs, moved = boto3.client("sqs"), 0
        for domain, url in settings().queue_urls.items():
            if self._is_empty(url):
                continue
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            if not messages:
                continue
            moved += len(messages)
            event = {"Records": [_sqs_record(message) for message in messages]}
            failures = self._client.lambda_.invoke(f"{domain}_queue", event).payload
            failed = {failure["itemIdentifier"] for failure in failures["batchItemFailures"]}
            for message in messages:
                if message["MessageId"] not in failed:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return moved

    def _outbound(self) -> int:
        from chalicelib.platform.config import settings

        bucket, s3 = settings().mailbox_bucket, boto3.client("s3")
        for key in (new := self._unseen(bucket, "/clearinghouse/outbound/")):
            text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
            today = self.clock.now().date()
            for answer in self.clearinghouse.receive(text, on=today):
                inbox = f"{key.partition('/')[0]}/clearinghouse/inbound/{answer.name}"
                s3.put_object(Bucket=bucket, Key=inbox, Body=answer.text.encode())
        return len(new)

    def _inbound(self) -> int:
        from chalicelib.platform.config import settings

        bucket = settings().mailbox_bucket
        new = self._unseen(bucket, "/clearinghouse/inbound/")
        for key, size in new.items():
            detail = {"bucket": {"name": bucket}, "object": {"key": key, "size": size}}
            event = _cloudwatch("aws.s3", "Object Created", detail)
            self._client.lambda_.invoke("inbound_file", event)
        return len(new)

    def _unseen(self, bucket: str, folder: str) -> dict[str, int]:
        """The objects of these folders that were not carried yet, and how long they are."""
        found = {
            key: size
            for key, size in self._objects(bucket).items()
            if folder in key and key not in self._seen
        }
        self._seen |= found.keys()
        return found

    def _is_empty(self, queue_url: str) -> bool:
        return waiting.is_empty(queue_url)

    def _objects(self, bucket: str) -> dict[str, int]:
        return waiting.objects(bucket)

    def mails(self) -> list[str]:
        """Every mail sent, subject and text."""
        from moto.backends import get_backend

        backend = get_backend("sesv2")["123456789012"]["us-east-1"]
        return [str(message.__dict__) for message in backend.core_backend.sent_messages]

    def texts(self) -> list[tuple[str, str]]:
        """Every SMS sent: number and text."""
        from moto.backends import get_backend

        return list(get_backend("sns")["123456789012"]["us-east-1"].sms_messages.values())

    def mailed_token(self) -> str:
        """The secret of the newest link that was mailed."""
        tokens = re.findall(r"lnk_[0-9A-Z]{26}\.[0-9a-f]{64}", "\n".join(self.mails()))
        return tokens[-1]


def _cloudwatch(source: str, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "1",
        "account": "123456789012",
        "time": "2026-03-02T14:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "source": source,
        "detail-type": kind,
        "detail": detail,
    }


def _sqs_record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:queue",
        "awsRegion": "us-east-1",
    }


def sign_up(world: World, *, email: str = "ada@clinic.example", **over: Any) -> str:
    """A practice whose owner is verified; the owner's access token."""
    with setting_up():
        made = world.call("POST", "/v1/practices", {**SIGN_UP, "email": email, **over})
        assert made.status == 201, made.text
        verified = world.call("POST", "/v1/practices/verify", {"token": newest_link(world)})
        assert verified.status == 200, verified.text
        token = sign_in(world, email)
        accept_agreement(world, token)
    return token


def accept_agreement(world: World, owner: str) -> None:
    """The owner accepts the current business associate agreement."""
    shown = world.call("GET", "/v1/agreements", token=owner).json["items"][-1]
    body = {"agreement": shown["version"], "sha256": shown["sha256"]}
    accepted = world.call("POST", "/v1/agreements/accept", body, token=owner)
    assert accepted.status == 200, accepted.text


def clear(world: World, token: str, *capabilities: str) -> None:
    """Operations verify these capabilities, or all; a practice without a billing identity gets one."""
    from infra.ops.clear import run

    practice = world.call("GET", "/v1/practice", token=token)
    if practice.json["billing"] is None:
        change = {"billing": BILLING}
        world.call("PATCH", "/v1/practice", change, token=token, If_Match=practice.etag)
    named = capabilities or tuple(Capability)
    by = ["--by", "a test", "--licence", "NY 123456"]
    with redirect_stdout(StringIO()):
        assert run([practice.json["id"], *named, *by]) == 0


def newest_link(world: World) -> str:
    """The secret of the newest one-use link, without the mail."""
    from chalicelib.identity.links import link_token

    links = [item["pk"]["S"].split("#")[2] for item in world.of_kind("link")]
    return link_token(max(links))


def sign_in(world: World, email: str, **over: Any) -> str:
    """An access token for this account."""
    answer = world.call("POST", "/v1/sessions", {"email": email, "password": PASSWORD, **over})
    assert answer.status == 201, answer.text
    token: str = answer.json["access_token"]
    return token


def step_up(world: World, token: str) -> None:
    """The session of this access token has just been given a second factor."""
    from chalicelib.identity.models import Session
    from chalicelib.identity.sessions.tokens import read_access_token
    from chalicelib.platform.store import UnitOfWork, get, practice_scope

    claims = read_access_token(token, world.clock.now())
    with practice_scope(claims.practice_id):
        session = get(Session, Session.key(claims.practice_id, claims.session_id))
        session.mfa_at = world.clock.now()
        work = UnitOfWork()
        work.save(session)
        work.commit()


def add_member(world: World, owner: str, role: str, *, email: str = "") -> tuple[str, str]:
    """Invite and accept; the member's access token and user id."""
    email = email or f"{role}@clinic.example"
    if role in ("owner", "manager"):
        step_up(world, owner)
    body = {"email": email, "name": role.title(), "roles": [role]}
    with setting_up():
        invited = world.call("POST", "/v1/members", body, token=owner)
        assert invited.status == 201, invited.text
        accepted = world.call(
            "POST", "/v1/invitations/accept", {"token": newest_link(world), "password": PASSWORD}
        )
        assert accepted.status == 200, accepted.text
        return sign_in(world, email), invited.json["user_id"]
