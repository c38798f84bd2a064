"""Reading the typed elements of X12 segments: amounts, dates, quantities, composites (X12.6 §3).

Amounts are strict: what is no plain decimal with at most two places is refused. Everything else
is lenient: an odd date or quantity is a warning and reads as None.
"""

import re
from datetime import date
from decimal import Decimal

from chalicelib.claims.x12.interchange import Findings, Segment, Separators
from chalicelib.platform.money import minor_units


def read_amount(segment: Segment, position: int, *, findings: Findings) -> int | None:
    """Element `position` in minor units; None if empty. Refuses what is no plain decimal."""
    text = segment.element(position)
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        findings.refuse(segment.number, f"{_name(segment, position)} {text!r} is not an amount")
        return None
    return minor_units(text)


def require_amount(segment: Segment, position: int, *, findings: Findings) -> int:
    """As `read_amount`, and refuses an empty element; 0 stands for what was refused."""
    if not segment.element(position):
        findings.refuse(segment.number, f"{_name(segment, position)} holds no amount")
    return read_amount(segment, position, findings=findings) or 0


def read_quantity(segment: Segment, position: int, *, findings: Findings) -> Decimal | None:
    """Element `position` as a decimal; None if empty, or odd (a warning)."""
    text = segment.element(position)
    if not text:
        return None
    if not _QUANTITY.fullmatch(text):
        findings.warn(segment.number, f"{_name(segment, position)} {text!r} is not a quantity")
        return None
    return Decimal(text)


def read_date(segment: Segment, position: int, *, findings: Findings) -> date | None:
    """Element `position` as CCYYMMDD; None if empty, or no date (a warning)."""
    text = segment.element(position)
    return _date(text, f"{_name(segment, position)} {text!r}", segment, findings) if text else None


def read_period(
    segment: Segment, position: int, *, findings: Findings
) -> tuple[date | None, date | None]:
    """Element `position` as a date (D8) or a range (RD8): its first and last day."""
    text = segment.element(position)
    name = f"{_name(segment, position)} {text!r}"
    first, dash, last = text.partition("-")
    if not text:
        return None, None
    start = _date(first, name, segment, findings)
    return start, _date(last, name, segment, findings) if dash else start


def read_composite(
    segment: Segment, position: int, separators: Separators, *, findings: Findings
) -> tuple[str, ...]:
    """The components of a composite whose first component is a two-character code.

    A sign other than ISA16 that follows the code is taken for the separator (a warning).
    """
    text = segment.element(position)
    foreign = _FOREIGN_COMPOSITE.match(text)
    if separators.component in text or not foreign:
        return segment.components(position, separators)
    sign = foreign.group(1)
    findings.warn(
        segment.number,
        f"{_name(segment, position)} is cut by {sign!r}, ISA16 is {separators.component!r}",
    )
    return tuple(part.strip() for part in text.split(sign))


def component(components: tuple[str, ...], position: int) -> str:
    """Component `position` (1 = the first); "" if absent."""
    return components[position - 1] if position <= len(components) else ""


_AMOUNT = re.compile(r"-?([0-9]{1,15}(\.[0-9]{0,2})?|\.[0-9]{1,2})")
_QUANTITY = re.compile(r"-?([0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15})")
_FOREIGN_COMPOSITE = re.compile(r"[A-Z0-9]{2}([^A-Za-z0-9\s.-])")
_PLAUSIBLE_YEARS = range(1900, 2100)


def _name(segment: Segment, position: int) -> str:
    return f"{segment.tag}{position:02}"


def _date(text: str, name: str, segment: Segment, findings: Findings) -> date | None:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        findings.warn(segment.number, f"{name} is not a date")
        return None
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        findings.warn(segment.number, f"{name} is not a date")
        return None
    if day.year not in _PLAUSIBLE_YEARS:
        findings.warn(segment.number, f"{name} is an implausible date")
    return day
