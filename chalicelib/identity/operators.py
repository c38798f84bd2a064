"""What the vendor's operations people may do: a table of its own, beside that of a practice's roles.

They are members of the vendor (`sys`), not of a practice: none of these permissions opens a route of
a practice, and no practice's role has one of them (PROMISES 9).
"""

from collections.abc import Set as AbstractSet
from enum import StrEnum


class OperatorPermission(StrEnum):
    """What a route of operations demands."""

    READ_DIRECTORY = "read_directory"
    ONBOARD_PRACTICES = "onboard_practices"
    CLEAR_PRACTICES = "clear_practices"
    SUSPEND_PRACTICES = "suspend_practices"
    READ_HEALTH = "read_health"
    OPEN_SUPPORT = "open_support"
    RECOVER_OWNERS = "recover_owners"
    MANAGE_OPERATORS = "manage_operators"


class OperatorRole(StrEnum):
    """What a member of the vendor is."""

    ADMINISTRATOR = "operations_administrator"
    ONBOARDING = "operations_onboarding"
    SUPPORT = "operations_support"


_P = OperatorPermission
OPERATOR_PERMISSIONS_OF: dict[str, frozenset[str]] = {
    OperatorRole.ADMINISTRATOR: frozenset(OperatorPermission),
    OperatorRole.ONBOARDING: frozenset(
        {_P.READ_DIRECTORY, _P.ONBOARD_PRACTICES, _P.CLEAR_PRACTICES}
    ),
    OperatorRole.SUPPORT: frozenset(
        {_P.READ_DIRECTORY, _P.READ_HEALTH, _P.OPEN_SUPPORT, _P.RECOVER_OWNERS}
    ),
}


def operator_permissions_of(roles: AbstractSet[str]) -> frozenset[str]:
    """What these roles may do together; a role this release does not know gives nothing."""
    known = [held for role, held in OPERATOR_PERMISSIONS_OF.items() if role in roles]
    return frozenset().union(*known)
