"""Whose plan it is, as far as a fee depends on it: read off the payer's claim filing indicator.

Source: X12 005010X222A1 SBR09. A plan run by an HMO (HM) may be Medicaid's as well as an
employer's; what a missed visit costs under workers' compensation or of a veteran is not the
practice's to say alone: those, and what is not known, a biller decides.
"""

from collections.abc import Mapping
from enum import StrEnum


class PayerKind(StrEnum):
    """`self_pay`: no coverage on the day."""

    COMMERCIAL = "commercial"
    MEDICAID = "medicaid"
    MEDICARE = "medicare"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    SELF_PAY = "self_pay"
    TRICARE = "tricare"
    UNKNOWN = "unknown"


_KIND_OF: Mapping[str, PayerKind] = {
    "09": PayerKind.SELF_PAY,
    "12": PayerKind.COMMERCIAL,
    "13": PayerKind.COMMERCIAL,
    "14": PayerKind.COMMERCIAL,
    "15": PayerKind.COMMERCIAL,
    "16": PayerKind.MEDICARE_ADVANTAGE,
    "17": PayerKind.COMMERCIAL,
    "BL": PayerKind.COMMERCIAL,
    "CH": PayerKind.TRICARE,
    "CI": PayerKind.COMMERCIAL,
    "FI": PayerKind.COMMERCIAL,
    "MA": PayerKind.MEDICARE,
    "MB": PayerKind.MEDICARE,
    "MC": PayerKind.MEDICAID,
}


def kind_of(filing_indicator: str | None) -> PayerKind:
    """The kind of plan; None for a payer that the practice has no record of."""
    return _KIND_OF.get(filing_indicator or "", PayerKind.UNKNOWN)
