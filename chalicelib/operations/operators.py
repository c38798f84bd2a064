"""The vendor's operations people: members of the vendor, who is a tenant (`sys`) without patients."""

from ..identity.accounts import find_account
from ..identity.joining import new_user, stage_member
from ..identity.links import stage_link
from ..identity.models import Member
from ..identity.operators import OperatorRole
from ..platform.context import SystemContext
from ..platform.errors import invalid_field
from ..platform.identifiers import is_email
from ..platform.store import SYSTEM, find, get, query_all
from ..practices.models import ACTIVE, Practice
from .schemas import OperatorInvite

NAME = "Careloom operations"


def found_vendor(context: SystemContext) -> None:
    """Make the vendor's own tenant, if it is not there: a second factor is wanted of everybody."""
    key = Practice.key(SYSTEM)
    if find(Practice, key, consistent=True) is None:
        context.work.create(
            Practice(
                *key,
                name=NAME,
                status=ACTIVE,
                country="US",
                time_zone="UTC",
                currency="USD",
                locale="en-US",
                owner_id="usr_none",
                require_mfa=True,
            )
        )


def invite_operator(context: SystemContext, body: OperatorInvite) -> Member:
    """Make someone an operator; a mailed link lets them set a password. AlreadyExists (409)."""
    if not is_email(body.email):
        raise invalid_field("email", "bad_email", "Not an e-mail address")
    account = find_account(context, body.email)
    user = account.user if account else new_user(context, email=body.email, name=body.name)
    member = stage_member(
        context,
        SYSTEM,
        user.id,
        person=(body.name, body.email),
        roles={OperatorRole(role) for role in body.roles},
        status="invited",
    )
    stage_link(context, SYSTEM, user.id, purpose="invite")
    return member


def list_operators() -> list[Member]:
    return list(query_all(Practice.key(SYSTEM).pk, begins="member#"))


def remove_operator(context: SystemContext, user_id: str) -> Member:
    """From their next request on they are nobody here. NotFound; nobody removes themselves."""
    if user_id == context.actor.id:
        raise invalid_field("user_id", "yourself", "Somebody else has to remove you")
    member = get(Member, Member.key(SYSTEM, user_id))
    member.status = "left"
    context.work.save(member)
    return member
