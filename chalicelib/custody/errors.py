"""What custody refuses."""

from ..platform.errors import Conflict


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
