"""What is stored otherwise than before, as it can be compared from run to run."""

import json
import re
from collections import Counter

from tests import tables

ID = re.compile(
    r"(?<=#submission#)\d+|[a-z]{3}_[0-9A-Z]{16,26}|[0-9a-f]{32,64}|[0-9a-f]{8}-[0-9a-f-]{27}"
)
BESIDE = {"audit", "audit_amendment", "counter"}
"""Each delivery has an entry of its own; a number that was handed out in vain is not used."""
ITS_OWN = {"duepk", "control_number"}
"""What follows from a random id, or is such a number."""
ASKED_AGAIN = {"audit_seal_due", "group_session"}
"""Stored once more as they are, and so count on: a request for work, a report."""


def plain_rows(kept: tables.Image) -> Counter[str]:
    """Ids and what follows from them are anybody's."""
    return Counter(
        f"{'gone: ' if now is None else ''}{_plain(now or before or {})}"
        for before, now in tables.changed_since(kept)
        if (now or before or {})["kind"]["S"] not in BESIDE
    )


def _plain(row: tables.Row) -> str:
    but = {*ITS_OWN, *(["version"] if row["kind"]["S"] in ASKED_AGAIN else [])}
    told = {name: value for name, value in row.items() if name not in but}
    return ID.sub("id", json.dumps(told, sort_keys=True, default=str))
