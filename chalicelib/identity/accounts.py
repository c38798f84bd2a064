"""A person's account: who they are, where they work, and what they sign in with. One Query."""

from dataclasses import dataclass
from typing import Any, TypeVar

from ..platform.context import SystemContext
from ..platform.ids import instant_of
from ..platform.store import Record, find, query
from .credentials.models import Passkey, RecoveryCodes, Totp
from .models import EmailClaim, User, Workplace

R = TypeVar("R", bound=Record)
PASSKEY, TOTP, RECOVERY_CODE = "passkey", "totp", "recovery_code"
"""Ways to give a second factor."""

NOBODY = "usr_00000000000000000000000000"
"""Whose account is read for an address that has none: as many calls as for one that has."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user with what lies beside them."""

    user: User
    workplaces: tuple[Workplace, ...]
    totp: Totp | None
    recovery: RecoveryCodes | None
    passkeys: tuple[Passkey, ...]

    @property
    def practices(self) -> list[str]:
        """Where they have joined, in that order."""
        return [workplace.practice_id for workplace in self.workplaces]

    @property
    def has_factor(self) -> bool:
        """Whether a second factor is enrolled. Recovery codes alone are none."""
        return self.totp is not None or bool(self.passkeys)

    @property
    def methods(self) -> tuple[str, ...]:
        """How the second factor can be given."""
        offered = (
            (PASSKEY, self.passkeys),
            (TOTP, self.totp),
            (RECOVERY_CODE, self.recovery is not None and self.recovery.hashes),
        )
        return tuple(method for method, there in offered if there) if self.has_factor else ()


def find_account(context: SystemContext, email: str) -> Account | None:
    """The account with this e-mail address; two reads whether there is one or not."""
    claim = find(EmailClaim, EmailClaim.key(email))
    return read_account(context, claim.user_id if claim else NOBODY)


def read_account(context: SystemContext, user_id: str) -> Account | None:  # noqa: ARG001
    """The account of this user, workplaces in the order in which they were joined."""
    known = query(User.key(user_id).pk, consistent=True).records
    user = _first(User, known)
    if user is None:
        return None
    workplaces = [record for record in known if isinstance(record, Workplace)]
    workplaces.sort(key=lambda each: (each.joined_at, each.practice_id))
    return Account(
        user,
        tuple(workplaces),
        _first(Totp, known),
        _first(RecoveryCodes, known),
        tuple(record for record in known if isinstance(record, Passkey)),
    )


def is_from_before(account: Account, made: str) -> bool:
    """Whether the link or challenge with this id is older than the account's password."""
    set_at = account.user.password_set_at
    return set_at is not None and instant_of(made) < set_at


def _first(kind: type[R], records: list[Any]) -> R | None:
    return next((record for record in records if isinstance(record, kind)), None)
