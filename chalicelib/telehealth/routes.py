"""Routes of video visits."""

from ..identity.permissions import Permission
from ..platform.context import Context, SystemContext
from ..platform.http import PUBLIC, Routes
from . import inviting, seeing, waiting
from .schemas import (
    CredentialsView,
    DecisionBody,
    KnockBody,
    KnockView,
    LeaveBody,
    RoomView,
    VideoLinkBody,
    VideoLinkShown,
    VideoLinkView,
)

routes = Routes("telehealth")
VIDEO = "/v1/appointments/{appointment_id}/video"
LINK = "/v1/video-links/{secret}"


@routes.get(LINK, permission=PUBLIC)
def read_video_link(context: SystemContext, secret: str) -> VideoLinkShown:
    """What a link to a video visit is for, and whether its room is open. Changes nothing."""
    return VideoLinkShown.model_validate(waiting.read_link(context, secret))


@routes.post(LINK, permission=PUBLIC)
def knock(context: SystemContext, secret: str, body: KnockBody) -> KnockView:
    """Come into the waiting room, and ask whether one is let in: then with a key to the meeting.

    The first device is the link's own: 409 `video_link_used` for any other. 409 `video_not_open`,
    `video_ended`, `video_link_dead`; 422 without a patient's consent and place.
    """
    return KnockView.model_validate(waiting.knock(context, secret, body))


@routes.post(f"{LINK}/leave", permission=PUBLIC)
def leave_by_link(context: SystemContext, secret: str, body: LeaveBody) -> None:
    """Hang up; the same device may come again."""
    waiting.leave(context, secret, body)


@routes.get(VIDEO, permission=Permission.READ_SCHEDULE)
def read_video_room(context: Context, appointment_id: str) -> RoomView:
    """Who waits and who is in, and when they came and went."""
    return RoomView.model_validate(seeing.read_room(context, appointment_id))


@routes.post(VIDEO, permission=Permission.SEE_BY_VIDEO, idempotent=False)
def join_video_visit(context: Context, appointment_id: str) -> CredentialsView:
    """Come in as a provider; who waits goes on waiting. 409 `video_not_open`, `no_video_visit`.

    Asked once more, it gives a new key in place of the one before.
    """
    return CredentialsView.model_validate(seeing.join(context, appointment_id))


@routes.post(f"{VIDEO}/decisions", permission=Permission.SEE_BY_VIDEO)
def decide_on_video_visit(context: Context, appointment_id: str, body: DecisionBody) -> RoomView:
    """Let in who waits, put somebody out, whose link ends with that, go, or end it for everybody.

    409 `not_waiting`. Joining opens again what was ended.
    """
    return RoomView.model_validate(seeing.decide(context, appointment_id, body))


@routes.post(f"{VIDEO}/links", permission=Permission.BOOK_APPOINTMENT, status=201, idempotent=False)
def make_video_link(context: Context, appointment_id: str, body: VideoLinkBody) -> VideoLinkView:
    """A new link for the patient, or one for a guest: an interpreter, family. 409 `too_many_video_links`.

    `url` is shown this once, for one device.
    """
    return VideoLinkView(url=inviting.make_link(context, appointment_id, body))
