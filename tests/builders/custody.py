"""Exports made through the API and read back as a custodian would read them."""

import json
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any, BinaryIO

import boto3
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from chalicelib.custody.exporting import STEP, start_export
from chalicelib.custody.handlers import consumers
from chalicelib.custody.importing import Imported, import_practice
from chalicelib.custody.models import RUNNING, Export, ExportFile
from chalicelib.custody.rekeying import rekeyed
from chalicelib.custody.requesting import new_export
from chalicelib.platform.config import settings
from chalicelib.platform.events import Event
from chalicelib.platform.queues import working
from chalicelib.platform.runtime import runtime
from chalicelib.platform.store import get, practice_scope, query_all
from infra.ops.import_practice import working_on
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


def write_export(practice_id: str) -> str:
    """An export written slice by slice past HTTP and queues; its id."""
    with working("custody", practice_id, "a test") as context:
        export = new_export(context)
        export.approved_by, export.approved_at = context.actor.id, context.now()
        start_export(context, export)
        context.work.create(export)
    finish_export(practice_id, export.id)
    return export.id


def finish_export(practice_id: str, export_id: str) -> None:
    """Deliver the message of each slice that is left, as the queue would."""
    while (export := read(practice_id, export_id)).state == RUNNING:
        deliver_slice(practice_id, export_id, export.step)


def deliver_slice(practice_id: str, export_id: str, step: int) -> None:
    now = runtime().clock.now()
    told = Event("evt_1", STEP, practice_id, export_id, 1, now, {"step": str(step)})
    consumers.handle(told.to_json())


def read(practice_id: str, export_id: str) -> Export:
    with practice_scope(practice_id):
        return get(Export, Export.key(practice_id, export_id))


@dataclass(frozen=True)
class Kept:
    """The files of an export in memory: an archive that can be imported."""

    export_id: str
    files: dict[str, bytes]

    def open(self, name: str) -> BinaryIO:
        return BytesIO(self.files[name])

    @property
    def manifest(self) -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(self.files["manifest.json"])
        return shown

    @property
    def lines(self) -> list[dict[str, Any]]:
        texts = (body for name, body in self.files.items() if name.startswith("records/"))
        return [json.loads(line) for text in texts for line in text.splitlines()]


def kept(practice_id: str, export_id: str) -> Kept:
    """An export as its object store has it."""
    s3, bucket = boto3.client("s3"), settings().files_bucket
    with practice_scope(practice_id):
        listed = list(query_all(ExportFile.key(practice_id, export_id, 0).pk))
    keys = {each.name: each.object_key for each in listed}
    keys["manifest.json"] = f"{practice_id}/exports/{export_id}/manifest.json"
    return Kept(
        export_id,
        {n: s3.get_object(Bucket=bucket, Key=k)["Body"].read() for n, k in keys.items()},
    )


def take_in(archive: Any, practice_id: str, **named: Any) -> Imported:
    """Import into a practice of this id."""
    with practice_scope(practice_id):
        return import_practice(working_on(practice_id), archive, **named)


def alike(archive: Kept, practice_id: str) -> list[str]:
    """Every record as if it were this practice's, in an order."""
    own = archive.manifest["practice_id"]
    return sorted(json.dumps(rekeyed(line, own, practice_id)) for line in archive.lines)


def pems(private_key: Any) -> tuple[str, str]:
    """A key pair as text: private, public."""
    private = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
