"""What patients text back: confirmed, cancelled after asking, helped, ended, or read by the front desk."""

from dataclasses import dataclass
from datetime import datetime

from ..patients.models import Patient
from ..platform import log
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.ids import derived_id
from ..platform.queues import working
from ..platform.runtime import runtime
from ..platform.store import find, get, join, practice_scope
from .answering import BY_TEXT, take_answer
from .models import (
    CANCEL_ASKED,
    CANCELLED,
    CONFIRMED,
    NOT_SENT,
    RECEIVED,
    Message,
    Reminders,
    TextedVisit,
)
from .reply_words import CANCEL, CANCEL_SURELY, START, STOP, YES, meaning_of
from .sending import Outgoing, ask_front_desk, send_once
from .texting import resume_texting, stop_texting, visits_texted
from .visit_texts import (
    REPLY_CANCEL_ASKED,
    REPLY_CANCELLED,
    REPLY_CONFIRMED,
    REPLY_HELP,
    REPLY_RESUMED,
)
from .wording import SMS
from .writing import writer_to

TEMPLATE, TO_READ = "inbound_text", "text_to_read"


@dataclass(frozen=True, slots=True)
class InboundText:
    """One text, as the network hands it over; `id` is the same when it comes again."""

    id: str
    number: str
    words: str
    at: datetime

    @property
    def meaning(self) -> str:
        return meaning_of(self.words)


def receive_text(text: InboundText) -> None:
    """Do what it asks for, once. What it says is kept with the practice whose text it answers."""
    if text.meaning == STOP:
        stop_texting(text.number, text.at)
    elif text.meaning == START:
        resume_texting(text.number, text.at)
    visit = _meant(text)
    if visit is None:
        log.info("a text that answers nothing", event_id=text.id)
        return
    with working("messaging", visit.practice_id, text.id, TEMPLATE) as context:
        answer_text(context, text, visit.appointment_id)


def answer_text(context: Context, text: InboundText, appointment_id: str) -> None:
    """Take it as an answer about this visit, then reply: the first is committed before the second."""
    reminders = get(Reminders, Reminders.key(context.practice_id, appointment_id))
    patient = get(Patient, Patient.key(context.practice_id, reminders.patient_id))
    context.concerns(patient.id)
    key = Message.key(context.practice_id, derived_id("msg", "inbound", text.id))
    message = find(Message, key, consistent=True)
    if message is None:
        message = _received(context, text, patient, reminders)
        context.work.create(message)
        _take(context, message, reminders, text.meaning)
        context.work.commit()
    if message.reply:
        _reply(context, message, patient, reminders)


def _meant(text: InboundText) -> TextedVisit | None:
    """The visit that is spoken of: of those still ahead, the one whose cancelling was asked about, else
    the last texted about that has no answer; else the last one texted about.

    A number that is not the patient's any more speaks of none of their visits.
    """
    texted = [visit for visit in visits_texted(text.number) if _is_theirs(visit, text.number)]
    standing = [(visit, _standing(visit)) for visit in texted]
    wanted = (CANCEL_ASKED, "") if text.meaning in (YES, CANCEL, CANCEL_SURELY) else ()
    for answer in wanted:
        for visit, given in standing:
            if given == answer:
                return visit
    return texted[0] if texted else None


def _is_theirs(visit: TextedVisit, number: str) -> bool:
    with practice_scope(visit.practice_id):
        reminders = find(Reminders, Reminders.key(visit.practice_id, visit.appointment_id))
        if reminders is None:
            return False
        patient = find(Patient, Patient.key(visit.practice_id, reminders.patient_id))
    return patient is not None and patient.mobile_number == number


def _standing(visit: TextedVisit) -> str | None:
    """The answer to a visit still ahead, empty where there is none; None for one that is not ahead."""
    with practice_scope(visit.practice_id):
        reminders = find(Reminders, Reminders.key(visit.practice_id, visit.appointment_id))
    if reminders is None or reminders.over or reminders.start <= runtime().clock.now():
        return None
    return reminders.answer or ""


def _received(
    context: Context, text: InboundText, patient: Patient, reminders: Reminders
) -> Message:
    now = context.now()
    message = Message(
        *Message.key(context.practice_id, derived_id("msg", "inbound", text.id)),
        channel=SMS,
        template=TEMPLATE,
        status=RECEIVED,
        patient_id=patient.id,
        cause=reminders.appointment_id,
        words=text.words,
        staged_at=now,
        gs2pk=Message.of_patient(context.practice_id, patient.id),
    )
    message.gs2sk = join(iso(now), message.id)
    message.note(RECEIVED, now)
    return message


def _take(context: Context, message: Message, reminders: Reminders, meaning: str) -> None:
    """Stage what it asks for, and which reply it gets."""
    ahead = not reminders.over and reminders.start > context.now()
    match meaning:
        case "yes" if ahead:
            take_answer(context, reminders, CONFIRMED, channel=BY_TEXT)
            message.reply = REPLY_CONFIRMED
        case "cancel_surely" if ahead and reminders.answer == CANCEL_ASKED:
            take_answer(context, reminders, CANCELLED, channel=BY_TEXT)
            message.reply = REPLY_CANCELLED
        case "cancel" | "cancel_surely" if ahead:
            take_answer(context, reminders, CANCEL_ASKED, channel=BY_TEXT)
            message.reply = REPLY_CANCEL_ASKED
        case "help":
            message.reply = REPLY_HELP
        case "start":
            message.reply = REPLY_RESUMED
        case "stop":
            pass
        case _:
            ask_front_desk(context, message, TO_READ)


def _reply(context: Context, message: Message, patient: Patient, reminders: Reminders) -> None:
    """By text alone: who has ended texts gets none, and no mail in its place."""
    writer = writer_to(context, patient, reminders)
    outgoing = Outgoing(
        derived_id("msg", "reply", message.id),
        message.reply,
        reminders.appointment_id,
        lambda _: writer.reply(message.reply),
        reply=True,
    )
    if send_once(context, patient, outgoing).status == NOT_SENT:
        raise Unavailable(retry_after=5)
