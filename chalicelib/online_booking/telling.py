"""What a visitor is sent: the code to the contact they gave, and to who agreed that it is booked."""

from functools import partial

from ..messaging.channels import is_written_to
from ..messaging.models import Reminders
from ..messaging.ports import NotAccepted, OutcomeUnknown, send_mail, send_sms
from ..messaging.sending import Outgoing, send_once
from ..messaging.texting import may_be_texted
from ..messaging.visit_texts import Mail, day_text, language_of, time_text
from ..messaging.visit_tokens import VisitToken
from ..messaging.wording import SMS, filled
from ..patients.duplicates import likely_duplicates
from ..patients.models import Patient
from ..platform import log, outbox
from ..platform.config import settings
from ..platform.context import Context
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.store import Record, find, find_many
from ..practices.models import Practice
from ..practices.usage import count_message
from ..scheduling.models import Appointment
from .models import CODED, BookingSession, OnlineVisit, Visitor
from .sessions import code_of
from .visitors import good_until
from .wording import WORDS

BOOKED_STEP = "0h"
"""The step that a link of ours has in a visit's token: no reminder's."""
TEMPLATE = "online_booking"


def send_code(context: Context, event: Event) -> None:
    """Send the code that an event asks for, if it is the last and still good.

    Sent again if the queue brings it again: it is the same code. Nobody texts a number that said STOP.
    """
    session = find(
        BookingSession, BookingSession.key(context.practice_id, event.subject), consistent=True
    )
    if session is None or session.status != CODED or str(session.codes) != event.data["code"]:
        return
    if good_until(session) <= context.now():
        return
    visitor: Visitor = session.visitor
    practice = find(Practice, Practice.key(context.practice_id))
    words = WORDS[language_of(visitor.language, context.tenant.locale, known=WORDS)]
    values = {"practice": practice.name if practice else "", "code": code_of(session)}
    try:
        if visitor.channel == SMS:
            if not may_be_texted(context, visitor.address):
                return
            send_sms(visitor.address, filled(words.code, values))
        else:
            send_mail(
                visitor.address, filled(words.code_subject, values), filled(words.code, values)
            )
    except (NotAccepted, OutcomeUnknown) as refusal:
        log.info("code not sent", practice_id=context.practice_id, code=refusal.code)
        return
    count_message(context)


def tell_booked(context: Context, event: Event) -> None:
    """Tell a patient who agreed to messages, once, with the visit's link."""
    if event.data["messages"] != "yes":
        return
    keys = (
        Appointment.key(context.practice_id, event.subject),
        Patient.key(context.practice_id, event.data["patient_id"]),
        Practice.key(context.practice_id),
        Reminders.key(context.practice_id, event.subject),
    )
    context.concerns(event.data["patient_id"])
    appointment, patient, practice, reminders = map(find_many(keys, consistent=True).get, keys)
    if not (
        isinstance(appointment, Appointment)
        and isinstance(patient, Patient)
        and isinstance(practice, Practice)
        and is_written_to(patient)
    ):
        return
    send_once(
        context,
        patient,
        Outgoing(
            derived_id("msg", event.id),
            TEMPLATE,
            appointment.id,
            partial(
                _booked, context, (appointment, link_of(appointment, reminders)), patient, practice
            ),
            act_by=appointment.starts_at,
        ),
    )


def review_newcomer(context: Context, event: Event) -> None:
    """Whom a booking registered the front desk looks at, once: are they somebody who is known already?"""
    if event.data["registered"] != "yes":
        return
    patient_id = event.data["patient_id"]
    keys = (
        OnlineVisit.key(context.practice_id, event.subject),
        Patient.key(context.practice_id, patient_id),
    )
    visit, patient = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(visit, OnlineVisit) or not isinstance(patient, Patient) or visit.reviewed:
        return
    context.concerns(patient_id)
    others = [each for each in likely_duplicates(context, patient) if each.patient.id != patient_id]
    visit.reviewed = True
    context.work.save(visit)
    outbox.publish(
        context,
        "task.wanted",
        patient_id,
        patient.version,
        queue="front_desk",
        kind="possible_duplicate" if others else "online_new_patient",
        patient_id=patient_id,
    )


def link_of(appointment: Appointment, reminders: Record | None = None) -> str:
    """The secret of a link to a visit as it stands: see it, cancel it, move it.

    From which version on it stands so, its `reminders` know; one that was just written is the first.
    """
    version: int = appointment.version
    if isinstance(reminders, Reminders):
        version = reminders.link_version
    return VisitToken(appointment.practice_id, appointment.id, version, BOOKED_STEP).secret()


def _booked(
    context: Context,
    linked: tuple[Appointment, str],
    patient: Patient,
    practice: Practice,
    channel: str,
) -> Mail:
    appointment, link = linked
    language = language_of(patient.language, context.tenant.locale, known=WORDS)
    words, zone = WORDS[language], appointment.zone
    values = {
        "practice": practice.name,
        "phone": practice.phone or "",
        "date": day_text(appointment.starts_at, zone, language),
        "time": time_text(appointment.starts_at, zone),
        "link": f"{settings().app_url}/visit/{link}",
    }
    subject = "" if channel == SMS else filled(words.booked_subject, values)
    return Mail(subject, filled(words.booked, values))
