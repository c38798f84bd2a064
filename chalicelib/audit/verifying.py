"""Is the audit as it was written? Everything there is of it, before the judge."""

from collections.abc import Iterable

from ..platform.audit import AuditEntry
from ..platform.audit_stream import noted_of
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.ids import instant_of
from ..platform.store import SYSTEM, find, query_all, query_images
from .chain import Anchor, Evidence, Verdict, judge
from .models import ChainHead, Seal, Unsealed
from .sweeping import actors_of

VENDORS_FIRST_MONTH = "2026-01"
"""The vendor's audit is older than any id that could tell: before this month the product was not."""


def verify_audit(context: Context, locked: Iterable[Anchor]) -> Verdict:
    """Recompute the practice's chain from its entries and against the heads that were locked away.

    Reads the whole audit and holds a digest of each entry, about 200 bytes.
    """
    seals: list[Seal] = list(
        query_all(Seal.key(context.practice_id, 1).pk, begins="seal#", consistent=True)
    )
    waiting = query_all(Unsealed.key(context.practice_id, "aud#").pk, consistent=True)
    head = find(ChainHead, ChainHead.key(context.practice_id), consistent=True)
    evidence = Evidence(
        links=[seal.link for seal in seals],
        anchors=[*locked, *([head.anchor] if head else [])],
        stored=_stored(context, actors_of(context, seals)),
        waiting={each.sk: each.digest for each in waiting},
    )
    return judge(evidence, context.now())


def _stored(context: Context, actors: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for actor_id in actors:
        for month in _months(context):
            partition = AuditEntry.key(context.practice_id, actor_id, month, "aud").pk
            for image in query_images(partition):
                found[image["sk"]["S"]] = noted_of(image).digest
    return found


def _months(context: Context) -> list[str]:
    """From the practice's first month to this one: `2026-03`, `2026-04`, …"""
    is_vendor, last = context.practice_id == SYSTEM, iso(context.now())[:7]
    first = VENDORS_FIRST_MONTH if is_vendor else iso(instant_of(context.practice_id))[:7]
    months, year, month = [first], int(first[:4]), int(first[5:])
    while months[-1] < last:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        months.append(f"{year}-{month:02d}")
    return months
