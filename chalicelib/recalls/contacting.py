"""An attempt to reach who is due: one message, or one task to telephone, however often the queue asks."""

from datetime import datetime, timedelta

from ..messaging.channels import is_written_to
from ..messaging.models import FAILED, NOT_SENT, SKIPPED
from ..messaging.plan import read_plan
from ..messaging.planning import zone_of
from ..messaging.sending import Outgoing, send_once
from ..patients.models import Patient
from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.errors import Unavailable
from ..platform.ids import derived_id
from ..platform.store import find_many
from ..practices.models import UNVERIFIED, Practice
from ..practices.service import list_locations
from .due_dates import BY_PHONE, CLOSED, CONTACTED, NO_ANSWER, OPEN
from .errors import RecallChanged
from .following import rule_of, rules_of, settle, visits_for
from .models import Recall, RecallRule
from .recall_texts import RecallWriter, spoken_in

TEMPLATE, TO_CALL = "recall", "recall_to_call"
REACHED, UNREACHABLE, ASKED = "sent", "unreachable", "asked"
WAITS = timedelta(days=1)
"""Until an unverified practice, or a rule that is switched off, is looked at again."""


def contact(context: Context, recall: Recall) -> None:
    """Make the attempt that is due; after the last one, and its days, nobody answered.

    None who is booked meanwhile, and none at night: that waits for the morning.
    """
    now = context.now()
    if recall.status not in OPEN or recall.duesk is None or recall.duesk > f"{iso(now)}#":
        return
    rules = rules_of(context)
    context.concerns(recall.patient_id)
    if settle(context, recall, rule_of(rules, recall), visits_for(context, recall)):
        return
    keys = Patient.key(context.practice_id, recall.patient_id), Practice.key(context.practice_id)
    patient, practice = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(patient, Patient) or not is_written_to(patient):
        recall.become(CLOSED, "not_seen")
    elif recall.attempts >= recall.plan.attempts:
        _end(recall)
    elif not _may_contact(context, recall, rules):
        recall.contact_at(now + WAITS)
    elif (later := _after_night(context, patient, now)) > now:
        recall.contact_at(later)
    else:
        _attempt(context, recall, patient, practice)
    context.work.save(recall, refusal=RecallChanged())


def _end(recall: Recall) -> None:
    recall.become(NO_ANSWER)
    recall.rest()


def _may_contact(context: Context, recall: Recall, rules: list[RecallRule]) -> bool:
    """Not for a practice that is not verified, nor by a rule that is switched off."""
    by_hand = recall.rule_id is None or rule_of(rules, recall) is not None
    return context.tenant.status != UNVERIFIED and by_hand


def _after_night(context: Context, patient: Patient, now: datetime) -> datetime:
    """Now, or the end of the patient's quiet hours."""
    zone = zone_of(patient, context.tenant.time_zone)
    return read_plan(context).quiet.allowed(now, zone, before=now + WAITS) or now + WAITS


def _attempt(context: Context, recall: Recall, patient: Patient, practice: object) -> None:
    """Unavailable where the provider surely did not take it: it stays due."""
    how, result = recall.plan.channel, ASKED
    if how == BY_PHONE:
        _ask_to_call(context, recall)
    else:
        result = _sent(context, recall, patient, practice)
    recall.note(context.now(), how, context.actor.id, result)
    recall.become(CONTACTED)
    recall.contact_at(context.now() + timedelta(days=recall.plan.days_between))


def _sent(context: Context, recall: Recall, patient: Patient, practice: object) -> str:
    known = practice if isinstance(practice, Practice) else None
    writer = RecallWriter(
        spoken_in(patient.language, context.tenant.locale),
        {
            "practice": known.name if known else "",
            "phone": (known.phone if known else None) or _phone_of_a_place(context),
            "first_name": patient.name.preferred or patient.name.given or "",
            "link": recall.plan.booking_url or "",
        },
    )
    message_id = derived_id("msg", recall.id, str(recall.cycle), str(recall.attempts))
    outgoing = Outgoing(message_id, TEMPLATE, recall.id, writer.written)
    status = send_once(context, patient, outgoing).status
    if status == NOT_SENT:
        raise Unavailable(retry_after=5)
    return UNREACHABLE if status in (FAILED, SKIPPED) else REACHED


def _phone_of_a_place(context: Context) -> str:
    """Of the first location that has one, where the practice itself has none."""
    return next((each.phone for each in list_locations(context) if each.phone), "")


def _ask_to_call(context: Context, recall: Recall) -> None:
    outbox.publish(
        context,
        "task.wanted",
        recall.id,
        recall.version,
        queue="front_desk",
        kind=TO_CALL,
        patient_id=recall.patient_id,
    )
