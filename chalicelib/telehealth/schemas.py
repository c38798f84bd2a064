"""What clients send and get: video visits."""

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ..platform.http import Answer, Body, Instant

Device = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{32,128}$")]
Seat = Annotated[str, StringConstraints(pattern=r"^[pg][0-9]{1,2}$")]
Person = Literal["patient", "guest"]
Relation = Literal["interpreter", "family", "caregiver", "clinician", "other"]
Secret: Any = Field(
    description="A random secret that this device makes once, keeps for the visit and sends each time",
    examples=["q3mZ0c5pVw8yRkT1uHsN6dXaLbE9fJgC"],
)


class KnockBody(Body):
    """A patient says the first time that they consent to a visit by video, and where they are."""

    device: Device = Secret
    consents: bool = False
    located_in: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")] | None = (
        Field(default=None, description="Country, in the US the state too", examples=["US-NY"])
    )


class LeaveBody(Body):
    device: Device = Secret


class VideoLinkBody(Body):
    for_whom: Person = Field(description="A new one for the patient ends the one before")
    relation: Relation | None = Field(default=None, description="Of a guest")


class VideoLinkView(Answer):
    """`url` is a secret for one device. Nobody shows it again."""

    url: str


class VideoLinkShown(Answer):
    """What a link is for; `open` says whether one can come in by it now."""

    practice: str
    phone: str | None
    language: str
    who: str
    starts_at: Instant
    time_zone: str
    opens_at: Instant
    closes_at: Instant
    open: bool


class AttendeeView(Answer):
    id: str
    token: str


class CredentialsView(Answer):
    """What Chime's client library takes. Whoever has it is in the meeting: keep it in memory alone."""

    meeting: Annotated[dict[str, Any], BeforeValidator(lambda made: json.loads(made.answer))] = (
        Field(description="The Meeting of Chime's CreateMeeting, as it is")
    )
    attendee: AttendeeView


class KnockView(Answer):
    """`credentials` once one is `admitted`: until then ask again after so many seconds, then no more.

    Asked once more, it gives new ones, and those given before are good no more.
    """

    state: Literal["waiting", "admitted"]
    ask_again_seconds: int | None
    credentials: CredentialsView | None


class DecisionBody(Body):
    """`admit` and `remove` say whom; `leave` is the caller's own, `end` everybody's."""

    decision: Literal["admit", "remove", "leave", "end"]
    seat: Seat | None = Field(default=None, examples=["p0"])


class PersonView(Answer):
    """`located_in` is where the patient said that they are: whether one may treat there.

    `seen_at`: when their program last asked from the waiting room, to half a minute; null once it
    said that they go.
    """

    seat: str
    who: str
    state: str
    relation: str
    arrived_at: Instant | None
    seen_at: Instant | None
    admitted_at: Instant | None
    located_in: str
    consented_at: Instant | None


class AttendedView(Answer):
    who: str
    joined_at: Instant
    left_at: Instant | None


class RoomView(Answer):
    """`version` is 0 before anybody has come."""

    appointment_id: str
    version: int
    open: bool
    opens_at: Instant
    closes_at: Instant
    ended_at: Instant | None
    people: list[PersonView]
    attended: list[AttendedView]
