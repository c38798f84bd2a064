"""A patient is told what became of a visit: that it is booked, has moved, or is cancelled.

Not at once: what is changed again within two minutes is told as it is then, or not at all. A series'
visits are told of by one message for its order (`series_notices`).
"""

from datetime import datetime, timedelta

from ..patients.models import Patient
from ..patients.registration import read_patient
from ..platform.clock import from_iso, iso
from ..platform.config import settings
from ..platform.context import Context
from ..platform.due import clear_due, set_due
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.store import find
from ..practices.models import UNVERIFIED
from .channels import is_written_to
from .models import NOT_SENT, NOTICE, VisitNotice
from .plan import read_plan
from .planning import BY_VIDEO, zone_of
from .purposes import Purpose
from .reminder_times import QuietHours
from .sending import Outgoing, give_up, send_once
from .video_tokens import joining_link
from .visit_calendars import written_with
from .visit_tokens import VisitToken
from .writing import writer_to

TOLD_AFTER = timedelta(minutes=2)
TRIED_AGAIN_AFTER = timedelta(minutes=5)
BOOKED, CANCELLED, OVER = "booked", "cancelled", "over"
"""How a visit stands; what is under way or missed is over."""
STEP = "0h"
"""The step that a notice's link has in a visit's token: no reminder's."""
ONES_OWN = "pat"
"""How the codes of a patient's own reasons begin: who cancelled knows it."""
BY_REMINDER = "pat-crs"
"""They answered a reminder, and have been answered."""
_STATUS = {
    "appointment.booked": BOOKED,
    "appointment.rescheduled": BOOKED,
    "appointment.reinstated": BOOKED,
    "appointment.cancelled": CANCELLED,
}


def hear_of_visit(context: Context, event: Event) -> None:
    """Note how a visit stands, and wait to tell it. One GetItem, one write.

    In whatever order events come, the newest version decides what there is to tell.
    """
    key = VisitNotice.key(context.practice_id, event.subject)
    notice = find(VisitNotice, key, consistent=True) or VisitNotice(*key)
    status, starts_at = _STATUS.get(event.type, OVER), from_iso(event.data["starts_at"])
    newer = event.subject_version > notice.appointment_version
    first = event.type == "appointment.booked"
    knows = "order" in event.data or event.data.get("reason") == BY_REMINDER
    knows = knows or (first and starts_at <= event.occurred_at)
    if not newer and not knows and (notice.fresh or not first):
        return
    context.concerns(event.data["patient_id"])
    notice.fresh = notice.fresh or first
    if newer:
        _stand(notice, event, status, starts_at)
    if first and notice.told:
        notice.told_start = notice.told_start or starts_at
    if knows:
        order = event.data.get("order", "")
        notice.has_told(event.subject_version, status, starts_at, order)
    _wait(notice, context.now())
    _keep(context, notice)


def tell_of_visit(context: Context, notice: VisitNotice) -> None:
    """Tell the patient how it stands, once. What can wait waits for the end of the quiet hours.

    What has moved or is cancelled and would not be told before it begins is told in them: better
    woken than before a closed door. Nothing is told of what has begun, to nobody who died, nor
    where the practice does not want it.
    """
    now = context.now()
    if notice.duesk is None or notice.duesk > f"{iso(now)}#":
        return
    context.concerns(notice.patient_id)
    plan, purpose = read_plan(context), purpose_of(notice)
    again = None
    if plan.notices and purpose and notice.start > now and context.tenant.status != UNVERIFIED:
        patient = read_patient(context, notice.patient_id)
        if is_written_to(patient):
            again = _told(context, notice, patient, purpose, plan.quiet)
    if again is None:
        notice.has_told(notice.appointment_version, notice.status, notice.start)
        clear_due(notice)
    else:
        set_due(notice, NOTICE, again)
    context.work.save(notice)


