"""What subscriptions refuse."""

from ..platform.errors import Conflict


class AlreadySettled(Conflict):
    """A paid or void invoice stays as it is."""

    code = "invoice_settled"
    title = "This invoice is settled"
