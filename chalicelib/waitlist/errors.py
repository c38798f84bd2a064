"""What the waiting list refuses."""

from ..platform.errors import Conflict


class WishOver(Conflict):
    """The patient was booked, took it back, or it lapsed."""

    code = "wish_over"
    title = "This wish is over"


class WishChanged(Conflict):
    """Something else changed the wish, or what its patient is offered, at the same moment."""

    code = "wish_changed"
    title = "This wish changed at the same moment; try again"


class OfferSpent(Conflict):
    """It was answered, has expired, or was taken back."""

    code = "offer_spent"
    title = "This offer has been answered or is out of date"


class OfferOpen(Conflict):
    """Nobody has two open offers at once."""

    code = "offer_open"
    title = "The patient has an open offer"


class OfferedBefore(Conflict):
    """Nobody is offered the same time twice."""

    code = "offered_before"
    title = "The patient has been offered this time before"


class QuietNow(Conflict):
    """The patient is not written to now: call, or offer it by telephone."""

    code = "quiet_hours"
    title = "It is night where the patient is"


class TooManyWishes(Conflict):
    """A patient has as many open wishes as they can have; withdraw one first."""

    code = "too_many_wishes"
    title = "The patient has as many wishes as there can be"
