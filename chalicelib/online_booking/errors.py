"""What online booking refuses."""

from ..platform.errors import Conflict, Invalid


class SlugTaken(Conflict):
    """Another practice's page has this address."""

    code = "slug_taken"
    title = "This address is taken"


class BotSuspected(Invalid):
    """Too fast, without proof of work, without the challenge of this page, or refused by the verifier."""

    code = "bot_suspected"
    title = "Solve the challenge of this page again"


class ChallengeUsed(Conflict):
    """One challenge holds one slot."""

    code = "challenge_used"
    title = "This challenge was used; read the page again"


class BookingUnderWay(Conflict):
    """Two requests for one booking at the same moment; try again."""

    code = "booking_under_way"
    title = "This booking is being changed; try again"


class BookingOver(Conflict):
    """It is booked, or was declined."""

    code = "booking_over"
    title = "This booking has ended"


class NoCodeYet(Conflict):
    """No code has been sent."""

    code = "no_code_yet"
    title = "Say first who comes, and where to send the code"


class CodeWrong(Invalid):
    """Not the code that was sent last."""

    code = "code_wrong"
    title = "This is not the code that we sent"


class CodeSpent(Conflict):
    """It was tried five times, or is older than ten minutes."""

    code = "code_spent"
    title = "This code is not good any more; ask for another"


class TooManyCodes(Conflict):
    """Three codes were sent for this booking."""

    code = "too_many_codes"
    title = "No more codes for this booking; begin again"


class NotMovable(Conflict):
    """Its type is not booked online, or it is too late: the practice has to be asked."""

    code = "not_movable"
    title = "This visit is moved by the practice; ask for it"
