"""A booking as it stands: what whoever holds its secret is shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..messaging.models import Reminders
from ..platform.context import SystemContext
from ..platform.money import Money
from ..platform.store import find_many
from ..practices.service import zone_of
from ..scheduling.models import Appointment
from ..scheduling.set_up.models import AppointmentType
from .models import BookingSession
from .sessions import Open, open_booking
from .telling import link_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Nothing of the visitor; `visit_link` for who has just given the code."""

    status: str
    practice: str
    phone: str | None
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    until: datetime
    deposit: Money | None
    cancel_by: datetime
    visit_link: str | None


def read_booking(context: SystemContext, secret: str) -> Standing:
    """As it is now. NotFound for a secret that opens none."""
    with open_booking(context, secret) as (opened, session):
        return standing_of(opened, session, verified=False)


def standing_of(
    opened: Open,
    session: BookingSession,
    *,
    verified: bool,
    appointment: Appointment | None = None,
) -> Standing:
    """`appointment` is what has just been booked; else what there is of it is read."""
    practice_id, practice = opened.context.practice_id, opened.practice
    keys = [AppointmentType.key(practice_id, session.type_id)]
    if appointment is None and session.appointment_id:
        named = practice_id, session.appointment_id
        keys += [Appointment.key(*named), Reminders.key(*named)]
    found = find_many(keys, consistent=True)
    kind = found.get(keys[0])
    deposit, hours = 0, 0
    if isinstance(kind, AppointmentType):
        deposit, hours = kind.deposit, kind.cancel_hours
    booked = appointment or (found.get(keys[1]) if len(keys) > 1 else None)
    zone = zone_of(session.time_zone)
    return Standing(
        status=session.status,
        practice=practice.name,
        phone=practice.phone,
        starts_at=session.start.astimezone(zone),
        ends_at=session.ends_at.astimezone(zone),
        time_zone=session.time_zone,
        until=session.until,
        deposit=Money(deposit, practice.currency) if deposit else None,
        cancel_by=session.start - timedelta(hours=hours),
        visit_link=link_of(booked, found.get(keys[-1]))
        if verified and isinstance(booked, Appointment)
        else None,
    )
