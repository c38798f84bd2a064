"""Finding entries that the table's stream has lost, once a day and practice."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..identity.machines.models import ApiKey
from ..identity.models import Member
from ..platform import log, metrics, queues
from ..platform.audit import AuditEntry
from ..platform.audit_stream import Noted, noted_of
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.ids import first_id_at
from ..platform.store import query_all, query_images
from ..practices.models import Practice
from .models import ChainHead, Seal, Unsealed
from .noting import note_entries

EVERY = timedelta(days=1)
SETTLES = timedelta(hours=2)
"""The stream gives a record up after an hour; a queue message is tried five times in half an hour."""
ANONYMOUS = "anonymous"


def sweep(context: Context, head: ChainHead) -> None:
    """Bring what is in no seal and in no line before the sealer, if the last sweep was a day ago.

    Reads a day's entries of each actor and the seals since: some hundred RRU a busy day.
    """
    until = context.now() - SETTLES
    since = head.swept_until or until - EVERY
    if until - since < EVERY:
        return
    sealed = _seals_since(context, since)
    known = {leaf.place for seal in sealed for leaf in seal.leaves}
    known |= {each.sk for each in query_all(Unsealed.key(context.practice_id, "aud#").pk)}
    actors = actors_of(context, sealed)
    lost = [each for each in _written(context, actors, since, until) if each.place not in known]
    if lost:
        log.info(
            "audit entries found by the sweep", practice_id=context.practice_id, count=len(lost)
        )
        metrics.audit_swept(len(lost))
        note_entries(context, lost)
    head.swept_until = until


def actors_of(context: Context, sealed: list[Seal]) -> set[str]:
    """Everybody who may have entries: members and API keys past and present, the system, and whoever
    was sealed.
    """
    own = Practice.key(context.practice_id).pk
    known = {each.user_id for each in query_all(own, begins="member#") if isinstance(each, Member)}
    known |= {each.id for each in query_all(own, begins="api-key#") if isinstance(each, ApiKey)}
    known |= {f"system:{domain}" for domain in (*queues.domains(), "operations")}
    return known | {ANONYMOUS} | {leaf.actor_id for seal in sealed for leaf in seal.leaves}


def _seals_since(context: Context, since: datetime) -> list[Seal]:
    found: list[Seal] = []
    partition = Seal.key(context.practice_id, 1).pk
    for seal in query_all(partition, begins="seal#", newest_first=True):
        if seal.sealed_at < since:
            return found
        found.append(seal)
    return found


def _written(
    context: Context, actors: set[str], since: datetime, until: datetime
) -> Iterator[Noted]:
    first, last = first_id_at("aud", since), first_id_at("aud", until)
    for actor_id in sorted(actors):
        for month in sorted({iso(since)[:7], iso(until)[:7]}):
            partition = AuditEntry.key(context.practice_id, actor_id, month, first).pk
            for image in query_images(partition, between=(first, last)):
                yield noted_of(image)
