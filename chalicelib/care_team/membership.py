"""Who is let in to see a patient's sensitive records: members of the team, and openings for an hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

OPENED_FOR = timedelta(minutes=60)
"""How long a break-glass holds."""


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Someone on a patient's care team. `reason` is theirs who added themselves."""

    user_id: str
    role: str
    since: datetime
    until: datetime | None = None
    added_by: str = ""
    reason: str | None = None

    def holds(self, at: datetime) -> bool:
        """They are on the team at that time."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Opening:
    """A break-glass: this person sees the patient's tagged records until then."""

    id: str
    user_id: str
    until: datetime


def is_on_team(members: Iterable[TeamMember], user_id: str, at: datetime) -> bool:
    """Whether they are on it at that time."""
    return any(each.user_id == user_id and each.holds(at) for each in members)


def opening_of(openings: Iterable[Opening], user_id: str, at: datetime) -> str:
    """The id of the break-glass that holds for them at that time; "" for none."""
    held = (each for each in openings if each.user_id == user_id and at < each.until)
    return next((each.id for each in held), "")
