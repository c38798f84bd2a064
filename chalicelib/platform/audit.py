"""The audit: one entry a request, in the month partition of whoever acted."""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from .clock import iso
from .context import Context
from .store import Key, Record, join
from .store.keys import SYSTEM

SERVED = "served"


class AuditEntry(Record):
    """Who did what to whom, from where, and how it ended. Ids and codes only."""

    KIND = "audit"

    action = UnicodeAttribute()
    permission = UnicodeAttribute()
    outcome = UnicodeAttribute()
    request_id = UnicodeAttribute()
    session_id = UnicodeAttribute(null=True)
    source_ip = UnicodeAttribute(null=True)
    subjects = UnicodeSetAttribute(null=True)

    @classmethod
    def key(cls, owner: str, actor_id: str, month: str, entry_id: str) -> Key:
        """`prc_1#audit#usr_2#2026-11#` / `aud_3#`: what did this person do in a month."""
        return Key(join(owner, "audit", actor_id, month), join(entry_id))


def entry_of(
    context: Context, *, action: str, permission: str, source_ip: str, outcome: str = SERVED
) -> AuditEntry:
    """The entry of this request, with the subjects noted so far."""
    actor = context.trace.actor or context.actor
    owner = context.trace.owner or context.practice_id or SYSTEM
    key = AuditEntry.key(owner, actor.id, iso(context.now())[:7], context.new_id("aud"))
    return AuditEntry(
        *key,
        action=action,
        permission=permission,
        outcome=outcome,
        request_id=context.request_id,
        session_id=actor.session_id or None,
        source_ip=source_ip or None,
        subjects=set(context.trace.subjects) or None,
    )
