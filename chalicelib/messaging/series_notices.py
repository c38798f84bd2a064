"""A patient is told of a series by one message for each order: how many visits, and the first of them."""

from datetime import datetime

from ..patients.models import Patient
from ..patients.registration import read_patient
from ..platform.clock import iso
from ..platform.context import Context
from ..platform.due import clear_due, set_due
from ..platform.errors import AlreadyDone
from ..platform.events import Event
from ..platform.ids import derived_id
from ..platform.store import find_many
from ..practices.models import UNVERIFIED
from .channels import is_written_to
from .models import NOT_SENT, SERIES_NOTICE, SeriesNotice, VisitNotice
from .notice_texts import SERIES_BOOKED, SERIES_CANCELLED, SERIES_MOVED
from .plan import read_plan
from .sending import Outgoing, give_up, send_once
from .visit_calendars import written_with
from .visit_notices import BOOKED, CANCELLED, TOLD_AFTER, TRIED_AGAIN_AFTER, quiet_until
from .writing import writer_to

_PURPOSE = {"book": SERIES_BOOKED, "move": SERIES_MOVED, "cancel": SERIES_CANCELLED}


def hear_of_series(context: Context, event: Event) -> None:
    """An order was carried out: wait until its visits have been heard of, then tell it. Once."""
    data = event.data
    visits = tuple(filter(None, data["visits"].split(",")))
    if not visits:
        return
    context.concerns(data["patient_id"])
    notice = SeriesNotice(
        *SeriesNotice.key(context.practice_id, event.subject, data["order"]),
        order=data["order"],
        verb=data["verb"],
        patient_id=data["patient_id"],
        location_id=data["location_id"],
        time_zone=data["time_zone"],
        appointment_ids=visits,
    )
    set_due(notice, SERIES_NOTICE, context.now() + TOLD_AFTER)
    context.work.create(notice, refusal=AlreadyDone())


def tell_of_series(context: Context, notice: SeriesNotice) -> None:
    """Tell how many of its visits stand as the order wanted them, by now; nothing where none does."""
    now = context.now()
    if notice.duesk is None or notice.duesk > f"{iso(now)}#":
        return
    context.concerns(notice.patient_id)
    visits, plan = _standing(context, notice), read_plan(context)
    again = None
    if visits and plan.notices and context.tenant.status != UNVERIFIED:
        patient = read_patient(context, notice.patient_id)
        if is_written_to(patient):
            first, zone = visits[0].start, notice.time_zone
            again = quiet_until(context, patient, plan.quiet, zone, before=first)
            again = again or _send(context, notice, patient, visits)
    if again is None:
        clear_due(notice)
    else:
        set_due(notice, SERIES_NOTICE, again)
    context.work.save(notice)


def _standing(context: Context, notice: SeriesNotice) -> list[VisitNotice]:
    """Those still to come that are as the order left them, by time."""
    keys = [VisitNotice.key(context.practice_id, each) for each in notice.appointment_ids]
    found = find_many(keys, consistent=True).values()
    wanted = CANCELLED if _PURPOSE[notice.verb] == SERIES_CANCELLED else BOOKED
    visits = [
        each
        for each in found
        if isinstance(each, VisitNotice)
        and each.status == wanted
        and each.told == wanted
        and each.told_order == notice.order
        and each.start > context.now()
    ]
    return sorted(visits, key=lambda each: each.start)


def _send(
    context: Context, notice: SeriesNotice, patient: Patient, visits: list[VisitNotice]
) -> datetime | None:
    purpose, first = _PURPOSE[notice.verb], visits[0]
    writer = writer_to(context, patient, first, count=len(visits))
    cancelled = purpose == SERIES_CANCELLED
    outgoing = Outgoing(
        derived_id("msg", notice.order, "notice"),
        f"appointment_{purpose}",
        notice.series_id,
        written_with(context, writer, purpose, visits, cancelled=cancelled),
        asks=False,
    )
    message = send_once(context, patient, outgoing)
    if message.status != NOT_SENT:
        return None
    again = context.now() + TRIED_AGAIN_AFTER
    if again < first.start:
        return again
    give_up(context, message, NOT_SENT, asks=False)
    return None
