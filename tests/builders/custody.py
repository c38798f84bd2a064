"""Exports made through the API and read back as a custodian would read them."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import boto3

from chalicelib.platform.config import settings
from tests.builders.billing import Clinic
from tests.world import Answered, step_up


@dataclass(frozen=True)
class Fetched:
    """An export as it was fetched: its manifest and every file by name."""

    export_id: str
    manifest: dict[str, Any]
    files: dict[str, bytes]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every record."""
        texts = (self.files[name] for name in sorted(self.files) if name.startswith("records/"))
        return [json.loads(line) for text in texts for line in text.splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["kind"] == kind]


def make_export(clinic: Clinic) -> str:
    """An export that an owner has approved and that is ready; its id."""
    step_up(clinic.world, clinic.tokens["owner"])
    made = clinic.call("owner", "POST", "/v1/exports")
    assert made.status == 201, made.text
    clinic.world.pump(rounds=500)
    return str(made.json["id"])


def listing(clinic: Clinic, export_id: str) -> Answered:
    step_up(clinic.world, clinic.tokens["owner"])
    return clinic.call("owner", "GET", f"/v1/exports/{export_id}/files?limit=200")


def fetched(clinic: Clinic, export_id: str = "") -> Fetched:
    """Fetch an export whole, and check it against its manifest."""
    export_id = export_id or make_export(clinic)
    shown = clinic.get("owner", f"/v1/exports/{export_id}")
    assert shown["state"] == "ready"
    listed = listing(clinic, export_id).json
    body = _object(listed["manifest_url"])
    assert sha256(body).hexdigest() == shown["manifest_sha256"]
    files = {each["name"]: _object(each["url"]) for each in listed["items"]}
    manifest = json.loads(body)
    for entry in manifest["files"]:
        assert sha256(files[entry["name"]]).hexdigest() == entry["sha256"]
        assert len(files[entry["name"]]) == entry["size"]
    assert {entry["name"] for entry in manifest["files"]} == files.keys()
    return Fetched(export_id, manifest, files)


def _object(url: str) -> bytes:
    """What a signed link leads to."""
    key = url.partition("?")[0].partition(settings().files_bucket)[2].partition("/")[2]
    answer = boto3.client("s3").get_object(Bucket=settings().files_bucket, Key=key)
    body: bytes = answer["Body"].read()
    return body
