"""How a person shows who they are: one port, an adapter for each kind of credential.

Adapters: `verifying.py` (password, second factor, passkey). What they find goes to `sessions.admit`.
"""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from ...platform.context import SystemContext
from ..accounts import Account

PASSWORD, ONE_TIME_CODE, KEY, VERIFIED_USER, SEVERAL = "pwd", "otp", "hwk", "user", "mfa"
"""Authentication methods, in the words of RFC 8176 `amr`."""

Presented_contra = TypeVar("Presented_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Identified:
    """Who someone has shown to be, and how.

    `mfa` is in `amr` if a second factor was given, or one that is two: a passkey that verified its
    user. Nothing else puts it there; a session's `mfa_at` follows from it. `provider_id` is of the
    practice's own identity provider, if that one said so.
    """

    account: Account
    amr: tuple[str, ...]
    provider_id: str | None = None

    @property
    def user_id(self) -> str:
        return self.account.user.id

    @property
    def with_factor(self) -> bool:
        return SEVERAL in self.amr


class CredentialVerifier(Protocol[Presented_contra]):
    """Takes what a person presents and says who they are.

    Unauthenticated (401), one body for every cause; TooManyRequests (429) where guessing is slowed.
    """

    def __call__(self, context: SystemContext, presented: Presented_contra, /) -> Identified: ...
