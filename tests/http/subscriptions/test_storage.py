"""What a practice stores is metered off the table's stream; a full plan refuses copies, never care."""

import json
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import boto3
import pytest

from chalicelib.platform import queues
from chalicelib.platform.config import settings
from chalicelib.platform.storage_stream import stored_bytes
from chalicelib.practices.plans import PLANS
from infra.ops import count_storage
from tests import tables
from tests.builders.billing import Clinic, clinic
from tests.builders.custody import make_export
from tests.builders.operations import operator
from tests.world import sign_in, step_up

__all__ = ["clinic"]
FULL = PLANS["trial"].storage_bytes


class Stream:
    """The table's stream: each batch is what has changed since the one before."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.sent = 0
        self.seen: tables.Image = {}

    def records(self) -> list[Any]:
        """What changed, as the event of a stream has it."""
        records = []
        for before, now in tables.changed_since(self.seen):
            row = now or before or {}
            if not row["pk"]["S"].startswith("prc_"):
                continue
            self.sent += 1
            images = {"OldImage": before, "NewImage": now}
            change = {name: image for name, image in images.items() if image is not None}
            change["SequenceNumber"] = f"{self.sent:06d}"
            kind = "MODIFY" if before and now else "INSERT" if now else "REMOVE"
            records.append({"eventName": kind, "dynamodb": change, "eventSourceARN": "arn"})
        self.seen = tables.image()
        return records

    def carry(self, records: list[Any] | None = None) -> Any:
        """One batch to the handler, and what it tells to its queue."""
        event = {"Records": self.records() if records is None else records}
        answer = self.clinic.world._client.lambda_.invoke("storage_stream", event).payload
        self.clinic.world.pump()
        return answer

    def settle(self) -> None:
        """Batch by batch, until nothing has changed but the count."""
        records = self.records()
        while any(_kind(record) != "storage_used" for record in records):
            self.carry(records)
            records = self.records()

    def used(self) -> int:
        """What is counted, as it is stored."""
        counts = [row for row in self.clinic.world.items() if row["kind"]["S"] == "storage_used"]
        return sum(int(row["bytes"]["N"]) for row in counts)


def _kind(record: Any) -> str:
    change = record["dynamodb"]
    kind: str = (change.get("NewImage") or change["OldImage"])["kind"]["S"]
    return kind


@pytest.fixture
def stream(clinic: Clinic) -> Stream:
    return Stream(clinic)


def _stored(clinic: Clinic) -> int:
    own = (row for row in clinic.world.items() if row["pk"]["S"].startswith(clinic.practice_id))
    return sum(map(stored_bytes, own))


def _grow(stream: Stream, by: int) -> None:
    """The practice stores so many bytes more, as files that an item stands for."""
    stream.sent += 1
    row = {"pk": {"S": f"{stream.clinic.practice_id}#x#"}, "sk": {"S": "x#"}}
    image = {**row, "kind": {"S": "export_file"}, "size": {"N": str(abs(by))}}
    empty = {**image, "size": {"N": "0" * len(str(abs(by)))}}
    change = {"NewImage": image, "OldImage": {**empty, "size": {"N": "0"}}}
    if by < 0:
        change = {"NewImage": change["OldImage"], "OldImage": image}
    change["SequenceNumber"] = {"S": str(stream.sent)}["S"]
    stream.carry([{"eventName": "MODIFY", "dynamodb": change, "eventSourceARN": "arn"}])


def _mails(clinic: Clinic, subject: str) -> int:
    return sum(subject in mail for mail in clinic.world.mails())


def test_what_is_counted_is_what_is_stored_to_the_byte(clinic: Clinic, stream: Stream) -> None:
    stream.settle()
    assert stream.used() == _stored(clinic)
    clinic.visit(clinic.insured)
    clinic.pay(clinic.insured, 1_000)
    clinic.call("front_desk", "GET", f"/v1/patients/{clinic.insured}", Idempotency_Key="k")
    stream.settle()
    after = stream.used()
    sent = [int(row["sent_bytes"]["N"]) for row in clinic.world.items() if "sent_bytes" in row]
    assert len(sent) == 1
    assert sent[0] > 500
    assert after == _stored(clinic)
    tables.forget("charge")
    stream.settle()
    assert after - 2_000 < stream.used() == _stored(clinic) < after
    shown = clinic.get("owner", "/v1/subscription")["limits"]
    assert {"limit": "storage_bytes", "used": stream.used(), "allowed": FULL} in shown


def test_what_the_table_forgets_by_itself_does_not_count() -> None:
    image = {"kind": {"S": "answer"}, "expires_at": {"N": "1"}}
    assert stored_bytes(image) == 0
    assert stored_bytes({"kind": {"S": "answer"}}) == len("kindanswer")


def test_a_batch_that_comes_again_is_counted_once(clinic: Clinic, stream: Stream) -> None:
    batch = stream.records()
    stream.carry(batch)
    used = stream.used()
    assert stream.carry(batch) == {"batchItemFailures": []}
    assert stream.used() == used


def _lost(_domain: str, _body: str) -> None:
    raise ConnectionError


def test_a_batch_that_cannot_be_told_comes_again_whole(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = stream.records()
    monkeypatch.setattr(queues, "send", _lost)
    answer = stream.clinic.world._client.lambda_.invoke("storage_stream", {"Records": batch})
    monkeypatch.undo()
    first = batch[0]["dynamodb"]["SequenceNumber"]
    assert answer.payload == {"batchItemFailures": [{"itemIdentifier": first}]}
    stream.carry(batch)
    assert stream.used() > 0


def test_owners_and_operations_are_told_at_four_fifths_and_when_it_is_full(
    clinic: Clinic, stream: Stream
) -> None:
    olu = operator(clinic.world)
    step_up(clinic.world, olu)

    def mark() -> int:
        listed = clinic.world.call("GET", "/v1/operations/practices", token=olu).json["items"]
        return next(
            int(each["storage_mark"])
            for each in listed
            if each["practice_id"] == clinic.practice_id
        )

    told = []
    for by in (FULL * 79 // 100, FULL // 100, FULL // 100, FULL // 5, -FULL // 5, FULL // 5):
        _grow(stream, by)
        four_fifths, full = _mails(clinic, "four fifths"), _mails(clinic, "storage is full")
        told.append((four_fifths, full, mark()))
    assert told == [(0, 0, 0), (1, 0, 80), (1, 0, 80), (1, 1, 100), (1, 1, 80), (1, 2, 100)]
    overview = f"/v1/operations/practices/{clinic.practice_id}"
    shown = clinic.world.call("GET", overview, token=olu).json
    assert shown["storage_bytes"] == stream.used() > FULL


def test_a_full_practice_works_on_and_only_further_copies_and_smaller_plans_are_refused(
    clinic: Clinic, stream: Stream
) -> None:
    _grow(stream, PLANS["clinic"].storage_bytes)
    make_export(clinic)
    clinic.visit(clinic.insured)
    assert clinic.pay(clinic.insured, 1_000).status == 201
    step_up(clinic.world, clinic.tokens["owner"])
    refused = clinic.call("owner", "POST", "/v1/exports")
    assert (refused.status, refused.json["code"]) == (409, "plan_limit_reached")
    assert refused.json["errors"][0]["field"] == "storage_bytes"
    seen = clinic.call("owner", "GET", "/v1/subscription")
    body = {"plan": "solo"}
    smaller = clinic.call("owner", "PUT", "/v1/subscription/plan", body, If_Match=seen.etag)
    assert (smaller.status, smaller.json["code"]) == (409, "plan_limit_reached")
    clinic.world.clock.advance(days=31)
    clinic.tokens = {**clinic.tokens, "owner": sign_in(clinic.world, "owner@elm.example")}
    make_export(clinic)


def test_operations_count_anew(clinic: Clinic, stream: Stream) -> None:
    clinic.visit(clinic.insured)
    stored, files = _stored(clinic), _objects(clinic)
    with redirect_stdout(StringIO()) as shown:
        assert count_storage.run([clinic.practice_id]) == 0
    counted = json.loads(shown.getvalue())["storage_bytes"]
    told = dict.fromkeys(("size", "sent_bytes"), 0)
    for row in clinic.world.items():
        for name in told.keys() & row.keys():
            told[name] += int(row[name]["N"])
    assert files == sum(told.values()) > 0
    assert counted == stored == stream.used()
    assert count_storage.run(["prc_00000000000000000000000000"]) == 1


def _objects(clinic: Clinic) -> int:
    s3, places = boto3.client("s3"), (settings().files_bucket, settings().mailbox_bucket)
    listed = (s3.list_objects_v2(Bucket=b, Prefix=f"{clinic.practice_id}/") for b in places)
    return sum(each["Size"] for answer in listed for each in answer.get("Contents", []))
