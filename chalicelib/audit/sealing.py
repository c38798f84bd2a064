"""Sealing what waits, and locking the chain's head away. Two sealers at once: one wins."""

import json
from datetime import datetime, timedelta

from ..platform.aws import AwsError, client
from ..platform.clock import iso
from ..platform.config import settings
from ..platform.context import Context
from ..platform.due import clear_due, set_due
from ..platform.errors import AlreadyDone, Unavailable
from ..platform.store import find, query
from .chain import next_link
from .models import ChainHead, Seal, SealDue, Unsealed
from .sweeping import sweep

ANCHOR = "audit.anchor"
ENTRIES = 98
"""With the seal and the head, the hundred items of a transaction."""
ROUNDS = 25
ANCHORED_EVERY = timedelta(hours=1)
KEPT = timedelta(days=7 * 366)
"""45 CFR 164.316(b)(2)(i): six years; one more, so that the last day of the sixth is in it."""
SKEW = timedelta(minutes=5)


def seal_entries(context: Context, due: SealDue) -> None:
    """Seal all that waits, 98 entries a transaction; then be due no more, unless more has come.

    AlreadyDone where another sealer was quicker: the next minute goes on from there.
    """
    for _ in range(ROUNDS):
        if not _stage_seal(context):
            clear_due(due)
            context.work.save(due, refusal=AlreadyDone())
            return
        context.work.commit()


def lock_head(context: Context, head: ChainHead) -> None:
    """Put the head under Object Lock, after what the stream has lost was looked for, once a day.

    The same head is put twice where we died in between: both say the same.
    """
    sweep(context, head)
    key = f"{context.practice_id}/audit-heads/{head.number:012d}.json"
    said = {
        "practice_id": context.practice_id,
        "number": head.number,
        "hash": head.hash,
        "entries": head.entries,
        "at": iso(context.now()),
    }
    try:
        client("s3").put_object(
            Bucket=settings().audit_bucket,
            Key=key,
            Body=json.dumps(said).encode(),
            ContentType="application/json",
            ChecksumAlgorithm="SHA256",
            ObjectLockMode="COMPLIANCE",
            ObjectLockRetainUntilDate=context.now() + KEPT,
        )
    except AwsError as error:
        raise Unavailable from error
    head.anchored_at = context.now()
    clear_due(head)
    context.work.save(head, refusal=AlreadyDone())


def _stage_seal(context: Context) -> bool:
    """Stage the next link, or the removal of what a link has already; False if nothing waits."""
    practice_id = context.practice_id
    partition = Unsealed.key(practice_id, "aud#").pk
    waiting: list[Unsealed] = query(partition, limit=ENTRIES, consistent=True).records
    if not waiting:
        return False
    oldest = min(each.leaf.at for each in waiting)
    sealed = sealed_since(context, oldest - SKEW)
    for each in waiting:
        context.work.remove(each, refusal=AlreadyDone())
    fresh = [each.leaf for each in waiting if each.sk not in sealed]
    if fresh:
        head = find(ChainHead, ChainHead.key(practice_id), consistent=True)
        link = next_link(head.anchor if head else None, fresh, context.now())
        context.work.create(Seal.of(practice_id, link), refusal=AlreadyDone())
        _stage_head(context, head, link.hash, more=len(fresh))
    return True


def sealed_since(context: Context, instant: datetime) -> set[str]:
    """The places of all that was sealed from `instant` on, newest first: the last minute's, as a rule.

    An entry is sealed after it was made, so one that comes twice is found here.
    """
    places: set[str] = set()
    partition, start = Seal.key(context.practice_id, 1).pk, None
    while True:
        page = query(
            partition, begins="seal#", limit=5, start=start, newest_first=True, consistent=True
        )
        seals: list[Seal] = page.records
        places |= {leaf.place for seal in seals for leaf in seal.leaves}
        start = page.next_key
        if start is None or seals[-1].sealed_at < instant:
            return places


def _stage_head(context: Context, head: ChainHead | None, new_hash: str, *, more: int) -> None:
    now = context.now()
    if head is None:
        head = ChainHead(*ChainHead.key(context.practice_id), number=1, hash=new_hash, entries=more)
        set_due(head, ANCHOR, now)
        context.work.create(head, refusal=AlreadyDone())
        return
    head.number, head.hash, head.entries = head.number + 1, new_hash, head.entries + more
    if not head.duepk:
        set_due(head, ANCHOR, max(now, (head.anchored_at or now) + ANCHORED_EVERY))
    context.work.save(head, refusal=AlreadyDone())
