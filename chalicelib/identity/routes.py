"""The routes of identity, room by room."""

from .credentials import routes as credential_routes
from .machines import routes as key_routes
from .members import routes as member_routes
from .openid import routes as openid_routes
from .sessions import routes as session_routes
from .signing_up import routes as sign_up_routes

ROOMS = (
    sign_up_routes,
    session_routes,
    credential_routes,
    openid_routes,
    member_routes,
    key_routes,
)
