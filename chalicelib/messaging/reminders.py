"""A step of an appointment's reminders has come due: one message, never twice, never at night."""

from datetime import datetime, timedelta

from ..patients.models import Patient
from ..patients.registration import read_patient
from ..platform.clock import iso
from ..platform.config import settings
from ..platform.context import CLOSED, ERASED, ERASING, Context
from ..platform.ids import derived_id
from ..practices.models import UNVERIFIED
from .channels import is_written_to
from .models import NOT_SENT, Reminders
from .plan import read_plan
from .planning import zone_of
from .purposes import Purpose
from .reminder_times import PlannedStep
from .sending import Outgoing, decline, give_up, send_once
from .video_tokens import joining_link
from .visit_calendars import written_with
from .visit_tokens import VisitToken
from .writing import writer_to

TEMPLATE = "appointment_reminder"
TRIED_AGAIN_AFTER = timedelta(minutes=5)
STILL_IN_TIME = timedelta(minutes=15)
"""A step that is planned for the last minute before the quiet hours may reach the patient within them."""
QUIET = "quiet_hours"
SILENT = (UNVERIFIED, CLOSED, ERASING, ERASED)
"""What a practice is that reminds nobody: none sees patients there."""


def remind(context: Context, reminders: Reminders) -> None:
    """Send the step that is due, and wait for the next. Of several that are late, the last alone.

    None for a deceased or inactive patient, once the visit has begun, or from a practice that is
    unverified or closed. What comes late into the patient's quiet hours waits; what the provider surely did not
    take is tried again until the visit begins.
    """
    now = context.now()
    if reminders.duesk is None or reminders.duesk > f"{iso(now)}#":
        return
    context.concerns(reminders.patient_id)
    steps: tuple[PlannedStep, ...] = reminders.steps
    late = [step for step in steps if step.at <= now]
    later = tuple(step for step in steps if step.at > now)
    if late and reminders.start > now and context.tenant.status not in SILENT:
        patient = read_patient(context, reminders.patient_id)
        if is_written_to(patient):
            again = _send(context, reminders, patient, late[-1])
            later = (*([PlannedStep(late[-1].name, again)] if again else []), *later)
    reminders.wait_for(later)
    context.work.save(reminders)


def _send(
    context: Context, reminders: Reminders, patient: Patient, step: PlannedStep
) -> datetime | None:
    """When to come again; None where the step is done."""
    now, starts_at = context.now(), reminders.start
    quiet = read_plan(context).quiet
    zone = zone_of(patient, reminders.time_zone)
    outgoing = _outgoing(context, reminders, patient, step)
    if now - step.at > STILL_IN_TIME or quiet.hold(step.at, zone):
        at = quiet.allowed(now, zone, before=starts_at)
        if at is None or at < now:
            decline(context, patient, outgoing, QUIET)
            return None
        if at > now:
            return at
    message = send_once(context, patient, outgoing)
    if message.status != NOT_SENT:
        return None
    again = quiet.allowed(now + TRIED_AGAIN_AFTER, zone, before=starts_at)
    if again is None or again <= now:
        give_up(context, message, NOT_SENT)
        return None
    return again


def _outgoing(
    context: Context, reminders: Reminders, patient: Patient, step: PlannedStep
) -> Outgoing:
    version, appointment_id = reminders.link_version, reminders.appointment_id
    token = VisitToken(context.practice_id, appointment_id, version, step.name)
    link = f"{settings().app_url}/visit/{token.secret()}"
    by_video = reminders.by_video
    video = joining_link(context.practice_id, appointment_id, reminders.start) if by_video else ""
    writer = writer_to(context, patient, reminders, link=link, video=video)
    return Outgoing(
        derived_id("msg", appointment_id, str(version), step.name),
        TEMPLATE,
        appointment_id,
        written_with(context, writer, Purpose.REMINDER, [reminders]),
        act_by=reminders.start,
    )
