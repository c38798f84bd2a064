"""The adapters of the CredentialVerifier port: what a person presents → who they are."""

from typing import NamedTuple

from ..platform.context import SystemContext
from .accounts import find_account
from .errors import WrongCredentials
from .passwords import holds
from .ports import PASSWORD, Identified


class PasswordPresented(NamedTuple):
    """An e-mail address and a password."""

    email: str
    password: str


def verify_password(context: SystemContext, presented: PasswordPresented) -> Identified:
    """WrongCredentials (401), after equal work, for an unknown address and a wrong password."""
    account = find_account(context, presented.email)
    if not holds(account.user.password_hash if account else None, presented.password):
        raise WrongCredentials
    if account is None:
        raise WrongCredentials
    return Identified(account, (PASSWORD,))
