"""What makes a record sensitive, and who is let in to see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

OPENED_FOR = timedelta(minutes=60)
"""How long a break-glass holds."""


class Sensitivity(StrEnum):
    """HL7 v3 ActCode, InformationSensitivityPolicy: what FHIR carries in `meta.security`."""

    BEHAVIOURAL_HEALTH = "BH"
    SUBSTANCE_ABUSE = "ETH"
    ALCOHOL_USE_DISORDER = "ETHUD"
    GENETIC_DISEASE = "GDIS"
    HIV = "HIV"
    MENTAL_HEALTH = "MH"
    MILITARY_SEXUAL_TRAUMA = "MST"
    OPIOID_USE_DISORDER = "OPIOIDUD"
    PSYCHIATRY = "PSY"
    SEXUAL_AND_DOMESTIC_VIOLENCE = "SDV"
    SEXUALITY_AND_REPRODUCTION = "SEX"
    SEXUALLY_TRANSMITTED_DISEASE = "STD"
    SUBSTANCE_USE_DISORDER = "SUD"


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
