"""What recalls refuse."""

from ..platform.errors import Conflict


class RecallOver(Conflict):
    """The patient has declined, or somebody has closed it."""

    code = "recall_over"
    title = "This recall is over"


class RecallChanged(Conflict):
    """Something else changed it at the same moment."""

    code = "recall_changed"
    title = "This recall changed at the same moment; try again"


class TooManyRules(Conflict):
    """A practice has as many rules as it can have; change one that is not needed."""

    code = "too_many_rules"
    title = "There are as many recall rules as there can be"
