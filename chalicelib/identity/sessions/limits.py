"""How long a session lasts, by kind of user: idle, after which it is locked, and in all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ...platform.errors import Unauthenticated
from ..errors import SessionLocked
from ..models import Member, Session
from ..standing import ACTIVE


@dataclass(frozen=True, slots=True)
class Limit:
    """A locked session can be unlocked until `total` has passed since the sign-in."""

    idle: timedelta
    total: timedelta


LIMITS = {
    "staff": Limit(idle=timedelta(minutes=15), total=timedelta(hours=12)),
    "operator": Limit(idle=timedelta(minutes=10), total=timedelta(hours=8)),
    "patient": Limit(idle=timedelta(minutes=30), total=timedelta(hours=24)),
}


def is_over(session: Session, now: datetime) -> bool:
    """Ended, or past its total time: nothing brings it back."""
    return session.ended or session.ends_at <= now


def is_locked(session: Session, now: datetime) -> bool:
    return session.seen_at + LIMITS[session.bearer].idle <= now


def demand_going_on(session: Session, member: Member, now: datetime) -> None:
    """Unauthenticated for a session that is over, and for a member who left or was signed out."""
    if is_over(session, now) or member.status != ACTIVE or is_signed_out(session, member):
        raise Unauthenticated


def demand_open(session: Session, member: Member, now: datetime) -> None:
    """As `demand_going_on`; SessionLocked (401) for one that was idle too long."""
    demand_going_on(session, member, now)
    if is_locked(session, now):
        raise SessionLocked


def is_signed_out(session: Session, member: Member) -> bool:
    """Whether it began before its user was signed out everywhere, and was not the one spared then."""
    out = member.signed_out_at
    if out is None or session.started_at > out:
        return False
    return session.spared_at is None or session.spared_at < out
