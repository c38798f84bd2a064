"""Reading appointments: one, a day at a location, a patient's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..patients.registration import read_patient
from ..platform.context import Context
from ..platform.errors import NotFound
from ..platform.http.paging import PageQuery, open_cursor, seal_cursor
from ..platform.overlap import beside
from ..platform.store import Key, find_many, get, query, query_all
from ..practices.service import read_location
from .errors import NotBooked
from .models import Appointment
from .overbooking import OverbookedCount, overbooked_by_provider
from .progress import Status
from .sessions.models import GroupSession


@dataclass(frozen=True, slots=True)
class LocationDay:
    """A local day at a location, and the appointments and group sessions that start on it, by time."""

    location_id: str
    day: date
    time_zone: str
    overbooked: list[OverbookedCount]
    sessions: list[GroupSession]
    items: list[Appointment]


@dataclass(frozen=True, slots=True)
class AppointmentPage:
    items: list[Appointment]
    next_cursor: str | None


def with_appointment(practice_id: str, path: Mapping[str, str]) -> tuple[Key, ...]:
    """For a route's `brings`: the appointment that its path names."""
    return (Appointment.key(practice_id, path["appointment_id"]),)


def read_appointment(context: Context, appointment_id: str) -> Appointment:
    """NotFound without one, and for one where the caller does not work."""
    key = Appointment.key(context.practice_id, appointment_id)
    brought = context.brought.get(key)
    appointment = brought if isinstance(brought, Appointment) else get(Appointment, key)
    if not context.allows_at(appointment.location_id):
        raise NotFound
    context.concerns(appointment.patient_id)
    return appointment


def booked_appointment(context: Context, appointment_id: str) -> Appointment:
    """One that may still change; NotBooked (409) for one that was cancelled, missed or fulfilled."""
    appointment = read_appointment(context, appointment_id)
    if appointment.status != Status.BOOKED:
        raise NotBooked
    return appointment


def day_at_location(context: Context, location_id: str, day: date) -> LocationDay:
    """All of a local day, as the index projects them. NotFound without such a location, and where
    the caller does not work."""
    if not context.allows_at(location_id):
        raise NotFound
    asked = beside(read_location, context, location_id)
    found = list(query_all(Appointment.on_day(context.practice_id, location_id, day), index="gs1"))
    location = asked.result()
    for each in found:
        each.time_zone = location.time_zone
    items = [each for each in found if isinstance(each, Appointment)]
    for appointment in items:
        context.concerns(appointment.patient_id)
    overbooked = overbooked_by_provider(items)
    sessions = [each for each in found if isinstance(each, GroupSession) and each.takes_time]
    return LocationDay(location_id, day, location.time_zone, overbooked, sessions, items)


def appointments_of_patient(context: Context, patient_id: str, page: PageQuery) -> AppointmentPage:
    """A patient's where the caller works, the latest first. NotFound without such a patient."""
    asked = beside(read_patient, context, patient_id)
    partition, begins = Appointment.of_patient(context.practice_id, patient_id)
    found = query(
        partition,
        begins=begins,
        index="gs2",
        limit=page.limit,
        start=open_cursor(context, page.cursor),
        newest_first=True,
    )
    asked.result()
    keys = [record.item_key for record in found.records]
    records: dict[Any, Any] = dict(find_many(keys))
    known = [records[key] for key in keys if key in records]
    items = [each for each in known if context.allows_at(each.location_id)]
    return AppointmentPage(items, seal_cursor(context, found.next_key))
