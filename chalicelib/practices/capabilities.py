"""What opens only once operations have verified a practice's NPI, TIN and licence."""

from enum import StrEnum


class Capability(StrEnum):
    """Whatever lets a practice bill, text or prescribe in its name."""

    CLAIMS = "claims"
    ELIGIBILITY = "eligibility"
    SMS = "sms"
    PRESCRIBING = "prescribing"
