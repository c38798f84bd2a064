"""A practice, its locations and its practitioners: all in the practice's own partition."""

from dataclasses import dataclass
from datetime import date, datetime, time

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition, size
from pynamodb.expressions.update import Action

from ..platform.context import Tenant
from ..platform.ids import PracticeId
from ..platform.postal import Address
from ..platform.store import (
    IdInKey,
    InstantAttribute,
    IntegerAttribute,
    Key,
    PracticeInKey,
    Record,
    ValueAttribute,
    join,
)
from .plans import TRIAL

UNVERIFIED, ACTIVE = "unverified", "active"
"""A practice's `status`: until the mailed link is followed, and from then on."""


@dataclass(frozen=True, slots=True)
class BillingIdentity:
    """Who bills: X12 837P loop 2010AA, and 2010AB where payment goes elsewhere."""

    legal_name: str
    npi: str
    tin: str
    taxonomy: str
    address: Address
    contact_name: str
    contact_phone: str
    pay_to: Address | None = None


@dataclass(frozen=True, slots=True)
class ComposedRole:
    """A role that the practice composed itself; `version` counts its changes."""

    id: str
    name: str
    permissions: tuple[str, ...]
    version: int = 1


VERIFIED = "verified"
"""A clearance's status once operations have checked what it rests on."""


@dataclass(frozen=True, slots=True)
class Clearance:
    """What operations found about one capability, and the identity that they checked it for."""

    capability: str
    status: str
    npi: str
    tin: str
    licence: str
    by: str
    at: datetime
    reason: str = ""


class Practice(Record):
    """A tenant. Country, zone, currency and locale are fixed at sign-up.

    `owners` are its active owners: identity keeps the set, which never becomes empty.
    """

    KIND = "practice"

    id = PracticeInKey()
    name = UnicodeAttribute()
    status = UnicodeAttribute()
    country = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    currency = UnicodeAttribute()
    locale = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    owners = UnicodeSetAttribute(null=True)
    composed_roles = ValueAttribute(tuple[ComposedRole, ...], null=True)
    phone = UnicodeAttribute(null=True)
    billing = ValueAttribute(BillingIdentity, null=True)
    require_mfa = BooleanAttribute(default=False)
    agreement = UnicodeAttribute(null=True)
    clearances = ValueAttribute(tuple[Clearance, ...], null=True)
    plan = UnicodeAttribute(default=TRIAL)
    overdue = BooleanAttribute(default=False)
    part2_programme = BooleanAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#` / `practice#`: read with every request."""
        return Key(join(practice_id), "practice#")

    @property
    def composed(self) -> dict[str, tuple[str, ...]]:
        """What each role of its own holds, by the role's id."""
        return {role.id: role.permissions for role in self.composed_roles or ()}

    @classmethod
    def next_version(
        cls,
        *,
        owners: set[str] | None = None,
        joining: set[str] | None = None,
        going: set[str] | None = None,
    ) -> list[Action]:
        """Its next version, with these owners, or with one more or one fewer."""
        actions: list[Action] = [cls.version.add(1)]
        if owners:
            actions.append(cls.owners.set(owners))
        if joining:
            actions.append(cls.owners.add(joining))
        if going:
            actions.append(cls.owners.delete(going))
        return actions

    @classmethod
    def keeps_an_owner_without(cls, user_id: str) -> Condition:
        """They are one of its active owners, and not the only one."""
        several = size(cls.owners) > 1  # type: ignore[no-untyped-call]
        condition: Condition = cls.owners.contains(user_id) & several
        return condition

    def tenant(self) -> Tenant:
        return Tenant(
            PracticeId(self.id),
            self.country,
            self.time_zone,
            self.currency,
            self.locale,
            self.status,
            agreement=self.agreement or "",
            cleared=self.cleared,
            plan=self.plan,
            overdue=self.overdue,
            part2_programme=bool(self.part2_programme),
        )

    @property
    def cleared(self) -> frozenset[str]:
        """The capabilities verified for the NPI and TIN that the practice has now."""
        return frozenset(
            each.capability
            for each in self.clearances or ()
            if each.status == VERIFIED and self.is_for(each)
        )

    def is_for(self, clearance: Clearance) -> bool:
        """Whether the clearance is about the NPI and TIN that the practice bills under now."""
        now = self.billing
        return now is not None and (now.npi, now.tin) == (clearance.npi, clearance.tin)


