"""The versions of the business associate agreement (45 CFR 164.504(e)), and which of them binds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """One published text. From `binding_from` an acceptance of the version before does not hold."""

    version: str
    published: date
    binding_from: date
    sha256: str


VERSIONS = (
    AgreementVersion(
        "2026-01",
        date(2026, 1, 5),
        date(2026, 1, 5),
        "60d7ffd3e2e6ffffa6be797af97681dc8ab663458a14c2b407a1cd4b37f8beae",
    ),
    AgreementVersion(
        "2026-10",
        date(2026, 10, 1),
        date(2027, 1, 1),
        "682c517487ab0d77f741aa2363799f074b8480846c8aa8353da374b81af3ae91",
    ),
)
"""Oldest first. A text, once published, never changes: its hash is what owners have accepted."""


def current(on: date, versions: Sequence[AgreementVersion] = VERSIONS) -> AgreementVersion:
    """The version to accept on a day: the last one published, or the first there ever was."""
    published = [each for each in versions if each.published <= on]
    return published[-1] if published else versions[0]


def holds(accepted: str, on: date, versions: Sequence[AgreementVersion] = VERSIONS) -> bool:
    """Whether the version accepted last still allows new patients on a day."""
    known = [each.version for each in versions]
    if accepted not in known:
        return False
    later = versions[known.index(accepted) + 1 :]
    return not any(each.binding_from <= on for each in later)
