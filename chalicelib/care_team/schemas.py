"""What clients send and get: care teams, break-glass."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from ..platform.http import Answer, Body, Instant, Line

TeamRole = Literal["treating", "covering", "consulting", "nursing", "supervising", "coordinating"]
UserId = Annotated[str, Field(pattern=r"^usr_[0-9A-Z]{26}$")]
Reason = Annotated[Line, StringConstraints(min_length=10, max_length=200)]


class TeamMemberBody(Body):
    """`until` left out: for good."""

    user_id: UserId
    role: TeamRole
    until: AwareDatetime | None = None


class CareTeamBody(Body):
    """The whole team. Your own place on it stays as it is, or is given up."""

    members: list[TeamMemberBody] = Field(max_length=50)


class JoinBody(Body):
    """Why you take part in this patient's care: it is kept, and reviewed."""

    role: TeamRole
    reason: Reason


class TeamMemberView(Answer):
    user_id: str
    role: str
    since: Instant
    until: Instant | None
    added_by: str
    reason: str | None


class CareTeamView(Answer):
    """Version 0 while there is none."""

    version: int
    members: list[TeamMemberView]


class BreakGlassBody(Body):
    """Why it has to be, by code and in words.

    HL7 v3 PurposeOfUse: emergency treatment, patient safety, coordination of care.
    """

    reason: Literal["ETREAT", "PATSFTY", "COC"]
    explanation: Reason


class EmergencyDisclosureView(Answer):
    """What 42 CFR 2.51(c) asks to be documented."""

    recipient: str
    affiliation: str
    disclosed_by: str
    disclosed_at: Instant
    nature: str


class BreakGlassView(Answer):
    """`until` is when it ends by itself; `emergency_disclosure` where Part 2 records were opened."""

    id: str
    patient_id: str
    user_id: str
    reason: str
    explanation: str
    opened_at: Instant
    until: Instant
    emergency_disclosure: EmergencyDisclosureView | None
