"""What clients send and get: members, roles, ownership."""

from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints

from ...platform.http import Answer, Body, Instant, Line
from ..permissions import Permission, Role
from ..schemas import Email, Password

RoleName = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(Role)}|rol_[0-9A-Z]{{26}})$")]
"""A built-in role, or the id of one that the practice composed."""
Sorted = BeforeValidator(sorted)
LocationId = Annotated[str, StringConstraints(pattern=r"^loc_[0-9A-Z]{26}$")]
Roles = Field(min_length=1, max_length=6, examples=[["nurse"]])


class Invite(Body):
    email: str = Email
    name: Line
    roles: list[RoleName] = Roles


class AcceptInvite(Body):
    token: str = Field(max_length=200)
    password: SecretStr = Password


class RolesChange(Body):
    roles: list[RoleName] = Roles


class LocationLimit(Body):
    """The locations that a member is limited to; none means everywhere."""

    location_ids: list[LocationId] = Field(max_length=50)


class MemberChange(Body):
    """What the practice calls them; what is left out stays, and so does their account."""

    name: Line | None = None
    email: str | None = Field(default=None, min_length=3, max_length=254)


class RoleBody(Body):
    """A role that the practice composes: every permission its members have by it."""

    name: Line = Field(examples=["Scribe"])
    permissions: list[Permission] = Field(min_length=1, max_length=len(Permission))


class RoleView(Answer):
    """`permissions` is all that the role gives."""

    id: str
    version: int
    name: str
    permissions: list[str]
    built_in: bool


class RoleList(Answer):
    """`composable` is what a role of the practice's own may hold."""

    items: list[RoleView]
    composable: list[str]


class OwnershipOfferBody(Body):
    user_id: str = Field(pattern=r"^usr_[0-9A-Z]{26}$", description="An active member")


class OwnershipOfferView(Answer):
    user_id: str
    by: str
    ends_at: Instant


class OwnershipView(Answer):
    """Who owns the practice from now on."""

    owner_id: str


class MemberView(Answer):
    user_id: str
    version: int
    name: str
    email: str
    roles: Annotated[list[str], Sorted]
    location_ids: Annotated[list[str], BeforeValidator(lambda ids: sorted(ids or ()))] = Field(
        validation_alias="locations", description="Limited to these; everywhere without"
    )
    status: str


class MemberList(Answer):
    items: list[MemberView]
