"""What is booked with a practitioner and still to come: their own days say where to look."""

from datetime import date, timedelta

from ..platform.context import Context
from ..platform.overlap import beside
from ..platform.store import Key, find_many, join, query_all
from ..practices.service import list_locations
from .models import Appointment, ResourceDay
from .progress import Status

_ONE_DAY = timedelta(days=1)
FOREVER = "~"


def booked_with(
    context: Context,
    practitioner_id: str,
    *,
    first: date | None = None,
    last: date | None = None,
) -> list[Appointment]:
    """Their appointments to come, by time; without bounds all, else those of local days in between.

    A Query for each location and day, side by side: no index knows whose they are.
    """
    days = {day.day for day in days_taken(context, practitioner_id, first=first, last=last)}
    around = {day + shift * _ONE_DAY for day in days for shift in (-1, 0, 1)}
    asked = [
        beside(_starting_on, context, location.id, day)
        for location in list_locations(context)
        for day in sorted(around)
        if (first is None or first <= day) and (last is None or day <= last)
    ]
    found = find_many((key for each in asked for key in each.result()), consistent=True).values()
    booked = [each for each in found if isinstance(each, Appointment) and _waits(context, each)]
    mine = [
        each
        for each in booked
        if practitioner_id in (each.practitioner_id, *each.other_practitioner_ids)
    ]
    return sorted(mine, key=lambda each: each.starts_at)


def _starting_on(context: Context, location_id: str, day: date) -> list[Key]:
    """The appointments of everybody that start there on a local day. One Query."""
    partition = Appointment.on_day(context.practice_id, location_id, day)
    rows = query_all(partition, index="gs1")
    return [row.item_key for row in rows if isinstance(row, Appointment)]


def days_taken(
    context: Context,
    practitioner_id: str,
    *,
    first: date | None = None,
    last: date | None = None,
) -> list[ResourceDay]:
    """Their UTC days with anything taken, from yesterday on, a day around the bounds."""
    since = max(context.now().date() - _ONE_DAY, (first or date.min + _ONE_DAY) - _ONE_DAY)
    until = join((last + _ONE_DAY).isoformat()) if last else FOREVER
    partition = ResourceDay.partition(context.practice_id, practitioner_id)
    days = query_all(partition, between=(join(since.isoformat()), until), consistent=True)
    return [day for day in days if isinstance(day, ResourceDay) and day.taken]


def _waits(context: Context, appointment: Appointment) -> bool:
    return appointment.status == Status.BOOKED and appointment.starts_at > context.now()
