"""The people of a practice: inviting, accepting, roles."""

from collections.abc import Set as AbstractSet

from ..platform.context import Context, SystemContext
from ..platform.errors import invalid_field
from ..platform.identifiers import is_email
from ..platform.store import find, get, query_all
from ..practices.limits import demand_good_standing, demand_room
from ..practices.models import Practice
from ..practices.plans import Limit
from .errors import LinkSpent, NotYoursToGive, WrongCredentials
from .models import EmailClaim, Member, User
from .passwords import hash_password, holds
from .permissions import NOT_FOR_MANAGERS, Role
from .schemas import AcceptInvite, Invite, RolesChange
from .sign_up import keep, new_user, spend_link, stage_link, stage_member, stage_workplace

TAKES_A_SEAT = frozenset({"invited", "active"})


def invite(context: SystemContext, body: Invite) -> Member:
    """Make someone a member; a mailed link lets them set a password.

    Someone who has an account keeps it and its password, and joins when they follow the link; the
    answer does not tell that they have one. AlreadyExists (409) for a member of this practice,
    PlanLimitReached and PaymentOverdue (409) where the plan has no seat for them.
    """
    if not is_email(body.email):
        raise invalid_field("email", "bad_email", "Not an e-mail address")
    _demand_giving(context, set(body.roles))
    _demand_seat(context)
    claim = find(EmailClaim, EmailClaim.key(body.email), consistent=True)
    user = find(User, User.key(claim.user_id), consistent=True) if claim else None
    if claim is None or user is None or _has_expired(context, claim):
        user = new_user(context, email=body.email, name=body.name)
    elif claim.expires_at is not None:
        keep(context, EmailClaim, claim.item_key)
        keep(context, User, user.item_key)
    member = stage_member(
        context,
        context.practice_id,
        user.id,
        person=(body.name, body.email),
        roles=set(body.roles),
        status="invited",
    )
    stage_link(context, context.practice_id, user.id, purpose="invite")
    return member


def accept_invite(context: SystemContext, body: AcceptInvite) -> Member:
    """Follow the mailed link: set a password, or give the one of the account, and become active.

    WrongCredentials (401) for another password than the account's. A password that somebody set
    for an address they never verified is replaced: only the link shows whose the address is.
    """
    link = spend_link(context, body.token, purpose="invite")
    user = find(User, User.key(link.user_id), consistent=True)
    with context.entering(link.practice_id, link.user_id):
        member = find(Member, Member.key(link.practice_id, link.user_id), consistent=True)
    if user is None or member is None or member.status != "invited":
        raise LinkSpent
    password = body.password.get_secret_value()
    if not user.email_verified:
        user.password_hash = hash_password(password)
        user.email_verified = True
        context.work.save(user)
    elif not holds(user.password_hash, password):
        raise WrongCredentials
    member.status = "active"
    context.work.save(member)
    stage_workplace(context, link.practice_id, user.id)
    return member


def list_members(context: Context) -> list[Member]:
    return list(query_all(Practice.key(context.practice_id).pk, begins="member#"))


def change_roles(context: Context, user_id: str, body: RolesChange) -> Member:
    """Give and take roles. NotYoursToGive (403): an owner's role is an owner's to give, nobody changes their own."""
    member = context.matching(get(Member, Member.key(context.practice_id, user_id)))
    if user_id == context.actor.id:
        raise NotYoursToGive
    wanted = set(body.roles)
    _demand_giving(context, wanted ^ member.roles)
    member.roles = {role.value for role in wanted}
    context.work.save(member)
    return member


def _demand_seat(context: Context) -> None:
    """Two invitations at the same moment may take one seat too many; the next is refused."""
    demand_good_standing(context)
    taken = [member for member in list_members(context) if member.status in TAKES_A_SEAT]
    demand_room(context, Limit.SEATS, len(taken))


def _has_expired(context: Context, claim: EmailClaim) -> bool:
    """Somebody signed up with the address and never verified it."""
    return claim.expires_at is not None and claim.expires_at < int(context.now().timestamp())


def _demand_giving(context: Context, roles: AbstractSet[str]) -> None:
    if not roles & NOT_FOR_MANAGERS:
        return
    own = get(Member, Member.key(context.practice_id, context.actor.id))
    if Role.OWNER not in own.roles:
        raise NotYoursToGive
