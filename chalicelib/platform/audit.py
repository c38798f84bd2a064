"""The audit: one entry a request, in the month partition of whoever acted. It only grows.

What turns out differently after an entry was written is an amendment beside it.
"""

import json
from hashlib import sha256
from typing import Any

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from .clock import iso
from .context import Context, Trace
from .ids import instant_of
from .store import SYSTEM, IdInKey, IntegerAttribute, Key, Record, join

SERVED, REPLAYED = "served", "replayed"
AGENTS = ("edg", "opr", "firefox", "chrome", "safari", "okhttp", "cfnetwork", "dart",
          "python", "java", "node", "go-http-client", "curl", "postman")  # fmt: skip
"""Kinds of programs, by what their User-Agent holds: the first that fits, so Edge before Chrome."""


class AuditEntry(Record):
    """Who did what to whom, from where, why, and how it ended. Ids and codes only.

    `times` is of a refusal that stands for several: how many (platform/denials.py).
    """

    KIND = "audit"

    id = IdInKey("aud")
    action = UnicodeAttribute()
    permission = UnicodeAttribute()
    outcome = UnicodeAttribute()
    request_id = UnicodeAttribute()
    session_id = UnicodeAttribute(null=True)
    source_ip = UnicodeAttribute(null=True)
    agent = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    break_glass = UnicodeAttribute(null=True)
    subjects = UnicodeSetAttribute(null=True)
    times = IntegerAttribute(null=True)

    @classmethod
    def key(cls, owner: str, actor_id: str, month: str, entry_id: str) -> Key:
        """`prc_1#audit#usr_2#2026-11#` / `aud_3#`: what did this person do in a month."""
        return Key(join(owner, "audit", actor_id, month), join(entry_id))


class AuditAmendment(Record):
    """How the request of an entry ended after all, everybody whom it concerned, and by which right."""

    KIND = "audit_amendment"

    id = IdInKey("aud")
    outcome = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    break_glass = UnicodeAttribute(null=True)
    subjects = UnicodeSetAttribute(null=True)

    @classmethod
    def key(cls, entry: Key) -> Key:
        """`prc_1#audit#usr_2#2026-11#` / `aud_3#amended#`: beside its entry."""
        return Key(entry.pk, f"{entry.sk}amended#")


def entry_of(
    context: Context,
    *,
    entry_id: str,
    action: str,
    permission: str = "",
    outcome: str = SERVED,
) -> AuditEntry:
    """The entry of this request, with the subjects noted so far."""
    actor, trace = context.trace.actor or context.actor, context.trace
    owner = trace.owner or context.practice_id or SYSTEM
    key = AuditEntry.key(owner, actor.id, iso(instant_of(entry_id))[:7], entry_id)
    return AuditEntry(
        *key,
        action=action,
        permission=permission or actor.kind,
        outcome=outcome,
        request_id=context.request_id,
        session_id=actor.session_id or None,
        source_ip=context.source or None,
        agent=agent_of(context.user_agent) or None,
        why=trace.why or None,
        break_glass=trace.break_glass or None,
        subjects=set(trace.subjects) or None,
    )


def amendment_of(entry: AuditEntry, outcome: str, trace: Trace) -> AuditAmendment:
    """What is true of an entry's request in the end."""
    return AuditAmendment(
        *AuditAmendment.key(entry.item_key),
        outcome=outcome,
        why=trace.why or None,
        break_glass=trace.break_glass or None,
        subjects=set(trace.subjects) or None,
    )


def agent_of(user_agent: str) -> str:
    """What kind of program called; `other` for one that is not known, `""` for one that is silent."""
    named = user_agent.lower()
    return next((each for each in AGENTS if each in named), "other") if named else ""


def digest_of(image: dict[str, Any]) -> str:
    """SHA-256, in hex, of a stored item as it goes over the wire; sets have no order."""
    plain = {
        name: {kind: sorted(value) if kind in ("SS", "NS") else value}
        for name, typed in image.items()
        for kind, value in typed.items()
    }
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), default=repr)
    return sha256(text.encode()).hexdigest()
