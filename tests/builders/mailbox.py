"""The clearinghouse's side of the mailbox, by hand: what it gets, and what it brings when."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import boto3

from chalicelib.platform.config import settings
from infra.local.clearinghouse import Clearinghouse, Reply
from tests.builders.billing import Clinic


@dataclass
class Holding:
    """A clearinghouse that answers nothing by itself: it keeps the files, and its answers."""

    files: list[str] = field(default_factory=list)
    answers: list[Reply] = field(default_factory=list)
    house: Clearinghouse = field(default_factory=Clearinghouse)

    def receive(self, text: str, *, on: date) -> tuple[Reply, ...]:
        self.files.append(text)
        self.answers += self.house.receive(text, on=on)
        return ()

    def texts(self, kind: str) -> list[str]:
        """Its answers of a kind, in order."""
        return [answer.text for answer in self.answers if answer.kind == kind]


def holding(clinic: Clinic) -> Holding:
    """From here on the practice's clearinghouse holds its answers back."""
    clinic.world.clearinghouse = Holding()
    return clinic.world.clearinghouse


def bring(clinic: Clinic, text: str | bytes, *, shared: bool = False) -> str:
    """A file comes into the practice's mailbox, or the vendor's, and all that follows happens."""
    key = put(clinic, text, shared=shared)
    clinic.world.pump()
    return key


def put(clinic: Clinic, text: str | bytes, *, shared: bool = False) -> str:
    """The key of a file that lies in the mailbox, under a name that no other has."""
    data = text.encode() if isinstance(text, str) else text
    s3, bucket = boto3.client("s3"), settings().mailbox_bucket
    prefix = f"{'sys' if shared else clinic.practice_id}/clearinghouse/inbound/"
    before = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("KeyCount", 0)
    key = f"{prefix}{before:04d}-{hashlib.sha256(data).hexdigest()[:8]}.x12"
    s3.put_object(Bucket=bucket, Key=key, Body=data)
    return key


def inbound(clinic: Clinic) -> list[dict[str, Any]]:
    """What came in, as the practice sees it."""
    files: list[dict[str, Any]] = clinic.get("biller", "/v1/inbound-files?limit=200")["items"]
    return files


def claims(clinic: Clinic, *statuses: str) -> list[dict[str, Any]]:
    """The practice's claims in these states, whole."""
    rows = [
        row
        for status in statuses
        for row in clinic.get("biller", f"/v1/claims?status={status}")["items"]
    ]
    return [clinic.get("biller", f"/v1/claims/{row['id']}") for row in rows]
