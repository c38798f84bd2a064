"""Which member someone is whom the practice's provider names. It never makes a member."""

from ...platform.context import SystemContext
from ...platform.store import find
from ..accounts import find_account
from ..errors import ProviderSignInRefused
from ..models import Member
from ..sessions.signing_in import admitted
from .id_tokens import IdentityClaims
from .models import IdentityProvider, ProviderMember, ProviderSubject


def member_of(
    context: SystemContext, practice_id: str, provider: IdentityProvider, claims: IdentityClaims
) -> Member:
    """The active member. ProviderSignInRefused (401) where there is none.

    At first they are found by their verified address; from then on by what the provider calls them,
    so that somebody who is given the address of a member who left it is not taken for that member.
    """
    if claims.email.rpartition("@")[2].lower() != provider.email_domain:
        raise ProviderSignInRefused
    key = ProviderSubject.key(practice_id, provider, claims.subject)
    with context.entering(practice_id):
        link = find(ProviderSubject, key)
    user_id = link.user_id if link else _user_with(context, claims.email)
    member = admitted(context, practice_id, user_id) if user_id else None
    if member is None:
        raise ProviderSignInRefused
    if link is None:
        _stage_link(context, practice_id, provider, claims.subject, member)
    return member


def _user_with(context: SystemContext, email: str) -> str | None:
    account = find_account(context, email)
    return account.user.id if account and account.user.email_verified else None


def _stage_link(
    context: SystemContext,
    practice_id: str,
    provider: IdentityProvider,
    subject: str,
    member: Member,
) -> None:
    refusal = ProviderSignInRefused()
    by_subject = ProviderSubject.key(practice_id, provider, subject)
    context.work.create(ProviderSubject(*by_subject, user_id=member.user_id), refusal=refusal)
    by_member = ProviderMember.key(practice_id, provider, member.user_id)
    context.work.create(ProviderMember(*by_member), refusal=refusal)
