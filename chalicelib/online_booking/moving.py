"""A patient moves their visit by the link that they were sent: to a start that the page would offer.

Where its type is not booked online, the page is off, or it is late, the practice is asked as ever:
the link's answer `move` makes a task (messaging/answering.py).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..messaging.errors import VisitLinkSpent
from ..messaging.models import Reminders
from ..messaging.visit_links import is_open, open_visit, spend
from ..messaging.visit_tokens import VisitToken
from ..platform.context import SystemContext
from ..platform.errors import NotFound
from ..platform.store import find_many
from ..scheduling.changing import RESCHEDULED, reschedule
from ..scheduling.errors import SlotTaken
from ..scheduling.found_slots import FreeSlot
from ..scheduling.models import Appointment
from ..scheduling.progress import Progress, Status
from ..scheduling.schemas import RescheduleRequest
from ..scheduling.set_up.models import AppointmentType
from .days import count_where_it_is
from .errors import NotMovable
from .models import OnlineVisit
from .offering import A_YEAR, MOST_STARTS, NOT_OFFERED, free_starts, is_at, is_online, refuse_range
from .schemas import MoveBody, MoveQuery
from .sessions import Open, open_if_online
from .telling import link_of

SAME_WITHIN = timedelta(minutes=10)
"""The same move, sent again, is answered the same; later, its link is spent."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Whether a visit may be moved by its link, until when it is cancelled in time, and where to."""

    movable: bool
    cancel_by: datetime
    late: bool
    items: list[FreeSlot]
    more: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A visit as it stands now, and its new link: the old one is spent."""

    starts_at: datetime
    ends_at: datetime
    time_zone: str
    practitioner_id: str
    location_id: str
    visit_link: str


def choices_of(context: SystemContext, secret: str, asked: MoveQuery) -> Choices:
    """The starts to which a visit may move: with its own practitioner, else with others.

    NotFound for a link that we did not make. Invalid (422) for a range that cannot be.
    """
    with open_visit(context, secret) as (token, reminders):
        visit = _visit(context, token)
        today = context.now().astimezone(visit.appointment.zone).date()
        refuse_range(asked.from_day, asked.until, today=today)
        movable = is_open(context, reminders, token) and visit.is_movable(context.now())
        found = visit.starts(asked.from_day, asked.until) if movable else []
        return Choices(
            movable,
            visit.cancel_by,
            visit.is_late(context.now()),
            found[:MOST_STARTS],
            len(found) > MOST_STARTS,
        )


def move_visit(context: SystemContext, secret: str, body: MoveBody) -> Moved:
    """Move it, in one transaction with the link, which is spent. Sent again, it is answered the same.

    NotFound; VisitLinkSpent, NotMovable, SlotTaken, ScheduleChanged (409).
    """
    with open_visit(context, secret) as (token, reminders):
        visit = _visit(context, token)
        if _was_just_done(context, visit.appointment, body):
            return _shown(visit.appointment)
        spend(context, token, reminders)
        if visit.appointment.starts_at != reminders.start:
            raise VisitLinkSpent
        if visit.opened is None or not visit.is_movable(context.now()):
            raise NotMovable
        return _moved(visit, visit.opened, reminders, _start(visit, body, context.now()))


@dataclass(frozen=True, slots=True)
class _Visit:
    """An appointment, its type, the practice's page if it is open, and its booking if it was there."""

    appointment: Appointment
    kind: AppointmentType | None
    opened: Open | None
    online: OnlineVisit | None

    @property
    def cancel_by(self) -> datetime:
        start: datetime = self.appointment.starts_at
        return start - timedelta(hours=self.appointment.cancel_hours or 0)

    def is_late(self, now: datetime) -> bool:
        return now > self.cancel_by

    def is_movable(self, now: datetime) -> bool:
        """Booked online as it is: what staff added to it only they can move along."""
        visit, kind = self.appointment, self.kind
        return (
            self.opened is not None
            and kind is not None
            and is_online(kind)
            and not self.is_late(now)
            and (visit.status, visit.progress) == (Status.BOOKED, Progress.NONE)
            and not visit.other_practitioner_ids
            and len(visit.resource_ids) <= len(kind.needs or ())
        )

    def starts(self, first: date, last: date, practitioner_id: str = "") -> list[FreeSlot]:
        """With one practitioner; with its own, and where they have none, with everybody. Not when it is."""
        if self.opened is None or self.kind is None:
            return []
        shown = self.opened.page.shown
        own = practitioner_id or self.appointment.practitioner_id
        groups = [[own]] if practitioner_id else [[own], [each for each in shown if each != own]]
        for group in groups:
            found = free_starts(
                self.opened.context,
                self.opened.page,
                self.kind,
                [each for each in group if each in shown],
                first=first,
                last=last,
                room_id=None if self.kind.needs_room else self.appointment.room_id,
                but=self.online.session_id if self.online else "",
            )
            elsewhen = [each for each in found if not is_at(each, self.appointment.starts_at)]
            if elsewhen:
                return elsewhen
        return []