def note_told(context: Context, event: Event) -> None:
    """Online booking tells a patient of their visit itself, whichever event comes first."""
    if event.data.get("messages") != "yes":
        return
    context.concerns(event.data["patient_id"])
    key = VisitNotice.key(context.practice_id, event.subject)
    notice = find(VisitNotice, key, consistent=True)
    if notice is None:
        notice = VisitNotice(
            *key,
            patient_id=event.data["patient_id"],
            location_id="",
            time_zone="UTC",
            starts_at=event.occurred_at,
            status=BOOKED,
        )
    if not notice.told:
        known = notice.start if notice.appointment_version else None
        notice.has_told(event.subject_version, BOOKED, known)
        _wait(notice, context.now())
        _keep(context, notice)


def purpose_of(notice: VisitNotice) -> Purpose | None:
    """What there is to tell; None where the patient knows how it stands, or never knew of it."""
    known = notice.told or (None if notice.fresh else BOOKED)
    if notice.status == OVER:
        return None
    if notice.status == CANCELLED:
        return Purpose.CANCELLED if known == BOOKED else None
    if known != BOOKED:
        return Purpose.BOOKED
    return Purpose.MOVED if notice.told_start != notice.starts_at else None


def quiet_until(
    context: Context, patient: Patient, quiet: QuietHours, time_zone: str, *, before: datetime
) -> datetime | None:
    """When it is no longer quiet for them; None where it is not, or only once the visit has begun."""
    now, zone = context.now(), zone_of(patient, time_zone)
    at = quiet.allowed(now, zone, before=before)
    return at if at is not None and at > now else None


def _told(
    context: Context, notice: VisitNotice, patient: Patient, purpose: Purpose, quiet: QuietHours
) -> datetime | None:
    """When to come again; None once it is told, or never will be."""
    later = quiet_until(context, patient, quiet, notice.time_zone, before=notice.start)
    if later is not None:
        return later
    zone = zone_of(patient, notice.time_zone)
    if purpose is Purpose.BOOKED and quiet.hold(context.now(), zone):
        return None  # who books for the morning knows it
    message = send_once(context, patient, _outgoing(context, notice, patient, purpose))
    if message.status != NOT_SENT:
        return None
    again = context.now() + TRIED_AGAIN_AFTER
    if again < notice.start:
        return again
    give_up(context, message, NOT_SENT, asks=notice.asks)
    return None


def _outgoing(
    context: Context, notice: VisitNotice, patient: Patient, purpose: Purpose
) -> Outgoing:
    version, appointment_id = notice.appointment_version, notice.appointment_id
    link, video, cancelled = "", "", purpose is Purpose.CANCELLED
    if not cancelled:
        token = VisitToken(context.practice_id, appointment_id, version, STEP)
        link = f"{settings().app_url}/visit/{token.secret()}"
    if notice.by_video and not cancelled:
        video = joining_link(context.practice_id, appointment_id, notice.start)
    writer = writer_to(context, patient, notice, link=link, video=video)
    return Outgoing(
        derived_id("msg", appointment_id, str(version), "notice"),
        f"appointment_{purpose}",
        appointment_id,
        written_with(context, writer, purpose, [notice], cancelled=cancelled),
        act_by=None if cancelled else notice.start,
        asks=notice.asks,
    )


def _stand(notice: VisitNotice, event: Event, status: str, starts_at: datetime) -> None:
    """As the event says; a task is wanted where the practice itself cancelled."""
    data = event.data
    notice.appointment_version, notice.status, notice.starts_at = (
        event.subject_version,
        status,
        starts_at,
    )
    notice.ends_at = from_iso(data["ends_at"]) if "ends_at" in data else None
    notice.patient_id, notice.location_id = data["patient_id"], data["location_id"]
    notice.time_zone = data["time_zone"]
    notice.by_video = True if data.get("modality") == BY_VIDEO else None
    notice.asks = status == CANCELLED and not data.get("reason", ONES_OWN).startswith(ONES_OWN)


def _wait(notice: VisitNotice, now: datetime) -> None:
    """Due soon if there is anything to tell of a visit to come."""
    if purpose_of(notice) is None or notice.start <= now:
        clear_due(notice)
    else:
        set_due(notice, NOTICE, now + TOLD_AFTER)


def _keep(context: Context, notice: VisitNotice) -> None:
    if notice.version == 0:
        context.work.create(notice)
    else:
        context.work.save(notice)
