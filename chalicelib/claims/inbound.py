"""Files that come in: routed, read whole or refused whole, and taken in once."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ..platform.aws import client
from ..platform.config import settings
from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.store import find
from .acknowledging import take_277ca, take_999
from .models import InboundFile
from .posting import post_remittance
from .x12.inspection import EdiFile, inspect, read_file
from .x12.segments import MAX_BYTES, Finding, X12Error

PROCESSED, QUARANTINED, PROCESSING = "processed", "quarantined", "processing"
POSTED = frozenset({"835", "277CA", "999"})
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the mailbox. `data` is cut after the size at which no file is read any more."""

    key: str
    size: int
    sha256: str
    data: bytes


def fetch_file(file_key: str) -> StoredFile:
    """Read an object of the mailbox, its digest over all of it: at most 16 MB are held at once."""
    answer = client("s3").get_object(Bucket=settings().mailbox_bucket, Key=file_key)
    data: bytes = answer["Body"].read(MAX_BYTES + 1)
    digest = sha256(data)
    while rest := answer["Body"].read(CHUNK):
        digest.update(rest)
    return StoredFile(file_key, answer["ContentLength"], digest.hexdigest(), data)


def take_file(context: Context, file_key: str) -> None:
    """Take in one file of the practice's mailbox.

    A file that breaks its envelope, counts, control numbers or money is quarantined whole, with
    every reason and its place; nothing of it is posted. The same bytes are taken in once. A
    remittance is posted claim by claim, each a transaction of its own; a death in between is
    resumed by the queue, and what is posted stays posted once.
    """
    stored = fetch_file(file_key)
    key = InboundFile.key(context.practice_id, stored.sha256)
    record = find(InboundFile, key, consistent=True)
    if record is not None and record.status != PROCESSING:
        raise AlreadyDone
    try:
        file = read_file(stored.data)
    except X12Error as refused:
        _quarantine(context, stored, refused.findings)
        return
    if file.kind not in POSTED:
        _quarantine(context, stored, (Finding(1, f"a {file.kind} is not taken in here"),))
        return
    if record is None:
        record = _record(context, stored)
        record.file_kind, record.status = file.kind, PROCESSING
        record.warnings = _places(file.warnings)
        context.work.create(record, refusal=AlreadyDone())
        context.work.commit()
    _post(context, file, stored.sha256)
    record.status = PROCESSED
    context.work.save(record, refusal=AlreadyDone())


def _post(context: Context, file: EdiFile, digest: str) -> None:
    for acknowledgement in file.implementation_acknowledgements:
        take_999(context, acknowledgement)
    for acknowledgements in file.claim_acknowledgements:
        take_277ca(context, acknowledgements)
    for remittance in file.remittances:
        post_remittance(context, remittance, file_sha256=digest)


def _quarantine(context: Context, stored: StoredFile, reasons: tuple[Finding, ...]) -> None:
    record = _record(context, stored)
    record.file_kind, record.status = inspect(stored.key, stored.data).kind, QUARANTINED
    record.reasons = _places(reasons)
    context.work.create(record, refusal=AlreadyDone())


def _record(context: Context, stored: StoredFile) -> InboundFile:
    return InboundFile(
        *InboundFile.key(context.practice_id, stored.sha256),
        file_key=stored.key,
        size=stored.size,
        received_at=context.now(),
    )


def _places(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [{"segment": each.segment, "text": each.text} for each in findings[:100]]
