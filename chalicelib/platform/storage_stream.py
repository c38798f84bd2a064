"""What practices store, off the table's stream: by how many bytes it grew or shrank, batch by batch.

Items count as DynamoDB counts them, and files by the size that their item states. What the table
forgets by itself (`expires_at`) does not count, coming or going; nor does the count itself.
"""

from collections.abc import Iterator
from typing import Any

from .events import Event
from .ids import derived_id
from .runtime import runtime
from .store.sizes import Item, item_size

CHANGED = "storage.changed"
COUNT = "storage_used"
"""The kind that holds the count: it would be told of itself for ever."""
FILE_BYTES = {
    "export_file": "size",
    "inbound_file": "size",
    "claim": "sent_bytes",
    "downtime_pack": "size",
}
"""Of kinds that stand for files in the buckets: the attribute that says how many bytes those take."""


def stored_bytes(image: Item | None) -> int:
    """What an item takes, with the files it stands for."""
    return row_bytes(image) + file_bytes(image) if image else 0


def row_bytes(image: Item) -> int:
    """What it takes itself."""
    counts = "expires_at" not in image and image["kind"]["S"] != COUNT
    return item_size(image) if counts else 0


def file_bytes(image: Item) -> int:
    """What the files take that it stands for."""
    stated = image.get(FILE_BYTES.get(image["kind"]["S"], ""), {"N": "0"})
    return int(stated["N"])


def storage_changes(records: list[dict[str, Any]]) -> Iterator[Event]:
    """`storage.changed` of each practice whose items the batch changed, if their sum differs.

    The id follows from the practice and its first and last record: the same batch tells the same.
    """
    by_practice: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        change = record["dynamodb"]
        image = change.get("NewImage") or change["OldImage"]
        by_practice.setdefault(image["pk"]["S"].partition("#")[0], []).append(change)
    for practice_id, changes in by_practice.items():
        grown = sum(map(_difference, changes))
        if grown:
            ends = changes[0]["SequenceNumber"], changes[-1]["SequenceNumber"]
            yield Event(
                id=derived_id("evt", practice_id, *ends),
                type=CHANGED,
                practice_id=practice_id,
                subject=practice_id,
                subject_version=1,
                occurred_at=runtime().clock.now(),
                data={"bytes": str(grown)},
            )


def _difference(change: dict[str, Any]) -> int:
    return stored_bytes(change.get("NewImage")) - stored_bytes(change.get("OldImage"))
