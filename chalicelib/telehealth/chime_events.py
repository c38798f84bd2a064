"""What Chime tells by EventBridge of its meetings: who is connected, who is not, and the end.

Shapes: Amazon Chime SDK Developer Guide, "Understanding Amazon Chime SDK meeting lifecycle events".
Events come twice, late and in any order: what they say is a set (attendance.py).
"""

from datetime import UTC, datetime
from typing import Any

from ..platform import log
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.ids import is_id
from ..platform.queues import working
from .attendance import By, Report, What
from .rooms import Room, find_room, keep

_SAYS = {
    "chime:AttendeeJoined": What.JOINED,
    "chime:AttendeeLeft": What.LEFT,
    "chime:AttendeeDropped": What.LEFT,
    "chime:AttendeeDeleted": What.LEFT,
    "chime:MeetingEnded": What.ENDED,
}
SECONDS_END = 10**11
"""In seconds the year 5138, in milliseconds 1973."""
MOST_REPORTS = 500
"""What an item holds, and more than a day of bad connections makes."""


def receive_event(event: dict[str, Any]) -> None:
    """One event. KeyError or ValueError for what is none: it ends among the dead letters.

    Nothing for what is of no meeting of ours.
    """
    detail = event["detail"]
    what = _SAYS.get(detail["eventType"])
    practice_id, _, appointment_id = detail["externalMeetingId"].partition(".")
    if what is None or not is_id(practice_id) or not is_id(appointment_id):
        log.info("an event of chime that changes nothing")
        return
    try:
        with working("telehealth", practice_id, event["id"], detail["eventType"]) as context:
            note_presence(context, appointment_id, what, detail)
    except NotFound:
        log.info("an event of chime of no practice that is there")


def note_presence(
    context: Context, appointment_id: str, what: What, detail: dict[str, Any]
) -> None:
    """Put on the visit what Chime tells of one of its meetings, once. Nothing without such a visit."""
    try:
        room = find_room(context, context.practice_id, appointment_id)
    except NotFound:
        return
    report = _report(room, detail, what)
    known = room.visit.reports or set()
    if report is None or report.text() in known or len(known) >= MOST_REPORTS:
        return
    room.visit.report(report)
    keep(context, room)


def _report(room: Room, detail: dict[str, Any], what: What) -> Report | None:
    """None for a meeting that the visit does not know: nobody has been let into that."""
    meetings = room.visit.meetings
    if detail["meetingId"] not in meetings:
        return None
    number = meetings.index(detail["meetingId"]) + 1
    at = _instant(int(detail["timestamp"]))
    if what is What.ENDED:
        return Report(what, By.CHIME, at, number)
    return Report(what, By.CHIME, at, number, detail["externalUserId"], detail["attendeeId"])


def _instant(stamp: int) -> datetime:
    """Milliseconds; the guide's own example could be seconds, which are taken as well."""
    return datetime.fromtimestamp(stamp / 1000 if stamp > SECONDS_END else stamp, UTC)
