"""New entries of the audit, off the table's stream: one event a practice, keys and digests only.

What belongs to no practice (`sys#`: sign-in before one is known, the vendor's own work) is the
audit of the vendor, and sealed like any other.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .audit import AuditAmendment, AuditEntry, digest_of
from .events import Event
from .runtime import runtime

WRITTEN = "audit.written"


class Noted(NamedTuple):
    """An entry or amendment as the stream had it: sort key, whose partition, SHA-256 of the item."""

    place: str
    actor_id: str
    digest: str


def is_of_the_audit(image: dict[str, Any]) -> bool:
    return image["kind"]["S"] in (AuditEntry.KIND, AuditAmendment.KIND)


def noted_of(image: dict[str, Any]) -> Noted:
    return Noted(image["sk"]["S"], image["pk"]["S"].split("#")[2], digest_of(image))


def written_entries(images: list[dict[str, Any]]) -> Iterator[Event]:
    """`audit.written` of each practice that these items belong to."""
    by_practice: dict[str, list[Noted]] = {}
    for image in images:
        practice_id = image["pk"]["S"].partition("#")[0]
        by_practice.setdefault(practice_id, []).append(noted_of(image))
    live = runtime()
    for practice_id, noted in by_practice.items():
        yield Event(
            id=live.ids.new("evt"),
            type=WRITTEN,
            practice_id=practice_id,
            subject=noted[0].place.partition("#")[0],
            subject_version=1,
            occurred_at=live.clock.now(),
            data={"entries": json.dumps(noted, separators=(",", ":"))},
        )


def entries_in(event: Event) -> list[Noted]:
    """What `written_entries` put into an event."""
    return [Noted(*each) for each in json.loads(event.data["entries"])]
