"""Where a patient may be reached: by the channels they agreed to, the one they prefer first."""

from datetime import datetime

from ..patients.demographics import PatientStatus
from ..patients.models import Patient
from .wording import EMAIL, SMS

NO_ADDRESS, NO_CONSENT = "no_address", "no_consent"
FALLBACK = (SMS, EMAIL)
"""Which comes first where the patient prefers none."""


def is_written_to(patient: Patient) -> bool:
    """Nobody writes to who is deceased or inactive."""
    return not patient.deceased and patient.status == PatientStatus.ACTIVE


def addresses_of(patient: Patient) -> dict[str, str | None]:
    """The address of each channel, in the order in which to try them."""
    known = {EMAIL: patient.email, SMS: patient.mobile_number}
    preferred = [each for each in FALLBACK if each == patient.preferred_channel]
    return {channel: known[channel] for channel in dict.fromkeys([*preferred, *FALLBACK])}


def closed_to(patient: Patient, channel: str, address: str | None) -> str | None:
    """The code of why the patient is not reached by this channel; None where they are."""
    if address is None:
        return NO_ADDRESS
    return None if patient.agreed_to(channel) else NO_CONSENT


def agreed_since(patient: Patient, channel: str, since: datetime) -> bool:
    """Whether the patient agreed to this channel again after that."""
    return any(
        each.channel == channel and each.allowed and each.recorded_at > since
        for each in patient.consents
    )
