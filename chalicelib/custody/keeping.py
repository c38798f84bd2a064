"""What stays when all else is destroyed, and what of a practice concerns one patient. Pure."""

from datetime import date
from typing import Any

from .retention import audit_may_go_on

Row = dict[str, dict[str, Any]]

STAYS = {
    "practice": "emptied to its name, so that the audit can be read",
    "erasure": "proves what was destroyed",
    "subscription_invoice": "our own books: 26 CFR 1.6001-1",
    "outbox": "an event on its way; gone when it is sent",
    "audit_seal": "seals the audit that stays",
    "audit_head": "seals the audit that stays",
    "audit_unsealed": "waits for the seal of an entry that stays",
    "audit_seal_due": "waits for the seal of an entry that stays",
}
AUDIT = frozenset({"audit", "audit_amendment", "access"})


def why_it_stays(row: Row, today: date) -> str | None:
    """The reason for which a row is not destroyed; None if it is."""
    kind = row["kind"]["S"]
    if kind in AUDIT:
        day = audit_may_go_on(_month(row))
        return (
            f"to be kept until {day.isoformat()}: 45 CFR 164.316(b)(2)(i)" if today < day else None
        )
    return STAYS.get(kind)


def belongs_to(row: Row, patient_id: str) -> bool:
    """Whether a row is of this patient: its keys name them, or its `patient_id` does."""
    keys = f"{row['pk']['S']}{row['sk']['S']}".split("#")
    return patient_id in keys or row.get("patient_id", {}).get("S") == patient_id


def _month(row: Row) -> str:
    """`prc_1#audit#usr_2#2026-11#` → `2026-11`; far in the future for a key of another shape."""
    for part in f"{row['pk']['S']}{row['sk']['S']}".split("#"):
        if len(part) == 7 and part[4] == "-" and part.replace("-", "").isdigit():
            return part
    return "9000-01"
