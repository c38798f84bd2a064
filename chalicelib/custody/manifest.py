"""The manifest of an export: what is in it, and by which hashes that can be checked."""

import json

from ..patients.models import Part2Record
from ..patients.part2_notice import NOTICE
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.store import get, query_all
from ..practices.models import Practice
from .models import Export, ExportFile

FORMAT = "careloom-export/1"


def manifest_of(context: Context, export: Export) -> bytes:
    """`manifest.json`: one JSON object, a file a line, so that a long one is written in little memory.

    `notice` accompanies records of a programme under 42 CFR Part 2 (2.32).
    """
    practice = get(Practice, Practice.key(context.practice_id))
    head = {
        "format": FORMAT,
        "practice_id": practice.id,
        "practice_name": practice.name,
        "country": practice.country,
        "export_id": export.id,
        "started_at": iso(export.approved_at),
        "finished_at": iso(context.now()),
        "records": dict(sorted((export.counts or {}).items())),
        "withheld": export.withheld or {},
    }
    if (export.counts or {}).get(Part2Record.KIND):
        head["notice"] = NOTICE
    body = bytearray(json.dumps(head, ensure_ascii=False).encode()[:-1])
    body += b', "files": ['
    partition = ExportFile.key(context.practice_id, export.id, 0).pk
    for at, file in enumerate(query_all(partition, consistent=True)):
        body += b",\n" if at else b"\n"
        body += json.dumps(entry_of(file), ensure_ascii=False).encode()
    return bytes(body + b"\n]}\n")


def entry_of(file: ExportFile) -> dict[str, object]:
    """A file as the manifest lists it; `records` only of a file of records."""
    entry: dict[str, object] = {"name": file.name, "size": file.size, "sha256": file.sha256}
    return entry if file.records is None else {**entry, "records": file.records}
