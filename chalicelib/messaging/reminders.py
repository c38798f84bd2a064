"""Appointment reminders: by each channel the patient agreed to, never twice."""

from ..patients.models import Patient
from ..patients.registration import read_patient
from ..platform.clock import from_iso
from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.store import find, get
from ..practices.models import Practice
from .models import FAILED, SENDING, SENT, UNKNOWN, Message
from .ports import NotAccepted, send_mail, send_sms
from .templates import reminder_mail, reminder_sms

TEMPLATE = "appointment_reminder"


def send_reminder(context: Context, event: Event) -> None:
    """Remind by e-mail and SMS as the patient has agreed; a patient with neither gets none."""
    patient = read_patient(context, event.data["patient_id"])
    practice = get(Practice, Practice.key(context.practice_id))
    for channel in ("email", "sms"):
        address = _address(patient, channel)
        if address is not None:
            _send_once(context, event, practice, channel, address)


def _send_once(
    context: Context, event: Event, practice: Practice, channel: str, address: str
) -> None:
    key = Message.key(context.practice_id, derived_id("msg", event.id, channel))
    message = find(Message, key, consistent=True)
    if message is not None:
        if message.status == SENDING:
            message.status = UNKNOWN
            context.work.save(message)
        return
    message = _staged(context, event, channel)
    context.work.create(message)
    context.work.commit()
    try:
        message.provider_id = _send(event, practice, channel, address)
        message.status = SENT
    except (NotAccepted, Unavailable) as refusal:
        message.status, message.reason = FAILED, refusal.code
    context.work.save(message)
    context.work.commit()


def _staged(context: Context, event: Event, channel: str) -> Message:
    patient_id = event.data["patient_id"]
    key = Message.key(context.practice_id, derived_id("msg", event.id, channel))
    return Message(
        *key,
        channel=channel,
        template=TEMPLATE,
        status=SENDING,
        patient_id=patient_id,
        cause=event.subject,
        staged_at=context.now(),
        gs2pk=Message.of_patient(context.practice_id, patient_id),
        gs2sk=f"{event.id}#{channel}#",
    )


def _send(event: Event, practice: Practice, channel: str, address: str) -> str:
    starts_at, zone = from_iso(event.data["starts_at"]), event.data["time_zone"]
    if channel == "sms":
        return send_sms(
            address, reminder_sms(practice=practice.name, starts_at=starts_at, zone=zone)
        )
    mail = reminder_mail(
        practice=practice.name, starts_at=starts_at, zone=zone, phone=practice.phone
    )
    return send_mail(address, mail.subject, mail.text)


def _address(patient: Patient, channel: str) -> str | None:
    if not patient.agreed_to(channel):
        return None
    return patient.email if channel == "email" else patient.mobile_number
