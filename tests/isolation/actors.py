"""Who calls in these tests: each role of a practice, its API client, and the vendor's operator."""

from chalicelib.identity.operators import OperatorPermission
from chalicelib.identity.permissions import FOR_MACHINES, PERMISSIONS_OF, Permission, Role
from chalicelib.platform.http import Endpoint

API_CLIENT = "api_client"
"""A key that is scoped to all that a key may be, made by somebody who has all of it."""
SCOPED_CLIENT = "scoped_client"
"""A key of the owner's that is scoped to less (test_permissions.py tries it)."""
SCOPES = frozenset({Permission.READ_PATIENTS, Permission.READ_SCHEDULE, Permission.READ_CLAIMS})

OPERATOR = "operator"
"""Of no practice: their routes name the practice, so they are not tried with another one's id."""


EVERYBODY = (*[role.value for role in Role], API_CLIENT, OPERATOR)


def may(actor: str, endpoint: Endpoint) -> bool:
    """Whether this actor has the permission that the route names."""
    if actor == OPERATOR:
        return endpoint.permission in set(OperatorPermission)
    return endpoint.permission in _held_by(actor)


def who_may(endpoint: Endpoint) -> list[str]:
    """Those who have a route's permission; nobody (`""`) has that of a public one."""
    if endpoint.public:
        return [""]
    return [actor for actor in EVERYBODY if may(actor, endpoint)]


def who_tries(endpoint: Endpoint) -> list[str]:
    """Those who may, and one who may not: the others of those are refused in the same words
    (test_permissions.py)."""
    may_call = who_may(endpoint)
    others = [role.value for role in Role if role not in may_call and not endpoint.public]
    return [*may_call, *others[:1]]


def _held_by(actor: str) -> frozenset[Permission]:
    keys = {API_CLIENT: FOR_MACHINES, SCOPED_CLIENT: SCOPES}
    return keys[actor] if actor in keys else PERMISSIONS_OF[Role(actor)]
