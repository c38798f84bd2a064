"""What a practice still lacks before it can work: one table, over the records of every domain.

It stands above them all, so that no domain has to know of it. Nearly everything that is set up lies
in the practice's own partition: one Query, beside one of the owner's account.
"""

from collections.abc import Callable
from typing import NamedTuple

from ..billing.models import FeeSchedule, Payer
from ..claims.models import ClearinghouseAccount
from ..identity.accounts import read_account
from ..platform.context import SystemContext
from ..platform.errors import NotFound
from ..platform.store import Record, query_all
from ..practices.agreement_versions import holds
from ..practices.capabilities import Capability
from ..practices.models import UNVERIFIED, Location, Practice, Practitioner
from ..scheduling.set_up.models import AppointmentType, Availability


class SetUp(NamedTuple):
    """What is there: the practice, its records, and whether its owner gives a second factor."""

    practice: Practice
    records: list[Record]
    owner_has_factor: bool
    agreement_holds: bool

    def has(self, kind: type[Record]) -> bool:
        return any(isinstance(record, kind) for record in self.records)


class Check(NamedTuple):
    """One thing to set up: its code, where it is put right, and whether it is done."""

    code: str
    where: str
    holds: Callable[[SetUp], bool]


class Item(NamedTuple):
    code: str
    where: str
    done: bool


def _some_practitioner_bills(found: SetUp) -> bool:
    people = (record for record in found.records if isinstance(record, Practitioner))
    return any(each.npi and each.taxonomy for each in people)


def _some_practitioner_works(found: SetUp) -> bool:
    return any(isinstance(record, Availability) and record.rules for record in found.records)


def _fees(found: SetUp) -> bool:
    return any(isinstance(record, FeeSchedule) and record.fees for record in found.records)


def _cleared(capability: Capability) -> Callable[[SetUp], bool]:
    return lambda found: capability in found.practice.cleared


CHECKS = (
    Check(
        "email_verified",
        "POST /v1/practices/verify",
        lambda found: found.practice.status != UNVERIFIED,
    ),
    Check("agreement", "POST /v1/agreements/accept", lambda found: found.agreement_holds),
    Check("owner_second_factor", "POST /v1/me/factors", lambda found: found.owner_has_factor),
    Check("location", "POST /v1/locations", lambda found: found.has(Location)),
    Check("practitioner", "POST /v1/practitioners", lambda found: found.has(Practitioner)),
    Check(
        "practitioner_npi_taxonomy",
        "PUT /v1/practitioners/{practitioner_id}",
        _some_practitioner_bills,
    ),
    Check(
        "working_hours",
        "PUT /v1/practitioners/{practitioner_id}/availability",
        _some_practitioner_works,
    ),
    Check(
        "appointment_types", "POST /v1/appointment-types", lambda found: found.has(AppointmentType)
    ),
    Check("fee_schedule", "PUT /v1/fee-schedule", _fees),
    Check(
        "billing_identity", "PATCH /v1/practice", lambda found: found.practice.billing is not None
    ),
    Check("payer", "POST /v1/payers", lambda found: found.has(Payer)),
    Check(
        "clearinghouse_account",
        "PUT /v1/clearinghouse-account",
        lambda found: found.has(ClearinghouseAccount),
    ),
    *(
        Check(f"cleared_for_{name}", "POST /v1/practice/clearances", _cleared(name))
        for name in Capability
    ),
)
"""In the order in which a practice is set up."""


def read_set_up(context: SystemContext) -> list[Item]:
    """Every check, done or missing. Two round trips at most: the account is the owner's."""
    partition = Practice.key(context.practice_id).pk
    records = list(query_all(partition, consistent=True))
    practice = next((each for each in records if isinstance(each, Practice)), None)
    if practice is None:
        raise NotFound
    account = read_account(context, practice.owner_id)
    found = SetUp(
        practice,
        records,
        owner_has_factor=account is not None and account.has_factor,
        agreement_holds=holds(practice.agreement or "", context.today()),
    )
    return [Item(check.code, check.where, check.holds(found)) for check in CHECKS]
