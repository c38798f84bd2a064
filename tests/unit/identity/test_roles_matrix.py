"""The table of permissions is the Roles matrix of DOMAIN.md, written here as data."""

from pathlib import Path

import pytest

from chalicelib.identity.permissions import (
    COMPOSABLE,
    FOR_MACHINES,
    PERMISSIONS_OF,
    TABLE,
    Permission,
    Role,
    permissions_of,
)
from infra import roles_page

P = Permission
ROLES = (Role.OWNER, Role.MANAGER, Role.FRONT_DESK, Role.BILLER, Role.CLINICIAN, Role.NURSE)
DIRECTORY = {P.READ_SELF, P.READ_PRACTICE, P.READ_MEMBERS, P.WORK_TASKS}
"""What work needs whoever does it; the matrix's settings and users are what may be changed."""
LEDGER_READ = {P.READ_LEDGER, P.READ_CLAIMS, P.READ_REPORTS}
SET_UP_OF_BILLING = {P.MANAGE_FEES, P.MANAGE_PAYERS}
LEDGER_WRITE = {*LEDGER_READ, P.WRITE_CHARGES, P.TAKE_PAYMENT, P.MANAGE_CLAIMS}
DRAFT = {P.READ_CHART, P.WRITE_NOTES, P.WRITE_PROBLEMS}

LEVELS: dict[str, dict[str, set[Permission]]] = {
    "everybody": {"yes": DIRECTORY},
    "settings, users": {
        "W*": {
            P.MANAGE_PRACTICE,
            P.MANAGE_MEMBERS,
            P.MANAGE_API_KEYS,
            P.MANAGE_WEBHOOKS,
            P.MANAGE_SCHEDULE,
            P.REVIEW_ACCESS,
            *SET_UP_OF_BILLING,
        },
        "–": set(),
    },
    "plan, agreements": {"W*": {P.OWN_PRACTICE}, "–": set()},
    "demographics, coverage": {
        "R": {P.READ_PATIENTS},
        "W": {P.READ_PATIENTS, P.WRITE_PATIENTS},
    },
    "appointments": {
        "R": {P.READ_SCHEDULE},
        "W": {P.READ_SCHEDULE, P.BOOK_APPOINTMENT},
        "W, overbook": {P.READ_SCHEDULE, P.BOOK_APPOINTMENT, P.OVERBOOK},
    },
    "video visits": {"–": set(), "joins": {P.SEE_BY_VIDEO}},
    "downtime packs": {"–": set(), "yes*": {P.PREPARE_DOWNTIME}},
    "notes": {
        "–": set(),
        "R if on a claim": {P.READ_BILLED_NOTES},
        "draft": DRAFT,
        "W, sign": {*DRAFT, P.SIGN_NOTES},
    },
    "sensitive-tagged": {"–": set(), "care team": {P.MANAGE_CARE_TEAM}},
    "psychotherapy notes": {
        "–": set(),
        "author only": {P.WRITE_PSYCHOTHERAPY_NOTES},
        "released": {P.READ_RELEASED_NOTES},
    },
    "break-glass": {"–": set(), "yes*": {P.BREAK_GLASS}},
    "audit": {"R": {P.READ_AUDIT}, "–": set()},
    "export, erase": {
        "approve*": {P.REQUEST_EXPORT, P.APPROVE_EXPORT, P.CLOSE_PRACTICE, P.KEEP_RECORDS},
        "request": {P.REQUEST_EXPORT},
        "–": set(),
    },
    "ledger, claims": {
        "–": set(),
        "R": LEDGER_READ,
        "W": LEDGER_WRITE,
        "W, sets up": {*LEDGER_WRITE, *SET_UP_OF_BILLING},
        "take payment": {P.TAKE_PAYMENT},
        "charges": {P.WRITE_CHARGES},
    },
}
MATRIX: dict[str, tuple[str, ...]] = {
    "everybody": ("yes",) * 6,
    "settings, users": ("W*", "W*", "–", "–", "–", "–"),
    "plan, agreements": ("W*", "–", "–", "–", "–", "–"),
    "demographics, coverage": ("R", "W", "W", "W", "W", "W"),
    "appointments": ("R", "W, overbook", "W", "R", "W, overbook", "W"),
    "video visits": ("–", "–", "–", "–", "joins", "joins"),
    "downtime packs": ("–", "yes*", "–", "–", "yes*", "–"),
    "notes": ("–", "–", "–", "R if on a claim", "W, sign", "draft"),
    "sensitive-tagged": ("–", "–", "–", "–", "care team", "–"),
    "psychotherapy notes": ("–", "released", "–", "–", "author only", "–"),
    "break-glass": ("–", "–", "–", "–", "yes*", "–"),
    "audit": ("R", "R", "–", "–", "–", "–"),
    "export, erase": ("approve*", "request", "–", "–", "–", "–"),
    "ledger, claims": ("R", "W", "take payment", "W, sets up", "charges", "–"),
}
"""Owner, manager, front desk, biller, clinician, nurse."""


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_what_the_matrix_gives_it_and_nothing_else(role: Role) -> None:
    given: set[Permission] = set()
    for area, cells in MATRIX.items():
        given |= LEVELS[area][cells[ROLES.index(role)]]
    assert PERMISSIONS_OF[role] == given


def test_every_permission_has_one_line() -> None:
    assert sorted(grant.permission for grant in TABLE) == sorted(Permission)


def test_the_owner_alone_gets_no_chart() -> None:
    assert not PERMISSIONS_OF[Role.OWNER] & {*DRAFT, P.SIGN_NOTES}


def test_roles_are_additive() -> None:
    both = permissions_of({Role.OWNER, Role.CLINICIAN})
    assert both == PERMISSIONS_OF[Role.OWNER] | PERMISSIONS_OF[Role.CLINICIAN]


def test_a_role_or_permission_nobody_knows_gives_nothing() -> None:
    assert permissions_of({"emperor"}) == {P.READ_SELF}
    composed = {"rol_1": ("read_chart", "read_minds", "read_self")}
    assert permissions_of({"rol_1"}, composed) == {P.READ_SELF, P.READ_CHART}


def test_an_api_key_has_no_settings_no_users_and_no_self() -> None:
    """The matrix's last column: `–` for settings and users; a signature is a person's."""
    assert not FOR_MACHINES & LEVELS["settings, users"]["W*"]
    assert not FOR_MACHINES & {P.READ_SELF, P.SIGN_NOTES}
    assert FOR_MACHINES <= COMPOSABLE


def test_the_page_is_what_the_table_says(tmp_path: Path) -> None:
    target = tmp_path / "roles.md"
    assert roles_page.main(["--check"], target=target) == 1
    assert roles_page.main(["--write"], target=target) == 0
    assert roles_page.main(["--check"], target=target) == 0
    lines = target.read_text().splitlines()
    (sign,) = [line for line in lines if line.startswith("| `sign_notes` | –")]
    assert sign.startswith("| `sign_notes` | – | – | – | – | ✓ | – | ✓ | – |")
    target.write_text("\n".join(line for line in lines if line != sign))
    assert roles_page.main(["--check"], target=target) == 1
