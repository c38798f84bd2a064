"""Who may do what: the one table that code, tests and docs read (DOMAIN.md, Roles).

Roles are additive. The owner alone gets no chart.
"""

from enum import StrEnum


class Permission(StrEnum):
    """What a route demands."""

    READ_PRACTICE = "read_practice"
    MANAGE_PRACTICE = "manage_practice"
    READ_MEMBERS = "read_members"
    MANAGE_MEMBERS = "manage_members"
    READ_PATIENTS = "read_patients"
    WRITE_PATIENTS = "write_patients"
    READ_SCHEDULE = "read_schedule"
    MANAGE_SCHEDULE = "manage_schedule"
    BOOK_APPOINTMENT = "book_appointment"
    READ_CHART = "read_chart"
    WRITE_NOTES = "write_notes"
    SIGN_NOTES = "sign_notes"
    WRITE_PROBLEMS = "write_problems"
    MANAGE_FEES = "manage_fees"
    READ_LEDGER = "read_ledger"
    WRITE_CHARGES = "write_charges"
    TAKE_PAYMENT = "take_payment"
    READ_CLAIMS = "read_claims"
    MANAGE_PAYERS = "manage_payers"
    MANAGE_CLAIMS = "manage_claims"
    READ_REPORTS = "read_reports"
    REQUEST_EXPORT = "request_export"
    APPROVE_EXPORT = "approve_export"
    READ_SELF = "read_self"


class Role(StrEnum):
    """What a member of a practice is. A member may have several."""

    OWNER = "owner"
    MANAGER = "manager"
    FRONT_DESK = "front_desk"
    BILLER = "biller"
    CLINICIAN = "clinician"
    NURSE = "nurse"


_P = Permission
_EVERYBODY = frozenset({_P.READ_SELF, _P.READ_PRACTICE, _P.READ_MEMBERS, _P.READ_SCHEDULE})
_MANAGES = frozenset(
    {
        _P.MANAGE_PRACTICE,
        _P.MANAGE_MEMBERS,
        _P.MANAGE_SCHEDULE,
        _P.MANAGE_FEES,
        _P.MANAGE_PAYERS,
        _P.READ_PATIENTS,
        _P.READ_LEDGER,
        _P.READ_CLAIMS,
        _P.READ_REPORTS,
        _P.REQUEST_EXPORT,
    }
)

PERMISSIONS_OF: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _EVERYBODY | _MANAGES | {_P.APPROVE_EXPORT},
    Role.MANAGER: _EVERYBODY
    | _MANAGES
    | {
        _P.WRITE_PATIENTS,
        _P.BOOK_APPOINTMENT,
        _P.TAKE_PAYMENT,
        _P.WRITE_CHARGES,
        _P.MANAGE_CLAIMS,
    },
    Role.FRONT_DESK: _EVERYBODY
    | {_P.READ_PATIENTS, _P.WRITE_PATIENTS, _P.BOOK_APPOINTMENT, _P.TAKE_PAYMENT},
    Role.BILLER: _EVERYBODY
    | {
        _P.READ_PATIENTS,
        _P.WRITE_PATIENTS,
        _P.MANAGE_FEES,
        _P.MANAGE_PAYERS,
        _P.READ_LEDGER,
        _P.WRITE_CHARGES,
        _P.TAKE_PAYMENT,
        _P.READ_CLAIMS,
        _P.MANAGE_CLAIMS,
        _P.READ_REPORTS,
    },
    Role.CLINICIAN: _EVERYBODY
    | {
        _P.READ_PATIENTS,
        _P.WRITE_PATIENTS,
        _P.BOOK_APPOINTMENT,
        _P.READ_CHART,
        _P.WRITE_NOTES,
        _P.SIGN_NOTES,
        _P.WRITE_PROBLEMS,
    },
    Role.NURSE: _EVERYBODY
    | {
        _P.READ_PATIENTS,
        _P.WRITE_PATIENTS,
        _P.BOOK_APPOINTMENT,
        _P.READ_CHART,
        _P.WRITE_NOTES,
        _P.WRITE_PROBLEMS,
    },
}

NOT_FOR_MANAGERS = frozenset({Role.OWNER})
"""Roles that only an owner gives or takes."""


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """What these roles may do together; a role this release does not know gives nothing."""
    known = [PERMISSIONS_OF[role] for role in Role if role in roles]
    return frozenset().union(*known)
