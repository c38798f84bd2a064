"""Who may do what: the one table that code, tests and docs read (DOMAIN.md, Roles).

Roles are additive. The owner alone gets no chart. docs/roles.md is written from here (`make openapi`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What a route demands."""

    # everybody
    READ_SELF = "read_self"
    # settings, users
    READ_PRACTICE = "read_practice"
    READ_MEMBERS = "read_members"
    MANAGE_PRACTICE = "manage_practice"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_API_KEYS = "manage_api_keys"
    MANAGE_WEBHOOKS = "manage_webhooks"
    # demographics, coverage
    READ_PATIENTS = "read_patients"
    WRITE_PATIENTS = "write_patients"
    # appointments
    READ_SCHEDULE = "read_schedule"
    MANAGE_SCHEDULE = "manage_schedule"
    BOOK_APPOINTMENT = "book_appointment"
    OVERBOOK = "overbook"
    SEE_BY_VIDEO = "see_by_video"
    # notes
    READ_CHART = "read_chart"
    WRITE_NOTES = "write_notes"
    SIGN_NOTES = "sign_notes"
    WRITE_PROBLEMS = "write_problems"
    READ_BILLED_NOTES = "read_billed_notes"
    # sensitive-tagged records, psychotherapy notes, break-glass
    MANAGE_CARE_TEAM = "manage_care_team"
    BREAK_GLASS = "break_glass"
    WRITE_PSYCHOTHERAPY_NOTES = "write_psychotherapy_notes"
    READ_RELEASED_NOTES = "read_released_notes"
    REVIEW_ACCESS = "review_access"
    # tasks
    WORK_TASKS = "work_tasks"
    # downtime
    PREPARE_DOWNTIME = "prepare_downtime"
    # ledger, claims
    MANAGE_FEES = "manage_fees"
    MANAGE_PAYERS = "manage_payers"
    READ_LEDGER = "read_ledger"
    WRITE_CHARGES = "write_charges"
    TAKE_PAYMENT = "take_payment"
    READ_CLAIMS = "read_claims"
    MANAGE_CLAIMS = "manage_claims"
    READ_REPORTS = "read_reports"
    # audit
    READ_AUDIT = "read_audit"
    # export, erase, closing
    REQUEST_EXPORT = "request_export"
    APPROVE_EXPORT = "approve_export"
    CLOSE_PRACTICE = "close_practice"
    KEEP_RECORDS = "keep_records"
    # plan and agreements
    OWN_PRACTICE = "own_practice"


class Role(StrEnum):
    """What a member of a practice is. A member may have several."""

    OWNER = "owner"
    MANAGER = "manager"
    FRONT_DESK = "front_desk"
    BILLER = "biller"
    CLINICIAN = "clinician"
    NURSE = "nurse"


@dataclass(frozen=True, slots=True)
class Grant:
    """A line of the table: the built-in roles that have a permission, and how else it is had.

    `composable`: a practice's own role may hold it; `machine`: an API key may.
    """

    permission: Permission
    roles: frozenset[Role]
    means: str
    composable: bool = True
    machine: bool = True


def _any(permission: Permission, roles: Iterable[Role], means: str) -> Grant:
    """People by role, a practice's own roles, and API keys."""
    return Grant(permission, frozenset(roles), means)


def _people(permission: Permission, roles: Iterable[Role], means: str) -> Grant:
    """As `_any`, never an API key: it answers for a person, or wants their second factor."""
    return Grant(permission, frozenset(roles), means, machine=False)


def _built_in(permission: Permission, roles: Iterable[Role], means: str) -> Grant:
    """People of the built-in roles alone."""
    return Grant(permission, frozenset(roles), means, composable=False, machine=False)


_P, _R = Permission, Role
_MANAGE = (_R.OWNER, _R.MANAGER)
_MONEY = (_R.OWNER, _R.MANAGER, _R.BILLER)
_DESK = (_R.MANAGER, _R.FRONT_DESK, _R.CLINICIAN, _R.NURSE)
_CARE = (_R.CLINICIAN, _R.NURSE)
_NOT_OWNER = (_R.MANAGER, _R.FRONT_DESK, _R.BILLER, _R.CLINICIAN, _R.NURSE)

