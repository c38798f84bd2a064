"""An appointment's reminders follow it: made when it is booked, anew when it moves, gone with it."""

from zoneinfo import ZoneInfo

from ..patients.models import Patient
from ..platform.clock import from_iso
from ..platform.context import Context
from ..platform.events import Event
from ..platform.store import Key, Record, find_many
from ..practices.models import Location
from .models import ReminderPlan, Reminders
from .reminder_times import PlannedStep, planned

BY_VIDEO = "video"
"""The modality of a visit whose reminder has a link to join it."""


def plan_reminders(context: Context, event: Event) -> None:
    """The reminders of an appointment as `event` says it stands now; earlier ones are no more.

    Nothing for an older version than one that was heard of. One BatchGet, one write.
    """
    found, reminders = _heard(context, event, over=False)
    if reminders is not None:
        reminders.wait_for(_steps(context, event, reminders, found))
        _keep(context, reminders)


def end_reminders(context: Context, event: Event) -> None:
    """The appointment is cancelled, missed or under way: nothing is to come."""
    _, reminders = _heard(context, event, over=True)
    if reminders is not None:
        reminders.wait_for(())
        _keep(context, reminders)


def zone_of(patient: Patient | None, time_zone: str) -> ZoneInfo:
    """The patient's own zone where one is known, else the location's."""
    own = patient.time_zone if patient else None
    return ZoneInfo(own or time_zone)


def _heard(
    context: Context, event: Event, *, over: bool
) -> tuple[dict[Key, Record], Reminders | None]:
    """What is read of it, and the reminders as of this event; None where a newer one was heard."""
    practice_id, data = context.practice_id, event.data
    context.concerns(data["patient_id"])
    key = Reminders.key(practice_id, event.subject)
    wanted = (
        key,
        ReminderPlan.key(practice_id),
        Patient.key(practice_id, data["patient_id"]),
        Location.key(practice_id, data["location_id"]),
    )
    found = find_many(wanted, consistent=True)
    known = found.get(key)
    if isinstance(known, Reminders) and known.appointment_version >= event.subject_version:
        return found, None
    reminders = known if isinstance(known, Reminders) else Reminders(*key)
    starts_at = from_iso(data["starts_at"])
    reminders.stand(event.subject_version, starts_at, data["location_id"], over=over)
    reminders.patient_id = data["patient_id"]
    reminders.time_zone = data["time_zone"]
    reminders.ends_at = from_iso(data["ends_at"]) if "ends_at" in data else None
    reminders.by_video = True if data.get("modality") == BY_VIDEO else None
    return found, reminders


def _steps(
    context: Context, event: Event, reminders: Reminders, found: dict[Key, Record]
) -> tuple[PlannedStep, ...]:
    plan = found.get(ReminderPlan.key(context.practice_id))
    plan = plan if isinstance(plan, ReminderPlan) else ReminderPlan()
    patient = found.get(Patient.key(context.practice_id, reminders.patient_id))
    return planned(
        plan.steps_of(event.data["type_id"]),
        plan.quiet,
        starts_at=reminders.start,
        location_zone=ZoneInfo(reminders.time_zone),
        patient_zone=zone_of(
            patient if isinstance(patient, Patient) else None, reminders.time_zone
        ),
        now=context.now(),
    )


def _keep(context: Context, reminders: Reminders) -> None:
    if reminders.version == 0:
        context.work.create(reminders)
    else:
        context.work.save(reminders)
