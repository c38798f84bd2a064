"""Writing an export, slice by slice: each message writes a part, stores how far it came, and goes on.

A slice is committed with the event that starts the next one, and names the step it is: death at
any call brings the same slice again, a message that comes twice finds the step passed. An object
that a dead slice left is not in the manifest; no two attempts write one object.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from ..platform import outbox
from ..platform.aws import client
from ..platform.clock import monotonic
from ..platform.config import settings
from ..platform.context import ERASED, ERASING, Context
from ..platform.events import Event
from ..platform.store import SYSTEM, Row, find, sweep_page
from .custodians import custodian_of
from .kinds import NOT_TAKEN_ALONG, SEALED, is_exported
from .lines import line_of, text_of
from .manifest import manifest_of
from .models import ENDED, READY, RUNNING, Export, ExportFile
from .sealed_words import with_words
from .sealing import seal_line
from .stored_files import copy_with_digest, files_after

SLICE_SECONDS = 20.0
PART_BYTES = 2_000_000
FILES_A_SLICE = 50
STEP = "export.step"


def start_export(context: Context, export: Export) -> None:
    """Stage an approved export's first slice; the caller stages the export itself."""
    export.state = RUNNING
    outbox.publish(context, STEP, export.id, 1, step="0")


def write_slice(context: Context, event: Event) -> None:
    """The next slice of an export: records, then files, then the manifest.

    An export that meets the erasure of its practice is given up.
    """
    export = find(Export, Export.key(context.practice_id, event.subject))
    if export is None or export.state != RUNNING or export.step != int(event.data["step"]):
        return
    if context.tenant.status in (ERASING, ERASED):
        export.state = ENDED
        context.work.save(export)
        return
    _PHASES[export.phase](context, export)
    export.step += 1
    context.work.save(export)
    if export.state == RUNNING:
        outbox.publish(context, STEP, export.id, export.version, step=str(export.step))
    else:
        outbox.publish(context, "export.ready", export.id, export.version)


def object_key(practice_id: str, export_id: str, name: str) -> str:
    """Where a file of an export lies: `prc_1/exports/exp_2/…` in the bucket of files."""
    return f"{practice_id}/exports/{export_id}/{name}"


def _write_records(context: Context, export: Export) -> None:
    """One part. A page is let go before the next is read: two at once are half of the memory."""
    deadline = monotonic() + SLICE_SECONDS
    part, counts, withheld = bytearray(), Counter(export.counts or {}), Counter(export.withheld)
    before, public_key = counts.total(), _custodian_key(context)
    while export.phase == "records" and len(part) < PART_BYTES and monotonic() < deadline:
        for kind, text in _page_of_texts(context, export, public_key):
            if text is None:
                withheld[kind] += 1
            else:
                part += text
                counts[kind] += 1
    export.counts, export.withheld = dict(counts), dict(withheld) or None
    lines = counts.total() - before
    if lines:
        number = export.files + 1
        _add_file(context, export, f"records/{number:06d}.jsonl", part, records=lines)


def _page_of_texts(
    context: Context, export: Export, public_key: str | None
) -> Iterator[tuple[str, bytes | None]]:
    page = sweep_page(context.practice_id, start=export.position)
    export.position = page.next_key
    if export.position is None:
        export.phase = "files"
    yield from _texts(page.rows, public_key)


def _texts(rows: list[Row], public_key: str | None) -> Iterator[tuple[str, bytes | None]]:
    """Kind and line of each row that leaves; no line for what only a custodian's key could carry."""
    for row in rows:
        kind = row["kind"]["S"]
        if not is_exported(kind, system=row["pk"]["S"].startswith(f"{SYSTEM}#")):
            continue
        left = NOT_TAKEN_ALONG.get(kind, frozenset())
        line = line_of(with_words({name: row[name] for name in row.keys() - left}))
        if kind not in SEALED:
            yield kind, text_of(line)
        elif public_key is None:
            yield kind, None
        else:
            yield kind, text_of(seal_line(line, public_key))


def _copy_files(context: Context, export: Export) -> None:
    """Copies of what lies in the buckets; exports themselves are none of it."""
    deadline = monotonic() + SLICE_SECONDS
    for done, stored in enumerate(files_after(context, export.position)):
        if done == FILES_A_SLICE or monotonic() > deadline:
            return
        name = f"files/{stored.place}/{stored.key.partition('/')[2]}"
        target = object_key(context.practice_id, export.id, name)
        digest = copy_with_digest(stored, target)
        _list_file(context, export, name, target, digest, size=stored.size)
        export.position = {"place": stored.place, "after": stored.key}
    export.phase, export.position = "manifest", None


def _write_manifest(context: Context, export: Export) -> None:
    body = manifest_of(context, export)
    key = object_key(context.practice_id, export.id, "manifest.json")
    client("s3").put_object(Bucket=settings().files_bucket, Key=key, Body=body)
    export.manifest_sha256 = sha256(body).hexdigest()
    export.state, export.ready_at = READY, context.now()


_PHASES = {"records": _write_records, "files": _copy_files, "manifest": _write_manifest}


def _add_file(
    context: Context, export: Export, name: str, body: bytearray, *, records: int | None
) -> None:
    attempt = context.new_id("try")
    key = object_key(context.practice_id, export.id, f"{name}.{attempt}")
    client("s3").put_object(Bucket=settings().files_bucket, Key=key, Body=body)
    _list_file(
        context, export, name, key, sha256(body).hexdigest(), size=len(body), records=records
    )


def _list_file(
    context: Context,
    export: Export,
    name: str,
    key: str,
    digest: str,
    *,
    size: int,
    records: int | None = None,
) -> None:
    export.files += 1
    context.work.create(
        ExportFile(
            *ExportFile.key(context.practice_id, export.id, export.files),
            name=name,
            object_key=key,
            sha256=digest,
            size=size,
            records=records,
        )
    )


def _custodian_key(context: Context) -> str | None:
    custodian = custodian_of(context)
    return custodian.public_key if custodian else None
