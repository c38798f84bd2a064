"""The custodian that a closing practice has named."""

from ..platform.context import Context
from ..platform.store import find
from .custodian import Custodian
from .models import Closing


def custodian_of(context: Context) -> Custodian | None:
    """Who gets the records; None while the practice does not close."""
    closing = find(Closing, Closing.key(context.practice_id))
    if closing is None:
        return None
    custodian: Custodian = closing.custodian
    return custodian
