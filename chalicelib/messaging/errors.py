"""What messages to patients refuse."""

from ..platform.errors import Conflict


class VisitLinkSpent(Conflict):
    """It was used, or the visit has been moved, has begun or is over."""

    code = "visit_link_spent"
    title = "This link has been used or is out of date"
