"""What patients and coverages refuse."""

from ..platform.errors import Conflict


class PossibleDuplicate(Conflict):
    """Someone very like this patient is registered; each error's message is such a patient's id."""

    code = "possible_duplicate"
    title = "This may be a patient you have; send confirm_not_duplicate to register them anyway"


class MrnTaken(Conflict):
    """Another patient of the practice has this medical record number."""

    code = "mrn_taken"
    title = "Another patient has this medical record number"


class CoverageOverlap(Conflict):
    """Two active coverages would have one priority on the same day; the error's message is the other's id."""

    code = "coverage_overlap"
    title = "Another active coverage has this priority in this period"


class CoveragesChanged(Conflict):
    """Someone else changed this patient's coverages meanwhile."""

    code = "coverages_changed"
    title = "This patient's coverages have changed meanwhile; read them and try again"
