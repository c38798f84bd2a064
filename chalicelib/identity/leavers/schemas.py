"""What clients send and get: leaving, and the hand-over."""

from typing import Annotated

from pydantic import Field, StringConstraints

from ...platform.http import Answer, Body, Instant

UserId = Annotated[str, StringConstraints(pattern=r"^usr_[0-9A-Z]{26}$")]
PractitionerId = Annotated[str, StringConstraints(pattern=r"^pra_[0-9A-Z]{26}$")]


class Leaving(Body):
    """Who goes on with the leaver's work; without one it is listed as left behind."""

    successor_user_id: UserId | None = None
    successor_practitioner_id: PractitionerId | None = Field(
        default=None, description="Needed where the successor is not one practitioner"
    )


class HandOverView(Answer):
    """A hand-over that has begun."""

    id: str
    user_id: str
    successor_user_id: str | None = Field(validation_alias="successor_id")
    successor_practitioner_id: str | None = Field(validation_alias="practitioner_id")
    begun_by: str
    begun_at: Instant


class HandOverPartView(Answer):
    """A domain that is through: how much it moved, and how much it left behind."""

    domain: str
    at: Instant
    moved: int
    left: int


class HandedOverView(Answer):
    """An appointment, encounter or task: `moved`, or `left` for a reason."""

    subject_id: str
    outcome: str
    reason: str | None
    patient_id: str | None


class HandOverReport(Answer):
    hand_over: HandOverView
    parts: list[HandOverPartView]
    items: list[HandedOverView]
    next_cursor: str | None
