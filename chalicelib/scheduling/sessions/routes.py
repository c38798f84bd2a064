"""Routes of group sessions. Patients join them by booking."""

from ...identity.permissions import Permission
from ...platform.context import Context
from ...platform.http import Routes
from . import service
from .schemas import SessionCancellation, SessionRequest, SessionView

routes = Routes("scheduling")


@routes.post("/v1/group-sessions", permission=Permission.BOOK_APPOINTMENT, status=201)
def open_group_session(context: Context, body: SessionRequest) -> SessionView:
    """Open a session with nobody in it; booking at its time joins it.

    409 `slot_taken` names what is taken; 422 `outside_availability`.
    """
    return SessionView.of(service.open_session(context, body), [])


@routes.get("/v1/group-sessions/{group_session_id}", permission=Permission.READ_SCHEDULE)
def read_group_session(context: Context, group_session_id: str) -> SessionView:
    """A session and who sits in it."""
    session = service.read_session(context, group_session_id)
    return SessionView.of(session, service.roster(context, session))


@routes.post("/v1/group-sessions/{group_session_id}/cancel", permission=Permission.BOOK_APPOINTMENT)
def cancel_group_session(
    context: Context, group_session_id: str, body: SessionCancellation
) -> SessionView:
    """Cancel a session: nobody joins it any more, and each seat is cancelled in a moment.

    Its `report` says how each seat stands. 409 `session_cancelled`; 422 for a patient's reason.
    """
    session = service.cancel_session(context, group_session_id, body)
    return SessionView.of(session, service.roster(context, session))
