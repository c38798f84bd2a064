"""Who was declined online: what the front desk reads that calls them."""

from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.store import get
from .models import BookingSession


def read_request(context: Context, booking_id: str) -> BookingSession:
    """A booking that was declined, for 30 days. NotFound for any other."""
    session = get(BookingSession, BookingSession.key(context.practice_id, booking_id))
    if session.why is None or not context.allows_at(session.location_id):
        raise NotFound
    return session
