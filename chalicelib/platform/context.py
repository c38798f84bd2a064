"""Who asks for what, on whose behalf: the first argument of every use case."""

from __future__ import annotations

from collections.abc import Mapping, Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar
from zoneinfo import ZoneInfo

from .clock import Clock
from .errors import Forbidden, OwnSignInRequired, PreconditionRequired, Stale, StepUpRequired
from .ids import Ids, PracticeId, UserId, is_id

if TYPE_CHECKING:
    from .store.keys import Key
    from .store.record import Record
    from .store.unit_of_work import UnitOfWork


SYSTEM_KIND, PUBLIC_KIND = "system", "public"
SUSPENDED = "suspended"
"""A practice's `status` while nobody signs in to it and its queues wait."""
CLOSING, CLOSED, ERASING, ERASED = "closing", "closed", "erasing", "erased"
"""And at the end of its life: in the time of grace, after it, while all is destroyed, then."""
STEP_UP_HOLDS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Tenant:
    """What every use case needs of its practice. Country, zone, currency and locale never change.

    `agreement` is the version accepted last, `cleared` what operations have opened;
    `part2_programme`: all of it is one under 42 CFR Part 2.
    """

    id: PracticeId
    country: str
    time_zone: str
    currency: str
    locale: str
    status: str
    agreement: str = ""
    cleared: AbstractSet[str] = frozenset()
    plan: str = ""
    overdue: bool = False
    part2_programme: bool = False

    @property
    def paused(self) -> bool:
        return self.status == SUSPENDED

    @property
    def read_only(self) -> bool:
        return self.status in (CLOSING, CLOSED, ERASING, ERASED)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (`usr_…`) or a part of the system (`system:billing`) that acts.

    `mfa_at` is when they last gave a second factor in this session; `provider_id` is of the practice's
    own identity provider, if that one opened it.
    """

    id: UserId
    kind: str = "staff"
    session_id: str = ""
    mfa_at: datetime | None = None
    provider_id: str | None = None


@dataclass(slots=True)
class Trace:
    """What a request turns out to concern while it is served: for the audit, and for system work.

    `why` is a reason's code where one was given; `break_glass` the id of the grant by which a
    chart was opened that was closed to the caller.
    """

    subjects: set[str] = field(default_factory=set)
    reach: set[str] = field(default_factory=set)
    owner: str = ""
    actor: Actor | None = None
    why: str = ""
    break_glass: str = ""


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Context:
    """One request or event at work. The practice comes only from here.

    `work` collects the writes; the endpoint or handler commits it once, at the end. `source` is the
    address a request came from; `brought` what was read with the caller (`find_brought`). `locations`
    are those that the caller is limited to.
    """

    tenant: Tenant
    actor: Actor
    permissions: AbstractSet[str]
    request_id: str
    clock: Clock
    ids: Ids
    work: UnitOfWork
    if_match: int | None = None
    binding: str = ""
    source: str = ""
    brought: Mapping[Key, Record | None] = field(default_factory=dict)
    user_agent: str = ""
    locations: AbstractSet[str] | None = None
    trace: Trace = field(default_factory=Trace)

    @property
    def practice_id(self) -> PracticeId:
        return self.tenant.id

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        """The date it is now at the practice."""
        return self.now().astimezone(self.tenant.zone).date()

    def new_id(self, prefix: str) -> str:
        return self.ids.new(prefix)

    def concerns(self, *patient_ids: str) -> None:
        """Note whose health data this request touches: the audit entry's subjects. Ids alone."""
        self.trace.subjects.update(filter(is_id, patient_ids))

    def allows(self, permission: str) -> bool:
        return self.actor.kind == SYSTEM_KIND or permission in self.permissions

    def allows_at(self, location_id: str) -> bool:
        """Whether the caller works at this location: who is limited to none works at all."""
        return self.locations is None or location_id in self.locations

    def demand(self, permission: str) -> None:
        """Forbidden unless the caller has `permission` beside the route's own."""
        if not self.allows(permission):
            raise Forbidden

    def demand_step_up(self) -> None:
        """StepUpRequired unless the caller gave a second factor in the last five minutes."""
        given = self.actor.mfa_at
        if self.actor.kind != SYSTEM_KIND and (
            given is None or given + STEP_UP_HOLDS <= self.now()
        ):
            raise StepUpRequired

    def demand_own_credentials(self) -> None:
        """OwnSignInRequired if a practice's identity provider opened the session.

        Whoever runs the provider could open one for any member, who may work elsewhere too.
        """
        if self.actor.provider_id:
            raise OwnSignInRequired

    def matching(self, record: V) -> V:
        """`record`, if it is the version that the caller named by If-Match; else Stale (412)."""
        if self.if_match is None:
            raise PreconditionRequired
        if record.version != self.if_match:
            raise Stale
        return record


@dataclass(frozen=True, slots=True)
class SystemContext(Context):
    """A request that works on `sys#` items: sign-up, sign-in, invitations.

    A use case that learns which practice it serves says so by `entering`; only then do that
    practice's keys pass the guard, reads at once and writes at the commit.
    """

    def entering(self, practice_id: str, actor_id: str = "") -> AbstractContextManager[None]:
        """The practice's keys pass; the audit entry goes to it, under `actor_id` if given.

        So does the entry of somebody known who belongs to no practice: the vendor's people.
        """
        from .store import system_scope

        self.trace.reach.add(practice_id)
        if actor_id:
            self.trace.owner = practice_id
            self.trace.actor = Actor(UserId(actor_id))
        elif not self.practice_id and self.actor.kind != PUBLIC_KIND:
            self.trace.owner = practice_id
        return system_scope(*self.trace.reach)

    def visiting(self, *practice_ids: str) -> AbstractContextManager[None]:
        """The keys of several practices pass; the audit entry stays with the caller's own."""
        from .store import system_scope

        self.trace.reach.update(practice_ids)
        return system_scope(*self.trace.reach)
