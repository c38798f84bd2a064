"""What others read off a patient."""

from datetime import UTC, datetime

import pytest

from chalicelib.patients.demographics import Consent, PersonName, Phone
from chalicelib.patients.models import Patient

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


def _patient() -> Patient:
    return Patient(
        *Patient.key("prc_1", "pat_2"),
        name=PersonName("Diaz", "Rosa"),
        phones=(
            Phone("+12125550100"),
            Phone("+12125550101", "mobile"),
            Phone("+1212555", "mobile"),
        ),
        consents=(Consent("sms", True, NOW, "usr_1"), Consent("email", False, NOW, "usr_1")),
    )


@pytest.mark.parametrize(("channel", "agreed"), [("sms", True), ("email", False), ("mail", False)])
def test_a_channel_may_be_used_once_the_patient_agreed(channel: str, agreed: bool) -> None:
    assert _patient().agreed_to(channel) is agreed


def test_text_messages_go_to_the_first_mobile_number() -> None:
    patient = _patient()
    assert patient.mobile_number == "+12125550101"
    patient.phones = patient.phones[:1]
    assert patient.mobile_number is None


def test_a_patient_is_stored_as_it_was_set() -> None:
    patient = _patient()
    again = Patient.from_raw_data(patient.serialize(null_check=False))
    assert (again.id, again.full_name) == ("pat_2", "Rosa Diaz")
    assert (again.phones, again.consents) == (patient.phones, patient.consents)
