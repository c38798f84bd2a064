"""The people of a practice: inviting, accepting, reading, roles."""

from ...platform.context import Context, SystemContext
from ...platform.errors import AlreadyExists, invalid_field
from ...platform.identifiers import is_email
from ...platform.store import find, get, query_all
from ...practices.models import Practice
from ..accounts import read_account
from ..credentials.passwords import hash_password
from ..credentials.verifying import demand_password
from ..errors import LinkSpent, NotYoursToGive
from ..joining import keep, new_user, stage_member, stage_workplace
from ..links import spend_link, stage_link
from ..models import EmailClaim, Member, User
from ..permissions import Permission, permissions_of
from ..standing import ACTIVE, INVITED, LEFT, WITHDRAWN
from .giving import giver_of, is_active_owner, refuse_unknown, stage_standing
from .schemas import AcceptInvite, Invite, MemberChange, RolesChange
from .seats import take_seat

MANAGING = frozenset({Permission.MANAGE_MEMBERS, Permission.MANAGE_API_KEYS})


def invite(context: SystemContext, body: Invite) -> Member:
    """Make someone a member; a mailed link lets them set a password.

    Someone who has an account keeps it and its password, and joins when they follow the link; the
    answer does not tell that they have one. AlreadyExists (409) for a member of this practice,
    PlanLimitReached and PaymentOverdue (409) where the plan has no seat for them, StepUpRequired
    (403) where the roles let them give roles in turn.
    """
    if not is_email(body.email):
        raise invalid_field("email", "bad_email", "Not an e-mail address")
    giver = giver_of(context)
    refuse_unknown(giver.practice, body.roles)
    giver.demand_giving(body.roles)
    if permissions_of(body.roles, giver.practice.composed) & MANAGING:
        context.demand_step_up()
    take_seat(context)
    claim = find(EmailClaim, EmailClaim.key(body.email), consistent=True)
    user = find(User, User.key(claim.user_id), consistent=True) if claim else None
    if claim is None or user is None or _has_expired(context, claim):
        user = new_user(context, email=body.email, name=body.name)
    elif claim.expires_at is not None:
        keep(context, EmailClaim, claim.item_key)
        keep(context, User, user.item_key)
    member = _invited(context, user.id, body)
    member.locations = set(context.locations) if context.locations else None
    member.invitation = stage_link(context, context.practice_id, user.id, purpose="invite")
    stage_standing(context, giver.practice, member, was_owner=False, gives=True)
    return member


def _invited(context: SystemContext, user_id: str, body: Invite) -> Member:
    """Someone new, or someone who has left and is asked back."""
    former = find(Member, Member.key(context.practice_id, user_id), consistent=True)
    if former is None:
        return stage_member(
            context,
            context.practice_id,
            user_id,
            person=(body.name, body.email),
            roles=set(body.roles),
            status=INVITED,
        )
    if former.status not in (LEFT, WITHDRAWN):
        raise AlreadyExists
    former.name, former.email, former.roles = body.name, body.email, set(body.roles)
    former.status = INVITED
    context.work.save(former)
    return former


def accept_invite(context: SystemContext, body: AcceptInvite) -> Member:
    """Follow the mailed link: set a password, or give the one of the account, and become active.

    WrongCredentials (401) for another password than the account's. A password that somebody set
    for an address they never verified is replaced: only the link shows whose the address is.
    LinkSpent (422) too for a link of an invitation that was withdrawn or sent again.
    """
    link = spend_link(context, body.token, purpose="invite")
    account = read_account(context, link.user_id)
    with context.entering(link.practice_id, link.user_id):
        member = find(Member, Member.key(link.practice_id, link.user_id), consistent=True)
        practice = get(Practice, Practice.key(link.practice_id), consistent=True)
    if account is None or member is None or member.status != INVITED:
        raise LinkSpent
    if member.invitation not in (None, link.id):
        raise LinkSpent
    user = account.user
    password = body.password.get_secret_value()
    if not user.email_verified:
        user.password_hash = hash_password(
            password, about=(user.email, user.name, member.name, practice.name)
        )
        user.email_verified = True
        context.work.save(user)
    else:
        demand_password(context, account, password)
    member.status, member.invitation = ACTIVE, None
    context.work.save(member)
    with context.entering(link.practice_id, link.user_id):
        stage_standing(context, practice, member, was_owner=False)
    stage_workplace(context, link.practice_id, user.id)
    return member


def list_members(context: Context) -> list[Member]:
    return list(query_all(Practice.key(context.practice_id).pk, begins="member#"))


def read_member(context: Context, user_id: str) -> Member:
    return get(Member, Member.key(context.practice_id, user_id))


def change_member(context: Context, user_id: str, body: MemberChange) -> Member:
    """Change what the practice calls them and where it writes to them; their account stays as it is."""
    member = context.matching(read_member(context, user_id))
    giver_of(context).demand_giving(member.roles)
    if body.email is not None and not is_email(body.email):
        raise invalid_field("email", "bad_email", "Not an e-mail address")
    member.name = body.name or member.name
    member.email = body.email or member.email
    context.work.save(member)
    return member


def change_roles(context: Context, user_id: str, body: RolesChange) -> Member:
    """Give and take roles. NotYoursToGive (403): an owner's role is an owner's to give, nobody
    changes their own; LastOwner (409)."""
    member = context.matching(read_member(context, user_id))
    if user_id == context.actor.id:
        raise NotYoursToGive
    giver = giver_of(context)
    wanted = set(body.roles)
    refuse_unknown(giver.practice, body.roles)
    giver.demand_giving(wanted ^ member.roles)
    was_owner = is_active_owner(member)
    member.roles = wanted
    context.work.save(member)
    stage_standing(context, giver.practice, member, was_owner=was_owner, gives=True)
    return member


def _has_expired(context: Context, claim: EmailClaim) -> bool:
    """Somebody signed up with the address and never verified it."""
    return claim.expires_at is not None and claim.expires_at < int(context.now().timestamp())
