"""One message to a patient, by one channel, at most once: the next channel where one will not carry it.

Each step is committed before the next is taken (ADR 6): `sending` before the provider is asked, and
its answer after. Where nobody knows whether it went out, it is not sent again, and somebody is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ..patients.models import Patient
from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.store import find, join
from ..practices.capabilities import Capability
from ..practices.clearances import demand_cleared
from ..practices.errors import NotCleared, PlanLimitReached
from ..practices.limits import demand_room
from ..practices.plans import Limit
from ..practices.usage import count_message, messages_sent
from .channels import addresses_of, agreed_since, closed_to
from .models import FAILED, NOT_SENT, SENDING, SENT, SKIPPED, UNKNOWN, Message, SuppressedAddress
from .ports import NotAccepted, OutcomeUnknown, can_be_answered, send_mail, send_sms
from .texting import may_be_texted, note_texted
from .visit_texts import Mail
from .wording import SMS

OUTCOME_UNKNOWN, COULD_NOT_GO = "message_outcome_unknown", "message_not_sent"
"""Kinds of tasks for the front desk: the subject is the message."""
STOPPED = "texting_stopped"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is to be sent: `id` follows from its cause, `written` gives its text by channel.

    `act_by` is until when somebody can make up for it, if it does not go out; nobody is asked to where
    it does not ask. A `reply` goes by text alone.
    """

    id: str
    template: str
    cause: str
    written: Callable[[str], Mail]
    act_by: datetime | None = None
    reply: bool = False
    asks: bool = True


def send_once(context: Context, patient: Patient, outgoing: Outgoing) -> Message:
    """Send it by the first channel that will carry it, unless that was done; the message as it is now.

    `not_sent`: it surely did not go out, and this may be called again later. Where no channel will
    have it, or nobody knows, a task is there for the front desk.
    """
    key = Message.key(context.practice_id, outgoing.id)
    message = find(Message, key, consistent=True) or _new(context, patient, outgoing)
    if message.version and message.status != NOT_SENT:
        return message
    for channel, address in addresses_of(patient).items():
        if channel in message.tried or (outgoing.reply and channel != SMS):
            continue
        why_not = closed_to(patient, channel, address) or _why_not(
            context, patient, channel, address or ""
        )
        if why_not or address is None:
            message.note(SKIPPED, context.now(), channel=channel, reason=why_not or "")
            continue
        _attempt(context, message, outgoing, channel=channel, address=address)
        if message.status != FAILED:
            return message
    status = FAILED if message.status == FAILED else SKIPPED
    give_up(context, message, status, asks=outgoing.asks)
    context.work.commit()
    return message


def give_up(
    context: Context, message: Message, status: str, reason: str = "", *, asks: bool = True
) -> None:
    """Stage that it will not go out: why, and a task."""
    last = message.history[-1].reason if message.history else ""
    message.become(status, context.now(), reason=reason or last)
    if asks:
        ask_front_desk(context, message, COULD_NOT_GO)
    _keep(context, message)


def decline(context: Context, patient: Patient, outgoing: Outgoing, reason: str) -> None:
    """Stage that it is not sent, unless it was."""
    message = find(Message, Message.key(context.practice_id, outgoing.id), consistent=True)
    if message is None or message.status == NOT_SENT:
        give_up(context, message or _new(context, patient, outgoing), SKIPPED, reason)


def settle_unanswered(context: Context, message: Message) -> None:
    """Whoever sent it is gone: nobody knows whether it went out."""
    if message.status == SENDING:
        context.concerns(message.patient_id)
        _leave_unknown(context, message, "no_answer")
        _keep(context, message)


def ask_front_desk(context: Context, message: Message, kind: str) -> None:
    """Stage a task about a message."""
    due = {"due": iso(message.act_by)} if message.act_by else {}
    message.asked_by = outbox.publish(
        context,
        "task.wanted",
        message.id,
        message.version,
        queue="front_desk",
        kind=kind,
        patient_id=message.patient_id,
        **due,
    )


def _new(context: Context, patient: Patient, outgoing: Outgoing) -> Message:
    now = context.now()
    return Message(
        *Message.key(context.practice_id, outgoing.id),
        channel="",
        template=outgoing.template,
        status=NOT_SENT,
        patient_id=patient.id,
        cause=outgoing.cause,
        staged_at=now,
        act_by=outgoing.act_by,
        gs2pk=Message.of_patient(context.practice_id, patient.id),
        gs2sk=join(iso(now), outgoing.id),
    )


def _attempt(
    context: Context, message: Message, outgoing: Outgoing, *, channel: str, address: str
) -> None:
    """Committed but for a refusal: the next channel's `sending`, or giving up, tells of that."""
    message.channel = channel
    message.become(SENDING, context.now())
    _keep(context, message)
    context.work.commit()
    if channel == SMS and outgoing.act_by and can_be_answered():
        note_texted(context, address, message.cause, until=outgoing.act_by)
    try:
        message.provider_id = _send(context, message, outgoing.written(channel), address)
    except NotAccepted as refusal:
        message.become(FAILED, context.now(), reason=refusal.code)
        return
    except Unavailable as refusal:
        message.become(NOT_SENT, context.now(), reason=refusal.code)
    except OutcomeUnknown as refusal:
        _leave_unknown(context, message, refusal.code)
    else:
        message.become(SENT, context.now())
        count_message(context)
    _keep(context, message)
    context.work.commit()


def _send(context: Context, message: Message, text: Mail, address: str) -> str:
    tags = {"practice": context.practice_id, "message": message.id}
    if message.channel == SMS:
        return send_sms(address, text.text, tags=tags)
    return send_mail(address, text.subject, text.text, tags=tags, calendar=text.calendar)


def _leave_unknown(context: Context, message: Message, reason: str) -> None:
    message.become(UNKNOWN, context.now(), reason=reason)
    ask_front_desk(context, message, OUTCOME_UNKNOWN)


def _keep(context: Context, message: Message) -> None:
    if message.version == 0:
        context.work.create(message)
    else:
        context.work.save(message)


def _why_not(context: Context, patient: Patient, channel: str, address: str) -> str | None:
    """The code of what keeps the practice from sending to this address by this channel."""
    if channel == SMS and not may_be_texted(context, address):
        return STOPPED
    closed = find(SuppressedAddress, SuppressedAddress.key(context.practice_id, address))
    if closed is not None and not agreed_since(patient, channel, closed.since):
        return f"address_{closed.reason}"
    try:
        if channel == SMS:
            demand_cleared(context, Capability.SMS)
        demand_room(context, Limit.MESSAGES, messages_sent(context))
    except (NotCleared, PlanLimitReached) as refusal:
        return refusal.code
    return None
