"""What video visits refuse."""

from ..platform.errors import Conflict


class VideoNotOpen(Conflict):
    """It opens a quarter of an hour before the visit, and closes an hour after it."""

    code = "video_not_open"
    title = "The room of this visit is not open now"


class VideoLinkDead(Conflict):
    """The visit was moved or cancelled, the person was removed, or there is a newer link."""

    code = "video_link_dead"
    title = "This link is not good any more"


class VideoLinkUsed(Conflict):
    """Another device has come in by it."""

    code = "video_link_used"
    title = "This link was used on another device"


class VideoEnded(Conflict):
    """The provider has ended it; they can open it again."""

    code = "video_ended"
    title = "The visit has ended"


class NotWaiting(Conflict):
    """Nobody waits in this seat."""

    code = "not_waiting"
    title = "This person is not in the waiting room"


class TooManyVideoLinks(Conflict):
    """A visit has room for four guests, and the patient for a dozen links."""

    code = "too_many_video_links"
    title = "There are as many links to this visit as there can be"


class NoVideoVisit(Conflict):
    """The appointment is not held by video, or is off."""

    code = "no_video_visit"
    title = "There is no video visit to join"
