"""A person's account: who they are, where they work, and what they sign in with. One Query."""

from dataclasses import dataclass

from ..platform.context import SystemContext
from ..platform.store import find, query
from .models import EmailClaim, User, Workplace

NOBODY = "usr_00000000000000000000000000"
"""Whose account is read for an address that has none: as many calls as for one that has."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user with what lies beside them."""

    user: User
    workplaces: tuple[Workplace, ...]


def find_account(context: SystemContext, email: str) -> Account | None:
    """The account with this e-mail address; two reads whether there is one or not."""
    claim = find(EmailClaim, EmailClaim.key(email))
    return read_account(context, claim.user_id if claim else NOBODY)


def read_account(context: SystemContext, user_id: str) -> Account | None:  # noqa: ARG001
    """The account of this user, workplaces in the order in which they were joined."""
    known = query(User.key(user_id).pk, consistent=True).records
    user = next((record for record in known if isinstance(record, User)), None)
    if user is None:
        return None
    workplaces = [record for record in known if isinstance(record, Workplace)]
    workplaces.sort(key=lambda each: (each.joined_at, each.practice_id))
    return Account(user, tuple(workplaces))
