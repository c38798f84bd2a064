"""What custody refuses."""

from ..platform.errors import Conflict, Invalid


class ExportUnderWay(Conflict):
    """One export at a time."""

    code = "export_under_way"
    title = "An export is under way; wait until it is ready"


class ExportNotWaiting(Conflict):
    """Approved already."""

    code = "export_not_waiting"
    title = "This export waits for no approval"


class ExportNotReady(Conflict):
    """Its files are not all there yet."""

    code = "export_not_ready"
    title = "This export is not ready"


class BadArchive(Invalid):
    """What is to be imported is no export of ours, or not as it was written."""

    code = "bad_archive"
    title = "This is not an export as it was written"


class PracticeNotEmpty(Conflict):
    """An import goes into an empty practice."""

    code = "practice_not_empty"
    title = "There is something in this practice already"


class NotOpen(Conflict):
    """Only an active practice closes, and once."""

    code = "practice_not_open"
    title = "This practice is not open, or closes already"


class GraceOver(Conflict):
    """Too late to think better of it."""

    code = "grace_over"
    title = "The time of grace is over, or the practice does not close"


class StillOpen(Conflict):
    """Only a practice that has closed, and whose grace is over, is destroyed."""

    code = "practice_still_open"
    title = "This practice has not closed, or its time of grace is not over"


class NotHandedOver(Conflict):
    """The custodian has not confirmed the final export, or something was left out of it."""

    code = "not_handed_over"
    title = "The custodian has not confirmed that all records are with them"


class UnderLegalHold(Conflict):
    """What lies under a hold is not destroyed."""

    code = "under_legal_hold"
    title = "A legal hold forbids it"


class RetentionForbids(Conflict):
    """The law has these records kept; the detail names until when."""

    code = "retention_forbids"
    title = "These records have to be kept"


class ErasureAskedBefore(Conflict):
    """This erasure is asked for, under way, or done."""

    code = "erasure_asked_before"
    title = "This erasure has been asked for already"


class SamePerson(Conflict):
    """Two people decide on the destruction of a practice."""

    code = "same_person"
    title = "Somebody else has to confirm this"
