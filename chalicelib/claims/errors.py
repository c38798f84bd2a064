"""What claims refuses."""

from ..platform.errors import Conflict


class NotReady(Conflict):
    """The claim is not in a state from which it can be sent."""

    code = "claim_not_ready"
    title = "The claim cannot be sent as it stands"


class PayeeTaken(Conflict):
    """Another practice has registered this NPI or TIN for the shared mailbox."""

    code = "payee_taken"
    title = "Another practice is registered as this payee"
