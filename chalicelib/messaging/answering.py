"""What a patient answers to a reminder, by its link or by text: told to scheduling, which acts."""

from ..platform import outbox
from ..platform.clock import iso
from ..platform.context import Context
from .models import CANCELLED, CONFIRMED, MOVE_WANTED, Reminders

TOLD = {CONFIRMED: "visit.confirmed", CANCELLED: "visit.cancel_wanted"}
BY_LINK, BY_TEXT = "link", "sms"


def take_answer(context: Context, reminders: Reminders, answer: str, *, channel: str) -> None:
    """Stage the patient's answer, and what it asks of scheduling or the front desk.

    Whether a visit may still be cancelled is scheduling's to decide: where it may not, there is a task.
    """
    reminders.answer = answer
    context.concerns(reminders.patient_id)
    if answer in TOLD:
        outbox.publish_for(
            context,
            reminders.practice_id,
            TOLD[answer],
            reminders.appointment_id,
            reminders.appointment_version,
            patient_id=reminders.patient_id,
            starts_at=iso(reminders.start),
            channel=channel,
        )
    elif answer == MOVE_WANTED:
        outbox.publish_for(
            context,
            reminders.practice_id,
            "task.wanted",
            reminders.appointment_id,
            reminders.appointment_version,
            queue="front_desk",
            kind="visit_move_wanted",
            patient_id=reminders.patient_id,
            due=iso(reminders.start),
        )
    context.work.save(reminders)