class LifeStep(Record):
    """A step in the life of a practice that operations took: what, by whom, why. Never changed."""

    KIND = "life_step"

    step = UnicodeAttribute()
    by = UnicodeAttribute()
    reason = UnicodeAttribute()
    at = InstantAttribute()

    @classmethod
    def key(cls, practice_id: str, step_id: str) -> Key:
        """`prc_1#life#` / `stp_2#`: oldest first."""
        return Key(join(practice_id, "life"), join(step_id))


class MessagesSent(Record):
    """How many messages to patients went out in a UTC month."""

    KIND = "messages_sent"

    messages = IntegerAttribute(default=0)

    @classmethod
    def key(cls, practice_id: str, month: str) -> Key:
        """`prc_1#usage#` / `2026-11#messages#`: a month's usage is one Query."""
        return Key(join(practice_id, "usage"), join(month, "messages"))


class StorageUsed(Record):
    """How many bytes a practice stores, as far as the table's stream has told.

    `warned` is the last mark of its plan that was told, in percent; `recent` the events counted
    last, newest first, so that one that comes again is not counted twice.
    """

    KIND = "storage_used"

    bytes = IntegerAttribute(default=0)
    warned = IntegerAttribute(default=0)
    recent = ValueAttribute(tuple[str, ...], default=())

    @classmethod
    def key(cls, practice_id: str) -> Key:
        """`prc_1#usage#` / `storage#`: of now, beside the months."""
        return Key(join(practice_id, "usage"), "storage#")


class ActiveProvider(Record):
    """A practitioner who signed an encounter in a UTC month."""

    KIND = "active_provider"

    @classmethod
    def key(cls, practice_id: str, month: str, practitioner_id: str) -> Key:
        """`prc_1#usage#` / `2026-11#provider#pra_2#`."""
        return Key(join(practice_id, "usage"), join(month, "provider", practitioner_id))


class AgreementAcceptance(Record):
    """The owner accepted a version of the business associate agreement: never changed."""

    KIND = "agreement_acceptance"

    sha256 = UnicodeAttribute()
    user_id = UnicodeAttribute()
    accepted_at = InstantAttribute()
    source_ip = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, version: str) -> Key:
        """`prc_1#` / `agreement#2026-01#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("agreement", version))


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open on one weekday (0 Monday … 6 Sunday), as the place's clock shows it.

    `ends` at or before `starts` lies on the next day; equal only as 00:00–00:00, the whole day.
    """

    weekday: int
    starts: time
    ends: time

    def __post_init__(self) -> None:
        if self.starts == self.ends and self.starts != time(0):
            raise ValueError("opening hours end after they start")


class Location(Record):
    """A place where patients are seen; without opening hours, whenever its practitioners work."""

    KIND = "location"

    id = IdInKey("loc")
    name = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    address = ValueAttribute(Address)
    phone = UnicodeAttribute(null=True)
    place_of_service = UnicodeAttribute()
    npi = UnicodeAttribute(null=True)
    holidays = ValueAttribute(tuple[date, ...], null=True)
    opening_hours = ValueAttribute(tuple[OpeningHours, ...], null=True)

    @classmethod
    def key(cls, practice_id: str, location_id: str) -> Key:
        """`prc_1#` / `location#loc_2#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("location", location_id))


class Practitioner(Record):
    """Someone who sees patients, and may be the rendering provider of a claim."""

    KIND = "practitioner"

    id = IdInKey("pra")
    family_name = UnicodeAttribute()
    given_name = UnicodeAttribute()
    user_id = UnicodeAttribute(null=True)
    npi = UnicodeAttribute(null=True)
    taxonomy = UnicodeAttribute(null=True)
    part2_programme = BooleanAttribute(null=True)

    @classmethod
    def key(cls, practice_id: str, practitioner_id: str) -> Key:
        """`prc_1#` / `practitioner#pra_3#`: all of a practice's in one Query."""
        return Key(join(practice_id), join("practitioner", practitioner_id))

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"
