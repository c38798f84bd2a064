"""Appointment reminders: by each channel the patient agreed to, never twice."""

from ..patients.demographics import PatientStatus
from ..patients.models import Patient
from ..patients.registration import read_patient
from ..platform.clock import from_iso
from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.store import find, get
from ..practices.capabilities import Capability
from ..practices.clearances import demand_cleared
from ..practices.errors import NotCleared, PlanLimitReached
from ..practices.limits import demand_room
from ..practices.models import UNVERIFIED, Practice
from ..practices.plans import Limit
from ..practices.usage import count_message, messages_sent
from .models import FAILED, NOT_SENT, SENDING, SENT, SKIPPED, UNKNOWN, Message
from .ports import NotAccepted, OutcomeUnknown, send_mail, send_sms
from .templates import reminder_mail, reminder_sms

TEMPLATE = "appointment_reminder"


def send_reminder(context: Context, event: Event) -> None:
    """Remind by e-mail and SMS as the patient has agreed; a patient with neither gets none.

    None for a deceased or inactive patient, once the visit has begun, or from an unverified
    practice. Unavailable, at the end, if a message surely did not go out: the queue brings it again.
    """
    if context.tenant.status == UNVERIFIED or from_iso(event.data["starts_at"]) <= context.now():
        return
    context.concerns(event.data["patient_id"])
    patient = read_patient(context, event.data["patient_id"])
    practice = get(Practice, Practice.key(context.practice_id))
    messages = [
        _send_once(context, event, practice, channel, address)
        for channel, address in _addresses(patient).items()
    ]
    if any(message.status == NOT_SENT for message in messages):
        raise Unavailable(retry_after=5)


def _send_once(
    context: Context, event: Event, practice: Practice, channel: str, address: str
) -> Message:
    message = _begun(context, event, channel)
    context.work.commit()
    if message.status == SENDING:
        _attempt(event, message, practice, address)
        if message.status == SENT:
            count_message(context)
        context.work.save(message)
        context.work.commit()
    return message


def _begun(context: Context, event: Event, channel: str) -> Message:
    """The message, staged: `sending` if it is to be sent now."""
    key = Message.key(context.practice_id, derived_id("msg", event.id, channel))
    message = find(Message, key, consistent=True)
    if message is None:
        message = _staged(context, event, channel)
        context.work.create(message)
    elif message.status == SENDING:
        message.status = UNKNOWN
        context.work.save(message)
    elif message.status == NOT_SENT:
        message.status, message.reason, message.staged_at = SENDING, None, context.now()
        context.work.save(message)
    return message


def _attempt(event: Event, message: Message, practice: Practice, address: str) -> None:
    try:
        message.provider_id = _send(event, practice, message.channel, address)
        message.status = SENT
    except NotAccepted as refusal:
        message.status, message.reason = FAILED, refusal.code
    except Unavailable as refusal:
        message.status, message.reason = NOT_SENT, refusal.code
    except OutcomeUnknown as refusal:
        message.status, message.reason = UNKNOWN, refusal.code


def _staged(context: Context, event: Event, channel: str) -> Message:
    patient_id = event.data["patient_id"]
    key = Message.key(context.practice_id, derived_id("msg", event.id, channel))
    why_not = _why_not(context, channel)
    return Message(
        *key,
        channel=channel,
        template=TEMPLATE,
        status=SKIPPED if why_not else SENDING,
        reason=why_not,
        patient_id=patient_id,
        cause=event.subject,
        staged_at=context.now(),
        gs2pk=Message.of_patient(context.practice_id, patient_id),
        gs2sk=f"{event.id}#{channel}#",
    )


def _why_not(context: Context, channel: str) -> str | None:
    """The code of what keeps the practice from sending by this channel."""
    try:
        if channel == "sms":
            demand_cleared(context, Capability.SMS)
        demand_room(context, Limit.MESSAGES, messages_sent(context))
    except (NotCleared, PlanLimitReached) as refusal:
        return refusal.code
    return None


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


def _addresses(patient: Patient) -> dict[str, str]:
    """Where the patient wants to be reached, by channel."""
    if patient.deceased or patient.status != PatientStatus.ACTIVE:
        return {}
    known = {"email": patient.email, "sms": patient.mobile_number}
    return {
        channel: address
        for channel, address in known.items()
        if address is not None and patient.agreed_to(channel)
    }
