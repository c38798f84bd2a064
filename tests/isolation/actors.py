"""Who calls in these tests: each role of a practice, and beside them the vendor's operator."""

from chalicelib.identity.operators import OperatorPermission
from chalicelib.identity.permissions import PERMISSIONS_OF, Role
from chalicelib.platform.http import Endpoint

OPERATOR = "operator"
"""Of no practice: their routes name the practice, so they are not tried with another one's id."""


def may(actor: str, endpoint: Endpoint) -> bool:
    """Whether this actor has the permission that the route names."""
    if actor == OPERATOR:
        return endpoint.permission in set(OperatorPermission)
    return endpoint.permission in PERMISSIONS_OF[Role(actor)]


def who_may(endpoint: Endpoint) -> list[str]:
    """Those who have a route's permission; nobody (`""`) has that of a public one."""
    if endpoint.public:
        return [""]
    return [actor for actor in (*[role.value for role in Role], OPERATOR) if may(actor, endpoint)]


def who_tries(endpoint: Endpoint) -> list[str]:
    """Those who may, and one who may not: the others of those are refused in the same words
    (test_permissions.py)."""
    may_call = who_may(endpoint)
    others = [role.value for role in Role if role not in may_call and not endpoint.public]
    return [*may_call, *others[:1]]