TABLE: tuple[Grant, ...] = (
    # everybody
    _built_in(_P.READ_SELF, Role, "Their own account and sessions"),
    # settings, users
    _any(_P.READ_PRACTICE, Role, "Name, locations, practitioners, fees, payers, code lists"),
    _any(_P.READ_MEMBERS, Role, "Who works here"),
    _people(_P.MANAGE_PRACTICE, _MANAGE, "Settings, locations, practitioners"),
    _people(_P.MANAGE_MEMBERS, _MANAGE, "Members and roles; an owner's only by an owner"),
    _people(_P.MANAGE_API_KEYS, _MANAGE, "API keys"),
    _people(_P.MANAGE_WEBHOOKS, _MANAGE, "Webhooks: which servers are told of what"),
    # demographics, coverage
    _any(_P.READ_PATIENTS, Role, "Demographics and coverage"),
    _any(_P.WRITE_PATIENTS, _NOT_OWNER, "Registering patients and changing what is known of them"),
    # appointments
    _any(_P.READ_SCHEDULE, Role, "Schedule and free slots"),
    _people(_P.MANAGE_SCHEDULE, _MANAGE, "Rooms, appointment types, hours, forms"),
    _any(
        _P.BOOK_APPOINTMENT,
        _DESK,
        "Booking, moving, cancelling; check-in, forms, reasons for visits",
    ),
    _people(
        _P.OVERBOOK, (_R.MANAGER, _R.CLINICIAN), "Booking where the provider has another visit"
    ),
    _people(_P.SEE_BY_VIDEO, _CARE, "Video visits: joining, letting in, ending"),
    # notes
    _any(_P.READ_CHART, _CARE, "Charts and notes"),
    _any(_P.WRITE_NOTES, _CARE, "Encounters, codes and draft notes"),
    _people(_P.SIGN_NOTES, (_R.CLINICIAN,), "Signing, addenda"),
    _any(_P.WRITE_PROBLEMS, _CARE, "Problems and allergies"),
    _people(
        _P.READ_BILLED_NOTES, (_R.BILLER,), "Notes of billed encounters; codes of sensitive ones"
    ),
    # sensitive-tagged records, psychotherapy notes, break-glass
    _people(_P.MANAGE_CARE_TEAM, (_R.CLINICIAN,), "Care teams, who alone see what is sensitive"),
    _people(_P.BREAK_GLASS, (_R.CLINICIAN,), "Break-glass; a nurse has it by a composed role"),
    _people(
        _P.WRITE_PSYCHOTHERAPY_NOTES,
        (_R.CLINICIAN,),
        "Psychotherapy notes: one's own, nobody else's",
    ),
    _people(
        _P.READ_RELEASED_NOTES, (_R.MANAGER,), "A psychotherapy note that was released to one, once"
    ),
    _people(_P.REVIEW_ACCESS, _MANAGE, "Reviewing break-glass, approving releases"),
    # tasks
    _any(_P.WORK_TASKS, Role, "The list of tasks"),
    # downtime
    _people(
        _P.PREPARE_DOWNTIME,
        (_R.MANAGER, _R.CLINICIAN),
        "Downtime packs: their passphrase and links, and so allergies and problems of who is expected",
    ),
    # ledger, claims
    _people(_P.MANAGE_FEES, _MONEY, "Fee schedule"),
    _people(_P.MANAGE_PAYERS, _MONEY, "Payers and the clearinghouse account"),
    _any(_P.READ_LEDGER, _MONEY, "Accounts and superbills"),
    _any(_P.WRITE_CHARGES, (_R.MANAGER, _R.BILLER, _R.CLINICIAN), "Charges"),
    _any(
        _P.TAKE_PAYMENT, (_R.MANAGER, _R.FRONT_DESK, _R.BILLER), "Payments, invoices, what is owed"
    ),
    _any(_P.READ_CLAIMS, _MONEY, "Claims and remittances"),
    _any(_P.MANAGE_CLAIMS, (_R.MANAGER, _R.BILLER), "Sending claims again"),
    _any(_P.READ_REPORTS, _MONEY, "Dashboards"),
    # audit
    _people(_P.READ_AUDIT, _MANAGE, "Who opened which chart, and the scope of a breach"),
    # export, erase, closing
    _people(_P.REQUEST_EXPORT, _MANAGE, "Asking for an export of everything"),
    _built_in(_P.APPROVE_EXPORT, (_R.OWNER,), "Approving and fetching an export"),
    _built_in(_P.CLOSE_PRACTICE, (_R.OWNER,), "Closing the practice"),
    _built_in(_P.KEEP_RECORDS, (_R.OWNER,), "Legal holds, and erasing a patient's records"),
    # plan and agreements
    _built_in(_P.OWN_PRACTICE, (_R.OWNER,), "Agreement, plan and ownership"),
)

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    role: frozenset(grant.permission for grant in TABLE if role in grant.roles) for role in Role
}
COMPOSABLE = frozenset(grant.permission for grant in TABLE if grant.composable)
"""What a role that a practice composes may hold."""
FOR_MACHINES = frozenset(grant.permission for grant in TABLE if grant.machine)
"""What an API key may be scoped to."""

EVERYBODYS = frozenset({Permission.READ_SELF})
"""What every member has, whatever their roles."""
NOT_FOR_MANAGERS = frozenset({Role.OWNER})
"""Roles that only an owner gives or takes."""


def permissions_of(
    roles: Iterable[str], composed: Mapping[str, Iterable[str]] | None = None
) -> frozenset[str]:
    """What these roles may do together; `composed` is what the practice's own roles hold, by id.

    A role or a permission that this release does not know gives nothing.
    """
    given: set[str] = set(EVERYBODYS)
    for role in roles:
        if role in PERMISSIONS_OF:
            given |= PERMISSIONS_OF[Role(role)]
        elif composed and role in composed:
            given |= COMPOSABLE & set(composed[role])
    return frozenset(given)


WITHOUT_FACTOR = frozenset({Permission.READ_SELF})
"""What a session is good for, without a second factor, where the practice requires one: to enrol it."""
