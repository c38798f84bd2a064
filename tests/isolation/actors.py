"""Who calls in these tests: each role of a practice, and beside them the vendor's operator."""

from chalicelib.identity.operators import OperatorPermission
from chalicelib.identity.permissions import PERMISSIONS_OF, Permission, Role
from chalicelib.platform.http import Endpoint

OPERATOR = "operator"
"""Of no practice: their routes name the practice, so they are not tried with another one's id."""


def is_for_operators(endpoint: Endpoint) -> bool:
    return endpoint.permission in set(OperatorPermission)


def may(actor: str, endpoint: Endpoint) -> bool:
    """Whether this actor has the permission that the route names."""
    if actor == OPERATOR:
        return is_for_operators(endpoint) or endpoint.permission == Permission.READ_SELF
    return endpoint.permission in PERMISSIONS_OF[Role(actor)]


def those_who_may(endpoint: Endpoint) -> list[str]:
    return [actor for actor in (*Role, OPERATOR) if may(actor, endpoint)]
