"""What the scrubber says: findings, each naming a part of the claim."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class ScrubFinding:
    """One thing to put right. `field` is a path into the claim: `lines[0].diagnosis_pointers`.

    `code` is stable. An error keeps the claim from being sent; a warning does not. `text` is for a
    person and repeats no value of the claim.
    """

    code: str
    field: str
    severity: Severity
    text: str


def error(code: str, field: str, text: str) -> ScrubFinding:
    """A finding that keeps the claim from being sent."""
    return ScrubFinding(code, field, "error", text)


def warning(code: str, field: str, text: str) -> ScrubFinding:
    """A finding that a person may let pass."""
    return ScrubFinding(code, field, "warning", text)


def not_cleared() -> ScrubFinding:
    """Operations have not verified the practice for claims, or no longer."""
    return error("not_cleared", "practice", "Claims open once you are verified")
