"""Opening a session for someone who has proved who they are, and its tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ...platform.context import Context, SystemContext
from ...platform.store import SYSTEM
from ..credentials.ports import Identified
from ..models import Member, Session, SessionOfUser
from .devices import device_of
from .limits import LIMITS
from .tokens import AccessClaims, issue_access_token, new_refresh_token, refresh_hash

STAFF, OPERATOR = "staff", "operator"
"""Kinds of users, whose limits differ (limits.py)."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How someone proved who they are: methods as RFC 8176 names them, and when.

    `mfa_at` is when a second factor was given, if one was; `provider_id` is of the practice's own
    identity provider, if that one vouches for it.
    """

    methods: frozenset[str]
    at: datetime
    mfa_at: datetime | None = None
    provider_id: str | None = None

    @classmethod
    def of(cls, identified: Identified, now: datetime) -> "Proof":
        """What someone has shown just now."""
        mfa_at = now if identified.with_factor else None
        return cls(frozenset(identified.amr), now, mfa_at, identified.provider_id)


class Granted(NamedTuple):
    """A session with the tokens that only its owner sees."""

    session: Session
    access_token: str
    refresh_token: str


def open_session(context: SystemContext, member: Member, practice_id: str, proof: Proof) -> Granted:
    """Stage a session of this member, and where it lies. Its total time counts from the proof."""
    session_id, now = context.new_id("ses"), context.now()
    refresh_token = new_refresh_token(practice_id, session_id)
    bearer = OPERATOR if practice_id == SYSTEM else STAFF
    ends_at = proof.at + LIMITS[bearer].total
    session = Session(
        *Session.key(practice_id, session_id),
        user_id=member.user_id,
        bearer=bearer,
        refresh_hash=refresh_hash(refresh_token),
        started_at=now,
        seen_at=now,
        ends_at=ends_at,
        signed_in_at=proof.at,
        mfa_at=proof.mfa_at,
        provider_id=proof.provider_id,
        amr=set(proof.methods),
        device=device_of(context.user_agent),
        source_ip=context.source or None,
        expires_at=int(ends_at.timestamp()),
    )
    context.work.create(session)
    place = SessionOfUser.key(member.user_id, session_id)
    context.work.create(
        SessionOfUser(*place, practice_id=practice_id, expires_at=session.expires_at)
    )
    return granted(context, session, member, refresh_token)


def granted(context: Context, session: Session, member: Member, refresh_token: str) -> Granted:
    """The session with an access token made now."""
    claims = AccessClaims(
        session.user_id,
        session.practice_id,
        session.id,
        member.version,
        tuple(sorted(session.amr or ())),
        max(session.signed_in_at or session.started_at, session.mfa_at or session.started_at),
    )
    return Granted(session, issue_access_token(claims, context.now()), refresh_token)
