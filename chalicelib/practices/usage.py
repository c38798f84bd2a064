"""What a practice really uses: bytes stored now; of a UTC month messages and practitioners who signed."""

from datetime import datetime
from typing import NamedTuple

from ..platform.context import Context
from ..platform.errors import AlreadyDone
from ..platform.store import find, query_all
from .models import ActiveProvider, MessagesSent, StorageUsed


class Usage(NamedTuple):
    """Of one month."""

    messages: int
    providers: int


def month_of(instant: datetime) -> str:
    """`2026-11`: the UTC month of an aware instant."""
    return instant.strftime("%Y-%m")


def count_message(context: Context) -> None:
    """Stage that one more message went out: with its record, once for each."""
    key = MessagesSent.key(context.practice_id, month_of(context.now()))
    context.work.tally(MessagesSent, key, messages=1)


def messages_sent(context: Context) -> int:
    """In this month. One GetItem."""
    sent = find(MessagesSent, MessagesSent.key(context.practice_id, month_of(context.now())))
    return sent.messages if sent else 0


def note_provider(context: Context, practitioner_id: str, signed_at: datetime) -> bool:
    """Stage that a practitioner signed in that month; False, and nothing, where that is known."""
    key = ActiveProvider.key(context.practice_id, month_of(signed_at), practitioner_id)
    if find(ActiveProvider, key) is not None:
        return False
    context.work.create(ActiveProvider(*key), refusal=AlreadyDone())
    return True


def storage_used(context: Context) -> int:
    """Bytes stored, some minutes ago. One GetItem."""
    used = find(StorageUsed, StorageUsed.key(context.practice_id))
    return used.bytes if used else 0


def read_usage(context: Context, month: str) -> Usage:
    """One Query."""
    partition = MessagesSent.key(context.practice_id, month).pk
    found = list(query_all(partition, begins=f"{month}#", consistent=True))
    return Usage(
        messages=sum(each.messages for each in found if isinstance(each, MessagesSent)),
        providers=sum(isinstance(each, ActiveProvider) for each in found),
    )
