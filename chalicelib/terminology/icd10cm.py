"""ICD-10-CM codes, checked against the release in force on the date of service.

A release is in force for a US fiscal year (45 CFR 162.1002(c)(2); ICD-10-CM Official Guidelines).
The shipped ones, made by `infra/build_icd10cm.py` from the release of CDC/NCHS, are read at first
use. A date outside the loaded releases is *not checked*: no code is ever called unknown on a guess.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, partial
from gzip import decompress
from pathlib import Path

from chalicelib.terminology.icd10cm_table import (
    CodeEntry,
    entries_beginning_with,
    entries_with_words,
    entry_of,
)

_DATA = Path(__file__).parent / "icd10cm_data"
_FORM = re.compile(r"([A-Z][0-9][0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?")
_BEGINNING = re.compile(r"[A-Z][0-9](?:[0-9A-Z](?:\.?[0-9A-Z]{0,4}))?")


class CodeVerdict(StrEnum):
    VALID = "valid"
    NOT_BILLABLE = "not_billable"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class CodeSet:
    """One fiscal year's release; `read` gives its table (`icd10cm_table`), at first use."""

    fiscal_year: int
    read: Callable[[], bytes]

    def in_force(self, on: date) -> bool:
        """FY2026 is in force from 2025-10-01 to 2026-09-30."""
        return self.fiscal_year == _fiscal_year(on)


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """`code` is dotted if it has the form of a code; `message` is empty if it is valid."""

    code: str
    verdict: CodeVerdict
    message: str
    description: str | None = None
    fiscal_year: int | None = None


@dataclass(frozen=True, slots=True)
class CodeHit:
    """`code` is dotted."""

    code: str
    description: str
    billable: bool


@dataclass(frozen=True, slots=True)
class CodeSearch:
    """`in_force` is false where no release for the date is loaded: then the nearest one served."""

    hits: tuple[CodeHit, ...]
    fiscal_year: int
    in_force: bool


def check_code(code: str, on: date, *, sets: Sequence[CodeSet] | None = None) -> CodeCheck:
    """Whether `code`, with or without its dot, may stand on a claim for a service on `on`.

    `sets` are the releases to go by; the shipped ones if None.
    """
    shown = dotted(code)
    release = next((s for s in _or_shipped(sets) if s.in_force(on)), None)
    if release is None:
        message = f"not checked for this date: no ICD-10-CM release for {on.isoformat()} is loaded"
        return CodeCheck(shown, CodeVerdict.NOT_CHECKED, message)
    year = release.fiscal_year
    entry = _entry_of(code, release)
    if entry is None:
        message = f"{shown} is not in ICD-10-CM FY{year}"
        return CodeCheck(shown, CodeVerdict.UNKNOWN, message, fiscal_year=year)
    if not entry.billable:
        message = f"{shown} is a header of ICD-10-CM FY{year}: a more specific code is needed"
        return CodeCheck(shown, CodeVerdict.NOT_BILLABLE, message, entry.title, year)
    return CodeCheck(shown, CodeVerdict.VALID, "", entry.title, year)


def search(
    query: str, on: date, *, limit: int = 20, sets: Sequence[CodeSet] | None = None
) -> CodeSearch:
    """Codes that begin with `query`, else those whose title has words beginning with its words.

    Beginnings come in order of their codes; words come billable first, then the shortest codes,
    then the shortest titles. Case, accents and punctuation do not matter. ValueError if no
    release is loaded at all.
    """
    available = _or_shipped(sets)
    if not available:
        raise ValueError("no ICD-10-CM release is loaded")
    release = min(available, key=lambda s: abs(s.fiscal_year - _fiscal_year(on)))
    beginning = query.strip().upper()
    entries: list[CodeEntry] = []
    if _BEGINNING.fullmatch(beginning):
        plain = beginning.replace(".", "")
        entries = entries_beginning_with(release.read(), plain, limit=limit)
    entries = entries or entries_with_words(release.read(), query, limit=limit)
    hits = tuple(CodeHit(dotted(e.code), e.title, e.billable) for e in entries)
    return CodeSearch(hits, release.fiscal_year, release.in_force(on))


def description(code: str, *, sets: Sequence[CodeSet] | None = None) -> str | None:
    """The title in the newest loaded release that has the code; None if none has."""
    newest_first = sorted(_or_shipped(sets), key=lambda s: s.fiscal_year, reverse=True)
    entries = (_entry_of(code, release) for release in newest_first)
    return next((entry.title for entry in entries if entry is not None), None)


def dotted(code: str) -> str:
    """`"m5450"` → `"M54.50"`; text without the form of a code comes back as it is."""
    form = _FORM.fullmatch(code.strip().upper())
    if form is None:
        return code
    return f"{form[1]}.{form[2]}" if form[2] else form[1]


def undotted(code: str) -> str:
    """`"M54.50"` → `"M5450"`, as X12 HI carries it. ValueError without the form of a code."""
    form = _FORM.fullmatch(code.strip().upper())
    if form is None:
        raise ValueError(f"{code!r} has not the form of an ICD-10-CM code")
    return form[1] + (form[2] or "")


@cache
def shipped_sets() -> tuple[CodeSet, ...]:
    """The releases that come with the system, oldest first."""
    files = sorted(_DATA.glob("fy[0-9][0-9][0-9][0-9].gz"))
    return tuple(CodeSet(int(path.stem[2:]), partial(_read, path)) for path in files)


def _or_shipped(sets: Sequence[CodeSet] | None) -> Sequence[CodeSet]:
    return shipped_sets() if sets is None else sets


@cache
def _read(path: Path) -> bytes:
    return decompress(path.read_bytes())


def _entry_of(code: str, release: CodeSet) -> CodeEntry | None:
    return (
        entry_of(release.read(), undotted(code)) if _FORM.fullmatch(code.strip().upper()) else None
    )


def _fiscal_year(on: date) -> int:
    return on.year + (on.month >= 10)
