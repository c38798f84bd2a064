"""What patients text back: confirmed, cancelled after asking, helped, ended, or read by the front desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ..patients.models import Patient
from ..platform import log
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.ids import derived_id
from ..platform.queues import working
from ..platform.runtime import runtime
from ..platform.store import Key, find, get, join, practice_scope
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
from .reply_words import CANCEL, CANCEL_SURELY, START, STOP, YES, meaning_of, says_more
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


class Visit(NamedTuple):
    """A visit of a practice."""

    practice_id: str
    appointment_id: str

    @classmethod
    def of(cls, texted: TextedVisit) -> "Visit":
        return cls(texted.practice_id, texted.appointment_id)


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
    message = find(Message, _message_key(context.practice_id, text))
    if message is None:
        message = _received(context, text, patient, reminders)
        context.work.create(message)
        _take(context, message, reminders, text.meaning)
        context.work.commit()
    if message.reply:
        _reply(context, message, patient, reminders)


def _meant(text: InboundText) -> Visit | None:
    """The visit that it was taken for when it came before. Else of those still ahead the one whose
    cancelling was asked about, the last texted about that has no answer, the last one; else the last
    of all.

    A number that is not the patient's any more speaks of none of their visits.
    """
    texted = _texted(text.number)
    before = _taken_before(text, list(texted))
    if before is not None:
        return before
    ahead = {visit: here.answer or "" for visit, here in texted.items() if _is_ahead(here)}
    wanted = (CANCEL_ASKED, "") if text.meaning in (YES, CANCEL, CANCEL_SURELY) else ()
    for answer in wanted:
        for visit, given in ahead.items():
            if given == answer:
                return visit
    return next(iter([*ahead, *texted]), None)


def _texted(number: str) -> dict[Visit, Reminders]:
    """The visits of whose number it still is that it was texted about, the last first."""
    visits = dict.fromkeys(Visit.of(each) for each in visits_texted(number))
    found = {visit: _theirs(visit, number) for visit in visits}
    return {visit: reminders for visit, reminders in found.items() if reminders is not None}


def _theirs(visit: Visit, number: str) -> Reminders | None:
    with practice_scope(visit.practice_id):
        reminders = find(Reminders, Reminders.key(*visit))
        if reminders is None:
            return None
        patient = find(Patient, Patient.key(visit.practice_id, reminders.patient_id))
    return reminders if patient is not None and patient.mobile_number == number else None


def _is_ahead(reminders: Reminders) -> bool:
    return not reminders.over and reminders.start > runtime().clock.now()


def _taken_before(text: InboundText, texted: list[Visit]) -> Visit | None:
    """An answer changes which visit the next one is for: the same text must not go on to that."""
    for practice_id in dict.fromkeys(visit.practice_id for visit in texted):
        with practice_scope(practice_id):
            message = find(Message, _message_key(practice_id, text))
        for visit in texted:
            if message is not None and message.cause == visit.appointment_id:
                return visit
    return None


def _message_key(practice_id: str, text: InboundText) -> Key:
    return Message.key(practice_id, derived_id("msg", "inbound", text.id))


def _received(
    context: Context, text: InboundText, patient: Patient, reminders: Reminders
) -> Message:
    now = context.now()
    message = Message(
        *_message_key(context.practice_id, text),
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
        case "stop" if not says_more(message.words or ""):
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
        asks=False,
    )
    if send_once(context, patient, outgoing).status == NOT_SENT:
        raise Unavailable(retry_after=5)
