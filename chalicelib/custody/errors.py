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