def _visit(context: SystemContext, token: VisitToken) -> _Visit:
    practice_id, appointment_id = token.practice_id, token.appointment_id
    keys = (
        Appointment.key(practice_id, appointment_id),
        OnlineVisit.key(practice_id, appointment_id),
    )
    appointment, online = map(find_many(keys, consistent=True).get, keys)
    if not isinstance(appointment, Appointment):
        raise NotFound
    type_key = AppointmentType.key(practice_id, appointment.type_id)
    kind = find_many([type_key]).get(type_key)
    return _Visit(
        appointment,
        kind if isinstance(kind, AppointmentType) else None,
        open_if_online(context, practice_id, f"link:{appointment_id}"),
        online if isinstance(online, OnlineVisit) else None,
    )


def _start(visit: _Visit, body: MoveBody, now: datetime) -> FreeSlot:
    """As it is offered now; SlotTaken where it is not."""
    if not timedelta(0) < body.starts_at - now < A_YEAR:
        raise SlotTaken(errors=(NOT_OFFERED,))
    day = body.starts_at.astimezone(visit.appointment.zone).date()
    around = day - timedelta(days=1), day + timedelta(days=1)
    offered = visit.starts(*around, body.practitioner_id or visit.appointment.practitioner_id)
    places = [body.location_id] if body.location_id else [visit.appointment.location_id]
    meant = [each for each in offered if is_at(each, body.starts_at) and each.location_id in places]
    if not meant:
        raise SlotTaken(errors=(NOT_OFFERED,))
    return meant[0]


def _moved(visit: _Visit, opened: Open, reminders: Reminders, start: FreeSlot) -> Moved:
    context = opened.context
    asked = {
        "starts_at": start.starts_at,
        "practitioner_id": start.practitioner_id,
        "location_id": start.location_id,
        "room_id": start.room_id,
        "resource_ids": list(start.resource_ids),
    }
    context.work.save(reminders, refusal=VisitLinkSpent())
    moved = reschedule(context, visit.appointment.id, RescheduleRequest.model_validate(asked))
    if visit.online is not None:
        count_where_it_is(context, visit.online, moved)
    context.concerns(moved.patient_id)
    return _shown(moved)


def _was_just_done(context: SystemContext, appointment: Appointment, body: MoveBody) -> bool:
    """Whether the last thing that became of the visit, a moment ago, is this very move, by its link."""
    last, by = appointment.steps[-1], f"link:{appointment.id}"
    recent = context.now() - last.at <= SAME_WITHIN
    moved = recent and (last.to, last.by) == (RESCHEDULED, by)
    return bool(moved and appointment.starts_at == body.starts_at)


def _shown(visit: Appointment) -> Moved:
    return Moved(
        visit.local_start,
        visit.local_end,
        visit.time_zone,
        visit.practitioner_id,
        visit.location_id,
        link_of(visit),
    )
