"""What app.py wires in: the clock, the ids, and how a caller and a practice are found."""

from collections.abc import Iterable, Mapping, Set as AbstractSet
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from .clock import Clock, SystemClock
from .context import Actor, Tenant
from .denials import Denials
from .ids import Ids
from .rates import Rates
from .store import Key, Record


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: known, and in one practice.

    `beside` is what was read with it, None where there is nothing; `meanwhile` is a write that must
    end before the answer goes. `locations` are those they are limited to.
    """

    tenant: Tenant
    actor: Actor
    permissions: AbstractSet[str]
    beside: Mapping[Key, Record | None] = field(default_factory=dict)
    meanwhile: Future[None] | None = None
    locations: AbstractSet[str] | None = None


class Beside(Protocol):
    """The keys of further items for the BatchGet of authentication, once the caller is known."""

    def __call__(self, practice_id: str, user_id: str) -> Iterable[Key]: ...


class Authenticate(Protocol):
    """Bearer token → caller, in one BatchGet; Unauthenticated for any token that does not hold.

    A request `in background` is no activity of the user; `source` is the address it came from.
    """

    def __call__(
        self, token: str, clock: Clock, beside: Beside | None, *, background: bool, source: str
    ) -> Caller: ...


class TenantOf(Protocol):
    """The practice that an event names."""

    def __call__(self, practice_id: str) -> Tenant: ...


@dataclass
class Runtime:
    """One a process; tests install their own clock and ids."""

    authenticate: Authenticate
    tenant_of: TenantOf
    clock: Clock
    ids: Ids

    @cached_property
    def rates(self) -> Rates:
        """How often callers may call; what they have used up is forgotten with the process."""
        return Rates()

    @cached_property
    def denials(self) -> Denials:
        """Which refusals have an entry of this minute."""
        return Denials()


_installed: list[Runtime] = []


def install(
    authenticate: Authenticate,
    tenant_of: TenantOf,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
) -> Runtime:
    """Make these the process's; returns them."""
    clock = clock or SystemClock()
    _installed[:] = [Runtime(authenticate, tenant_of, clock, ids or Ids(clock))]
    return _installed[0]


def runtime() -> Runtime:
    """What was installed; IndexError before app.py has run."""
    return _installed[0]
