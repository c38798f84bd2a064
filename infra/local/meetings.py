"""Amazon Chime SDK meetings on one machine: the service's HTTP, and its events as EventBridge puts
them on our queue. No sound and no picture goes through it.

`POST /connections` and `POST /disconnections` with `{"token": …}` play a client that comes in by a
join token, and goes; `"dropped": true` says that its connection broke.
"""

import json
import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from .gateway import StartResponse

REGION = "us-east-1"
Json = dict[str, Any]


class Refused(Exception):
    """As the service refuses: `code` is in the answer's header."""

    def __init__(self, status: HTTPStatus, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class _Meeting:
    made: Json
    attendees: dict[str, Json] = field(default_factory=dict)
    connected: set[str] = field(default_factory=set)


class Meetings:
    """A WSGI application. `tell` is given each event, `now` is its clock."""

    def __init__(
        self,
        tell: Callable[[Json], object],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.live: dict[str, _Meeting] = {}
        self._by_request: dict[str, str] = {}
        self._tell, self._now = tell, now

    def respond(self, environ: Json, start_response: StartResponse) -> Iterable[bytes]:
        """REST-JSON, as botocore speaks it."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        parts = environ["PATH_INFO"].strip("/").split("/")
        headers = [("Content-Type", "application/json")]
        try:
            answer = self._answer(environ["REQUEST_METHOD"], parts, json.loads(body or b"{}"))
            status = HTTPStatus.NO_CONTENT if answer is None else HTTPStatus.CREATED
        except Refused as refused:
            status, answer = refused.status, {"Code": refused.code, "Message": refused.code}
            headers.append(("x-amzn-ErrorType", refused.code))
        start_response(f"{status.value} {status.phrase}", headers)
        return [b"" if answer is None else json.dumps(answer).encode()]

    def connect(self, token: str) -> None:
        """A client comes in by its join token. Refused for a token that is good no more."""
        meeting, attendee = self._holder(token)
        if not meeting.connected:
            self._emit(meeting, "chime:MeetingStarted")
        meeting.connected.add(attendee["AttendeeId"])
        self._emit(meeting, "chime:AttendeeJoined", attendee)

    def disconnect(self, token: str, *, dropped: bool = False) -> None:
        """A client goes, or its connection breaks."""
        meeting, attendee = self._holder(token)
        self._leave(meeting, attendee, "chime:AttendeeDropped" if dropped else "chime:AttendeeLeft")

    def end(self, meeting_id: str) -> None:
        """It ends, by a call or because nobody is in it."""
        meeting = self.live.pop(meeting_id)
        for attendee_id in sorted(meeting.connected):
            self._leave(meeting, meeting.attendees[attendee_id], "chime:AttendeeLeft")
        self._emit(meeting, "chime:MeetingEnded")

    def _answer(self, method: str, parts: list[str], asked: Json) -> Json | None:
        match method, parts:
            case "POST", ["meetings"]:
                return {"Meeting": self._made(asked)}
            case "DELETE", ["meetings", meeting_id]:
                self._found(meeting_id)
                self.end(meeting_id)
                return None
            case "POST", ["meetings", meeting_id, "attendees"]:
                return {"Attendee": self._added(self._found(meeting_id), asked)}
            case "DELETE", ["meetings", meeting_id, "attendees", attendee_id]:
                self._deleted(self._found(meeting_id), attendee_id)
                return None
            case "POST", ["connections"]:
                self.connect(asked["token"])
                return {}
            case "POST", ["disconnections"]:
                self.disconnect(asked["token"], dropped=bool(asked.get("dropped")))
                return {}
        raise Refused(HTTPStatus.NOT_FOUND, "NotFoundException")

    def _made(self, asked: Json) -> Json:
        token, named = asked["ClientRequestToken"], asked["ExternalMeetingId"]
        if not all(2 <= len(each) <= 64 for each in (token, named, asked["MediaRegion"])):
            raise Refused(HTTPStatus.BAD_REQUEST, "BadRequestException")
        known = self.live.get(self._by_request.get(token, ""))
        if known is not None:
            return known.made
        meeting_id = str(uuid.uuid4())
        host = f"wss://{meeting_id}.meetings.invalid"
        made = {
            "MeetingId": meeting_id,
            "ExternalMeetingId": named,
            "MediaRegion": asked["MediaRegion"],
            "MediaPlacement": {"AudioHostUrl": host, "SignalingUrl": f"{host}/control"},
            "MeetingArn": f"arn:aws:chime:{REGION}:000000000000:meeting/{meeting_id}",
        }
        self.live[meeting_id], self._by_request[token] = _Meeting(made), meeting_id
        return made

    def _added(self, meeting: _Meeting, asked: Json) -> Json:
        if not 2 <= len(asked["ExternalUserId"]) <= 64:
            raise Refused(HTTPStatus.BAD_REQUEST, "BadRequestException")
        attendee = {
            "AttendeeId": str(uuid.uuid4()),
            "ExternalUserId": asked["ExternalUserId"],
            "JoinToken": secrets.token_urlsafe(48),
        }
        meeting.attendees[attendee["AttendeeId"]] = attendee
        return attendee

    def _deleted(self, meeting: _Meeting, attendee_id: str) -> None:
        attendee = meeting.attendees.pop(attendee_id, None)
        if attendee is None:
            raise Refused(HTTPStatus.NOT_FOUND, "NotFoundException")
        meeting.connected.discard(attendee_id)
        self._emit(meeting, "chime:AttendeeDeleted", attendee)

    def _leave(self, meeting: _Meeting, attendee: Json, how: str) -> None:
        if attendee["AttendeeId"] in meeting.connected:
            meeting.connected.remove(attendee["AttendeeId"])
            self._emit(meeting, how, attendee)

    def _found(self, meeting_id: str) -> _Meeting:
        if meeting_id not in self.live:
            raise Refused(HTTPStatus.NOT_FOUND, "NotFoundException")
        return self.live[meeting_id]

    def _holder(self, token: str) -> tuple[_Meeting, Json]:
        for meeting in self.live.values():
            for attendee in meeting.attendees.values():
                if attendee["JoinToken"] == token:
                    return meeting, attendee
        raise Refused(HTTPStatus.FORBIDDEN, "ForbiddenException")

    def _emit(self, meeting: _Meeting, what: str, attendee: Json | None = None) -> None:
        """As EventBridge brings it: names begin with a small letter there."""
        at, made = self._now(), meeting.made
        detail: Json = {
            "version": "0",
            "eventType": what,
            "timestamp": int(at.timestamp() * 1000),
            "meetingId": made["MeetingId"],
            "externalMeetingId": made["ExternalMeetingId"],
            "mediaRegion": made["MediaRegion"],
        }
        if attendee is not None:
            detail["attendeeId"] = attendee["AttendeeId"]
            detail["externalUserId"] = attendee["ExternalUserId"]
        self._tell(
            {
                "version": "0",
                "id": str(uuid.uuid4()),
                "source": "aws.chime",
                "detail-type": "Chime Meeting State Change",
                "account": "000000000000",
                "region": REGION,
                "time": at.isoformat().replace("+00:00", "Z"),
                "resources": [],
                "detail": detail,
            }
        )
