"""What operations refuse."""

from ..platform.errors import Conflict, Invalid


class BrokenUpload(Invalid):
    """The table cannot be read as a whole; a row that is wrong is reported by itself."""

    code = "broken_table"
    title = "This table cannot be read"


class GrantNotOpen(Conflict):
    """The support grant was not consented to, was consented to already, or has ended."""

    code = "grant_not_open"
    title = "This support grant cannot be used"


class RecoveryNotOpen(Conflict):
    """The recovery is in another state, or its day is not over."""

    code = "recovery_not_open"
    title = "This recovery cannot go on"


class SecondPersonNeeded(Conflict):
    """Whoever opened it cannot approve it."""

    code = "second_person_needed"
    title = "A second person has to approve this"


class NotSoleOwner(Conflict):
    """Another owner can help: recovery is for an owner who is alone."""

    code = "not_sole_owner"
    title = "Another owner of the practice can help this one"
