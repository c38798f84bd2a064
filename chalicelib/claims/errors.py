"""What claims refuses."""

from ..platform.errors import Conflict


class NotReady(Conflict):
    """The claim is not in a state from which it can be sent."""

    code = "claim_not_ready"
    title = "The claim cannot be sent as it stands"
