"""The way out to Amazon Chime SDK meetings. On one machine the same calls reach the simulator.

Chime is told ids of ours and seats (`p0`, `g1`, a member's id), nothing else of anybody. A meeting
ends by itself: five minutes after the last audio connection, and after 24 hours.
"""

import json
from dataclasses import dataclass
from typing import Any

from ..platform import log
from ..platform.aws import VIDEO, AwsError, client, error_code
from ..platform.config import settings
from ..platform.errors import NotFound, Unavailable
from .models import Meeting

RETRY_SECONDS = 2
GONE = "NotFoundException"


class MeetingGone(NotFound):
    """Chime has ended it."""

    code = "meeting_gone"
    title = "This meeting has ended"


@dataclass(frozen=True, slots=True)
class Attendee:
    """One key to a meeting: whoever has `token` is in it as this attendee."""

    id: str
    token: str


def create_meeting(*, external_id: str, token: str) -> Meeting:
    """A meeting; the same one for the same `token`, as long as it lives. Unavailable."""
    answer = _ask(
        "create_meeting",
        ClientRequestToken=token,
        ExternalMeetingId=external_id,
        MediaRegion=settings().media_region,
    )["Meeting"]
    return Meeting(answer["MeetingId"], json.dumps(answer, separators=(",", ":")))


def create_attendee(meeting: Meeting, seat: str) -> Attendee:
    """A further key to it. MeetingGone, Unavailable."""
    made = _ask("create_attendee", MeetingId=meeting.id, ExternalUserId=seat)["Attendee"]
    return Attendee(made["AttendeeId"], made["JoinToken"])


def delete_attendee(meeting: Meeting, attendee: str) -> None:
    """Whoever is in by this key is put out, and does not come in by it again. Unavailable."""
    try:
        _ask("delete_attendee", MeetingId=meeting.id, AttendeeId=attendee)
    except MeetingGone:
        return


def delete_meeting(meeting: Meeting) -> None:
    """Everybody is put out. Unavailable."""
    try:
        _ask("delete_meeting", MeetingId=meeting.id)
    except MeetingGone:
        return


def _ask(operation: str, **asked: str) -> dict[str, Any]:
    """All of these may be asked again: what a lost answer made is made once, or ends by itself."""
    try:
        answer: dict[str, Any] = getattr(client(VIDEO), operation)(**asked)
    except AwsError as error:
        if error_code(error) == GONE:
            raise MeetingGone from error
        log.failure("chime did not answer", error, code=error_code(error))
        raise Unavailable(retry_after=RETRY_SECONDS) from error
    return answer
